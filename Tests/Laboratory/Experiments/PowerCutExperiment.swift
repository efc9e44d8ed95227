import TokenIMTesting

/// Cuts the power at every moment of a load, in all the ways that a disk can forget, and looks at what is left.
struct PowerCutExperiment<Subject: Load>: Experiment {
    private struct Cut {
        /// How many events of the log have happened.
        var place: Int
        var survival: Survival
    }

    private var load: Subject
    private let directory: TemporaryDirectory
    private let start: DiskModel
    private var disk: DiskModel
    private let cuts: [Cut]

    init(seed: UInt64, length: Int, weakness: StorageCalls.Weakness? = nil) async throws {
        try await self.init(Subject(seed: seed, length: length), seed: seed, weakness: weakness)
    }

    init(_ load: Subject, seed: UInt64, weakness: StorageCalls.Weakness? = nil) async throws {
        self.load = load
        directory = try TemporaryDirectory(prefix: "power-cuts")
        StorageCalls.weaken(weakness)
        StorageCalls.watch(directory.path)
        try await self.load.run(in: directory.path)
        let log = StorageCalls.log()
        StorageCalls.rest()
        StorageCalls.weaken(nil)
        start = DiskModel(log, root: directory.path)
        disk = start
        cuts = Self.cuts(start, seed: seed)
    }

    private static func cuts(_ start: DiskModel, seed: UInt64) -> [Cut] {
        var generator = SeededGenerator(seed: seed)
        var disk = start
        var cuts: [Cut] = []
        while true {
            // Marks alone leave the same disk: what counts is the last moment before it changes.
            if disk.place < disk.log.events.count, case .mark = disk.log.events[disk.place] {
                disk.step()
                continue
            }
            let place = disk.place
            cuts += Survival.worthTrying(pending: disk.pending.count, using: &generator).map {
                Cut(place: place, survival: $0)
            }
            if place == disk.log.events.count { return cuts }
            disk.step()
        }
    }

    var caseCount: Int { cuts.count }

    mutating func run(_ number: Int) async throws -> [String] {
        let cut = cuts[number]
        if disk.place > cut.place { disk = start }
        while disk.place < cut.place { disk.step() }
        let image = try TemporaryDirectory(prefix: "image")
        defer { image.remove() }
        try disk.makeImage(at: image.path, cut.survival)
        do {
            try await load.examine(image.path, marks: disk.marks, isThorough: number % 8 == 0)
        } catch {
            throw Defect("after \(cut.place) of \(disk.log.events.count) events, \(cut.survival) is left: \(error)")
        }
        return []
    }
}

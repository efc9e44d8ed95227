import TokenIM
import TokenIMLMDB
import TokenIMTesting

/// An engine that carries out a script, with small folds. Step 0 creates its store, step n is the script's nth command.
struct ChatLoad: Load {
    let commands: [ChatCommand]
    /// What can be read after each step.
    private(set) var readings: [[String]] = []
    /// Whether things must have happened when they did the first time. What is retried happens later.
    var comparesMoments = true
    private var readingsWithoutMoments: [[String]] = []
    var isThreaded = false

    init(seed: UInt64, length: Int) {
        commands = ChatCommand.script(seed: seed, count: length)
    }

    static let mapSize = 1 << 26

    /// - Parameter life: how often it was opened before; the clock stands at another moment each time.
    static func open(
        _ root: String, seed: UInt64, life: Int = 0, isThreaded: Bool = false, mapSize: Int = ChatLoad.mapSize
    ) throws(IMError) -> Engine {
        var configuration = Configuration()
        configuration.runtime = isThreaded ? .threaded : .inline
        configuration.time = ManualTime(Timestamp(seconds: 1_700_000_000 + Int64(life)))
        configuration.random = SeededRandom(seed: seed)
        configuration.allowsUnsafeFileSystem = true
        configuration.mapSize = UInt64(mapSize)
        configuration.limits.foldEntries = 7
        configuration.limits.keyMergeEntries = 16
        configuration.hostTables = [ChatCommand.hostTable]
        return try Engine(directory: root + "/store", configuration: configuration)
    }

    mutating func run(in root: String) async throws {
        readings = []
        Marks.begin(0)
        var engine = try Self.open(root, seed: 1, isThreaded: isThreaded)
        Marks.acknowledge(0)
        readings.append(try await Self.reading(of: engine))
        for (index, command) in commands.enumerated() {
            Marks.begin(index + 1)
            if case .reopen = command {
                engine.close()
                engine = try Self.open(root, seed: 2, isThreaded: isThreaded)
            }
            try await command.perform(index + 1, on: engine)
            Marks.acknowledge(index + 1)
            readings.append(try await Self.reading(of: engine))
        }
        engine.close()
        readingsWithoutMoments = readings.map { ChatReading.withoutMoments($0) }
    }

    static func reading(of engine: Engine) async throws -> [String] {
        try await ChatReading.lines(of: engine) + ChatReading.rows(of: engine)
    }

    // MARK: Examining

    func examine(_ root: String, marks: [Int], isThorough: Bool) async throws {
        let steps = Marks.range(marks)
        let engine: Engine
        do throws(IMError) {
            engine = try Self.open(root, seed: 3, life: 1_000)
        } catch {
            throw Defect("it cannot be opened: \(error)")
        }
        try await examine(engine, steps: steps, isThorough: isThorough)
        engine.close()
        if isThorough { try Self.verifyPages(root) }
    }

    /// Checks what an engine says that was opened after a crash, retries the last command, and looks at every row.
    func examine(_ engine: Engine, steps: ClosedRange<Int>, isThorough: Bool) async throws {
        do {
            try check(try await Self.reading(of: engine), steps)
            if steps.upperBound > 0 {
                try await commands[steps.upperBound - 1].perform(steps.upperBound, on: engine)
                // Dropped is the epoch, which may be another one.
                let found = ChatReading.withoutMoments(try await Self.reading(of: engine)).dropFirst()
                let expected = readingsWithoutMoments[steps.upperBound].dropFirst()
                guard found == expected else {
                    let difference = ChatReading.difference(Array(found), Array(expected))
                    throw Defect("a retry of step \(steps.upperBound): \(difference)")
                }
            }
            guard isThorough else { return }
            let verification = try await engine.verify()
            guard verification.isSound else { throw Defect("verification: \(verification.findings.prefix(3))") }
        } catch let error as IMError {
            throw Defect("it opens, but: \(error)")
        }
    }

    /// What is read must be what was there after one of the steps, those that were acknowledged among them.
    func check(_ found: [String], _ steps: ClosedRange<Int>) throws {
        let readings = comparesMoments ? readings : readingsWithoutMoments
        let found = comparesMoments ? found : ChatReading.withoutMoments(found)
        // A store that was not yet there may have been made anew, with an epoch of its own.
        let isNew = steps.lowerBound < 0 && found.dropFirst() == readings[0].dropFirst()
        let allowed = max(0, steps.lowerBound)...max(0, steps.upperBound)
        if isNew || readings[allowed].contains(found) { return }
        let other = readings.firstIndex(of: found).map { "it is as after step \($0); " } ?? ""
        throw Defect(
            "steps through \(steps.lowerBound) are acknowledged, step \(steps.upperBound) has begun; \(other)"
                + ChatReading.difference(found, readings[allowed.upperBound]))
    }

    /// Whether an engine that may not be able to read the host's rows shows what was there after one of the steps.
    func allows(_ found: [String], _ steps: ClosedRange<Int>) -> Bool {
        let found = ChatReading.withoutMoments(found)
        return readingsWithoutMoments[steps].contains { $0.starts(with: found) }
    }

    static func verifyPages(_ root: String) throws {
        for part in ["journal", "projections"] {
            let damage = try PageVerifier.verify(dataFile: "\(root)/store/\(part)/data.mdb")
            if !damage.isEmpty { throw Defect("pages of \(part): \(damage.prefix(3))") }
        }
    }
}

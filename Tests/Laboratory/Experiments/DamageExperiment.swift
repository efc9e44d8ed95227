import Glibc
import TokenIM
import TokenIMLMDB
import TokenIMTesting

/// Damages the files of a store that was closed or has crashed, then checks and opens it: what is wrong must be found,
/// by the check, at opening or on reading, and what is read must be right.
struct DamageExperiment: Experiment {
    private enum Damage {
        case flip(Range<Int>)
        case byte(Range<Int>)
        case truncate
        case zeroPage
        case copyPage
        case foreign
        case exchangeFiles
    }

    private static let page = 4_096
    private static let files = ["journal", "projections"]

    private let seed: UInt64
    /// The files as they were before the last command and folds, and at the end.
    private var stores: [(files: [[UInt8]], reading: [String])] = []

    init(seed: UInt64, length: Int) async throws {
        self.seed = seed
        let directory = try TemporaryDirectory(prefix: "damage")
        var load = ChatLoad(seed: seed, length: length)
        try await load.run(in: directory.path)
        let engine = try ChatLoad.open(directory.path, seed: 1)
        for number in 0..<5 {
            try await ChatCommand.send(.init(sender: "ada", target: .user("bob"), bytes: 400))
                .perform(length + 1 + number, on: engine, ChatLoad.clock(life: 0))
        }
        let reading = try await ChatLoad.reading(of: engine)
        stores.append((try Self.contents(directory.path), reading))
        engine.close()
        stores.append((try Self.contents(directory.path), reading))
    }

    var caseCount: Int { 100_000 }

    mutating func run(_ number: Int) async throws -> [String] {
        var generator = SeededGenerator(seed: seed &* 100_000 &+ UInt64(number))
        var (files, reading) = stores[number % stores.count]
        let damage = Self.damage(&generator)
        let file = Int.random(in: 0..<2, using: &generator)
        let sound = files[file]
        Self.apply(damage, to: &files, file, &generator)
        let directory = try TemporaryDirectory(prefix: "damage")
        defer { directory.remove() }
        try Self.write(files, to: directory.path)
        do {
            return [try await examine(directory.path, reading)]
        } catch {
            let place = zip(files[file], sound).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
            throw Defect(
                "\(damage) in \(Self.files[file]), byte \(place % Self.page) of page \(place / Self.page): \(error)")
        }
    }

    private static func damage(_ generator: inout SeededGenerator) -> Damage {
        let header = 0..<160
        return switch Int.random(in: 0..<20, using: &generator) {
        case 0..<8: .flip(0..<Int.max)
        case 8..<11: .flip(header)
        case 11: .flip(page..<page + 160)
        case 12..<14: .byte(0..<Int.max)
        case 14: .byte(header)
        case 15: .truncate
        case 16: .zeroPage
        case 17: .copyPage
        case 18: .foreign
        default: .exchangeFiles
        }
    }

    private static func apply(
        _ damage: Damage, to files: inout [[UInt8]], _ file: Int, _ generator: inout SeededGenerator
    ) {
        let pages = files[file].count / page
        func range(_ bounds: Range<Int>) -> Range<Int> { bounds.clamped(to: 0..<files[file].count) }
        switch damage {
        case .flip(let bounds):
            let place = Int.random(in: range(bounds), using: &generator)
            files[file][place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case .byte(let bounds):
            files[file][Int.random(in: range(bounds), using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        case .truncate: files[file].removeLast(files[file].count - page * Int.random(in: 0..<pages, using: &generator))
        case .zeroPage, .copyPage:
            let (from, to) = (
                Int.random(in: 0..<pages, using: &generator), Int.random(in: 0..<pages, using: &generator)
            )
            var source = Array(files[file][from * page..<(from + 1) * page])
            if case .zeroPage = damage { source = [UInt8](repeating: 0, count: page) }
            files[file].replaceSubrange(to * page..<(to + 1) * page, with: source)
        case .foreign:
            for index in files[file].indices { files[file][index] = UInt8(truncatingIfNeeded: generator.next()) }
        case .exchangeFiles: files.swapAt(0, 1)
        }
    }

    private func examine(_ root: String, _ reading: [String]) async throws -> String {
        var isFoundByCheck = false
        for file in Self.files {
            let path = "\(root)/store/\(file)/data.mdb"
            do throws(StorageError) {
                let findings = try PageVerifier.verify(dataFile: path)
                // A store that the check calls damaged is not opened, unless only values are: those are found on
                // reading.
                guard findings.allSatisfy({ $0.reason.contains("checksum") }) else { return "found-by-check" }
                isFoundByCheck = isFoundByCheck || !findings.isEmpty
            } catch {
                guard [.versionMismatch, .damaged].contains(error.kind) else { throw error }
                return "found-by-check"
            }
        }
        do {
            let engine = try ChatLoad.open(root, seed: 3)
            defer { engine.close() }
            let found = try await ChatLoad.reading(of: engine)
            if found == reading { return "without-effect" }
            // A checksum covers its key, too. A row whose key is damaged is missed by who asks for it by that key, and
            // only the check sees it.
            guard isFoundByCheck else { throw Defect(ChatReading.difference(found, reading)) }
            return "found-by-check"
        } catch let error as IMError {
            guard [.corrupt, .unreadableStore].contains(error.code) else { throw error }
            return "found-by-engine"
        }
    }

    private static func contents(_ root: String) throws -> [[UInt8]] {
        try files.map { name in
            let path = "\(root)/store/\(name)/data.mdb"
            let file = open(path, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { throw Defect("cannot read \(path): \(errno)") }
            defer { _ = close(file) }
            var bytes = [UInt8](repeating: 0, count: Int(lseek(file, 0, SEEK_END)))
            guard pread(file, &bytes, bytes.count, 0) == bytes.count else { throw Defect("cannot read \(path)") }
            return bytes
        }
    }

    private static func write(_ files: [[UInt8]], to root: String) throws {
        mkdir("\(root)/store", 0o700)
        for (name, bytes) in zip(Self.files, files) {
            mkdir("\(root)/store/\(name)", 0o700)
            let path = "\(root)/store/\(name)/data.mdb"
            let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw Defect("cannot make \(path): \(errno)") }
            defer { _ = close(file) }
            guard bytes.isEmpty || pwrite(file, bytes, bytes.count, 0) == bytes.count else {
                throw Defect("cannot write \(path)")
            }
        }
    }
}

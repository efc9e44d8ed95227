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
    /// What can be read, but for the host's rows, in the middle of a step that takes several commits.
    private var interim: [Int: [[String]]] = [:]
    let isThreaded: Bool

    init(seed: UInt64, length: Int) {
        self.init(seed: seed, length: length, waits: true)
    }

    /// - Parameter waits: whether time passes in it.
    init(seed: UInt64, length: Int, waits: Bool, isThreaded: Bool = false) {
        commands = ChatCommand.script(seed: seed, count: length, waits: waits)
        self.isThreaded = isThreaded
    }

    static let mapSize = 1 << 26
    static let start = Timestamp(seconds: 1_700_000_000)

    /// - Parameters:
    ///   - life: how often it was opened before; the clock stands at another moment each time.
    ///   - time: the clock, set to that moment.
    ///   - committed: called after every commit.
    static func open(
        _ root: String, seed: UInt64, life: Int = 0, time: ManualTime? = nil, isThreaded: Bool = false,
        mapSize: Int = ChatLoad.mapSize, committed: (@Sendable () throws -> Void)? = nil
    ) throws(IMError) -> Engine {
        var configuration = Configuration()
        configuration.runtime = isThreaded ? .threaded : .inline
        configuration.time = time ?? clock(life: life)
        configuration.fault = { point in
            if case .afterCommit = point { try committed?() }
        }
        configuration.random = SeededRandom(seed: seed)
        configuration.allowsUnsafeFileSystem = true
        configuration.mapSize = UInt64(mapSize)
        configuration.limits.foldEntries = 7
        configuration.limits.keyMergeEntries = 16
        // What was refused or done is so at whatever moment it is asked for again.
        configuration.limits.recallWindow = .seconds(10_000 * 86_400)
        configuration.limits.editWindow = .seconds(10_000 * 86_400)
        configuration.hostTables = [ChatCommand.hostTable]
        return try Engine(directory: root + "/store", configuration: configuration)
    }

    static func clock(life: Int) -> ManualTime { ManualTime(start.advanced(by: .seconds(life))) }

    mutating func run(in root: String) async throws {
        readings = []
        let time = Self.clock(life: 0)
        let watch = Monitor<Watch?>(nil)
        Marks.begin(0)
        var engine = try open(root, seed: 1, time, watch)
        Marks.acknowledge(0)
        readings.append(try await Self.reading(of: engine))
        for (index, command) in commands.enumerated() {
            Marks.begin(index + 1)
            if case .reopen = command {
                engine.close()
                engine = try open(root, seed: 2, time, watch)
            }
            if case .wait = command { watch.withLock { [engine] in $0 = Watch(engine: engine) } }
            try await command.perform(index + 1, on: engine, time)
            interim[index + 1] = watch.withLock { $0.take()?.readings }
            Marks.acknowledge(index + 1)
            readings.append(try await Self.reading(of: engine))
        }
        engine.close()
        readingsWithoutMoments = readings.map { ChatReading.withoutMoments($0) }
    }

    /// Opens it so that what can be read after each commit is kept while there is a place for it.
    private func open(
        _ root: String, seed: UInt64, _ time: ManualTime, _ watch: Monitor<Watch?>
    ) throws -> Engine {
        try Self.open(root, seed: seed, time: time, isThreaded: isThreaded) {
            guard let engine = watch.withLock({ $0?.engine }) else { return }
            let lines = try ChatReading.lines(of: engine)
            watch.withLock { $0?.readings.append(lines) }
        }
    }

    /// An engine that makes several commits at once, and what could be read after each.
    private struct Watch {
        let engine: Engine
        var readings: [[String]] = []
    }

    static func reading(of engine: Engine) async throws -> [String] {
        try await ChatReading.lines(of: engine) + ChatReading.rows(of: engine)
    }

    // MARK: Examining

    func examine(_ root: String, marks: [Int], isThorough: Bool) async throws {
        let steps = Marks.range(marks)
        let time = Self.clock(life: 1_000)
        let engine: Engine
        do throws(IMError) {
            engine = try Self.open(root, seed: 3, time: time)
        } catch {
            throw Defect("it cannot be opened: \(error)")
        }
        try await examine(engine, time, steps: steps, isThorough: isThorough)
        engine.close()
        if isThorough { try Self.verifyPages(root) }
    }

    /// Checks what an engine says that was opened after a crash, retries the last command, and looks at every row.
    func examine(_ engine: Engine, _ time: ManualTime, steps: ClosedRange<Int>, isThorough: Bool) async throws {
        do {
            try check(try await Self.reading(of: engine), steps)
            if steps.upperBound > 0 {
                try await commands[steps.upperBound - 1].perform(steps.upperBound, on: engine, time)
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
        if isNew || readings[allowed].contains(found) || isInterim(found, allowed) { return }
        let other = readings.firstIndex(of: found).map { "it is as after step \($0); " } ?? ""
        throw Defect(
            "steps through \(steps.lowerBound) are acknowledged, step \(steps.upperBound) has begun; \(other)"
                + ChatReading.difference(found, readings[allowed.upperBound]))
    }

    /// Whether that is what was there in the middle of a step. The host's rows, at the end, are as before it.
    private func isInterim(_ found: [String], _ steps: ClosedRange<Int>) -> Bool {
        steps.contains { step in
            (interim[step] ?? []).contains { lines in
                let rows = readings[step].suffix(ChatReading.rowCount)
                return found.count == lines.count + rows.count && found.starts(with: lines)
                    && found.suffix(rows.count) == rows
            }
        }
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

public import TokenIM

/// What a transcript plays on: an engine, its clock, the sessions that are open.
public final class TranscriptStage {
    /// The engine of this moment, opened when it is first asked for. One that has been closed stays until another is
    /// opened.
    public var engine: Engine {
        get throws { try opened().engine }
    }
    public var time: ManualTime {
        get throws { try opened().time }
    }

    /// What the next opening is configured with.
    public var limits = Limits()
    public var hostTables: [String] = []
    var sessionPolicy = SessionPolicy.all
    var mapSize: UInt64 = 1 << 28
    let vocabulary: [String: TranscriptVerb]
    private let configure: (inout Configuration) -> Void

    private var test: TestEngine?
    /// Sessions by the name of their device, or the name that they were given. One that is closed stays.
    var sessions: [String: Session] = [:]
    /// Kept, so that what is in flight is not forgotten.
    var consumers: [ConsumerID: Consumer] = [:]
    /// Up to where the changes of a group's members have been asked for.
    var memberPositions: [GroupID: Position] = [:]
    /// Up to where the changes of a user's inbox have been asked for.
    var inboxPositions: [UserID: Position] = [:]
    /// Files that were put aside.
    var keptFiles: TemporaryDirectory?

    private var positions: [TranscriptPlace: Position] = [:]
    private var head: Position = 0
    private var keyCount = 0

    init(_ vocabulary: [String: TranscriptVerb], configure: @escaping (inout Configuration) -> Void) {
        self.vocabulary = vocabulary
        self.configure = configure
    }

    /// Whether an engine has been opened, and may be closed by now.
    package var hasEngine: Bool { test != nil }

    func end() {
        test?.engine.close()
    }

    /// How to write what happens.
    public var notation: TranscriptNotation {
        get throws { TranscriptNotation(start: try started()) }
    }

    /// When every transcript begins.
    private func started() throws -> Timestamp { ManualTime().now() }

    // MARK: Opening and closing

    private func opened() throws -> TestEngine {
        if let test { return test }
        let opened = try TestEngine(configure: configureAll)
        test = opened
        return opened
    }

    private func configureAll(_ configuration: inout Configuration) {
        configuration.limits = limits
        configuration.hostTables = hostTables
        configuration.mapSize = mapSize
        configuration.sessionPolicy = sessionPolicy
        configure(&configuration)
    }

    /// Closes the engine and opens its store again.
    func restart() throws {
        let before = try opened()
        before.engine.close()
        consumers = [:]
        test = try TestEngine(reopening: before, configure: configureAll)
    }

    /// Loses what is only in memory, and opens the store again.
    func crash() throws {
        try faults.crashNow()
        try restart()
    }

    /// What goes wrong with the disk.
    public var faults: StorageFaults {
        get throws { try opened().faults }
    }

    /// Opens the store once more while it is open.
    func openAgain() throws {
        _ = try TestEngine(reopening: try opened(), configure: configureAll)
    }

    var storePath: String {
        get throws { try opened().directory.path + "/store" }
    }

    /// A text without the path of the store, which no two runs have in common.
    func concealPath(in text: String) -> String {
        guard let path = test?.directory.path else { return text }
        return text.split(separator: path, omittingEmptySubsequences: false).joined(separator: "…")
    }

    // MARK: What commands need

    func context() throws -> TranscriptContext {
        keyCount += 1
        let now = try test?.time.now() ?? started()
        return TranscriptContext(start: try started(), now: now, positions: positions, key: "request-\(keyCount)")
    }

    /// The session that a name stands for.
    ///
    /// - Throws: ``TranscriptFailure`` when there was none of that name.
    public func session(_ name: String) throws -> Session {
        guard let session = sessions[name] else { throw TranscriptFailure("\(name) has not been connected") }
        return session
    }

    /// Asks for a change as the one who acts: with a session where the name stands for one.
    func perform(
        _ change: Change, by command: TranscriptCommand, key: IdempotencyKey?
    ) async throws -> [String] {
        if let session = sessions[command.actor] {
            return try check(try await session.perform(change, key: key))
        }
        return try check(
            try await engine.perform(change, by: try command.principal, key: key))
    }

    /// Groups, as the one who acts sees them.
    func groups(_ command: TranscriptCommand) throws -> Groups {
        if command.actor == "host" { return try engine.groups }
        return try session(command.actor).groups
    }

    // MARK: What is new

    /// Says when nothing was written, and holds a receipt against the journal.
    public func check(_ receipt: Receipt) throws -> [String] {
        _ = try newEntries(isPeek: true)
        let place = TranscriptPlace(conversation: receipt.conversation, sequence: receipt.sequence)
        if receipt.isDuplicate { return [TranscriptNotation.unchanged(receipt)] }
        guard positions[place] == receipt.position else {
            throw TranscriptFailure("a receipt points to \(place), \(receipt.position), and there is no such entry")
        }
        return []
    }

    /// The entries that came since the last time.
    func newEntries(isPeek: Bool = false) throws -> [Entry] {
        // An engine that is closed says nothing; what is new is said when it has been opened again.
        guard let entries = try? test?.engine.entries(after: head) else { return [] }
        for entry in entries {
            positions[TranscriptPlace(conversation: entry.conversation, sequence: entry.sequence)] = entry.position
        }
        if !isPeek, let last = entries.last { head = last.position }
        return entries
    }
}

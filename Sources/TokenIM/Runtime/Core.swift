import TokenIMLMDB

/// What the writer works with: takes jobs, decides, appends, evolves, commits, answers.
///
/// Used by one thread at a time: the writer's, or in inline mode the one that has the turn.
final class Core: @unchecked Sendable {
    let store: Store
    let layers: Monitor<Layers>
    let live: Monitor<Live>
    let limits: Limits
    let names: Names
    let observer: (@Sendable (EngineEvent) -> Void)?
    let isInline: Bool
    let hostTables: Set<String>

    private let fault: (@Sendable (FaultPoint) throws -> Void)?
    private let time: any TimeSource
    let folder: Folder
    private let areKeysMerged = Monitor(false)
    /// The first moment at which something is to happen, as the last commit left it.
    private let firstAlarm: Monitor<Timestamp?>
    /// Set once storage has failed in a way that this engine cannot go on from.
    private let failure = Monitor<IMError?>(nil)

    private var state: State
    /// The newest of the layers, which only the writer replaces.
    private var liveGeneration: Generation
    private var lastTimestamp: Timestamp
    private var writer = ByteWriter(capacity: 4096)
    private var appended: [Committed] = []
    /// Entries whose content the batch takes away.
    private var erased: [Position] = []
    let recent = RecentEntries()
    private var batchBytes = 0
    private var batchFailure: (any Error)?
    private var bytesUntilLook = 0

    init(_ store: Store, _ configuration: Configuration, time: any TimeSource) throws {
        self.store = store
        self.time = time
        names = Names(seed: store.keySeed)
        limits = configuration.limits
        observer = configuration.observer
        isInline = configuration.runtime.isInline
        hostTables = Set(configuration.hostTables)
        fault = configuration.fault
        let began = time.now()
        let recovery = try Recovery(store, configuration.limits)
        lastTimestamp = recovery.lastTimestamp
        let count = Int(recovery.state.head - recovery.checkpoint)
        state = recovery.state
        liveGeneration = Generation(state.live)
        state.live = WorkingSet(first: 1)
        state.policy = configuration.policy
        layers = Monitor(Layers(live: liveGeneration, frozen: nil))
        live = Monitor(Live(limits: configuration.limits, policy: configuration.sessionPolicy, head: state.head))
        firstAlarm = Monitor(recovery.nextAlarm)
        let (layers, areKeysMerged) = (layers, areKeysMerged)
        folder = Folder(store, time: time, observer: configuration.observer) {
            layers.withLock { $0.frozen = nil }
        } finishedMerge: {
            areKeysMerged.withLock { $0 = true }
        }
        if count > 0 {
            observer?(
                EngineEvent(kind: .replayed, count: count, duration: time.now().duration(since: began), detail: ""))
        }
    }

    // MARK: Snapshots

    func snapshot() throws -> Snapshot {
        // Projections first and the journal after it, in one lock with the generations: the journal's last entry then
        // bounds what may be looked at, and nothing up to there is missing.
        try layers.withLock { layers throws in
            let projections = try store.projections.beginRead()
            let journal = try store.journal.beginRead()
            return try Snapshot(
                journal: journal, journalTables: store.journalTables, projections: projections,
                foldedTables: store.foldedTables, layers: layers, names: names, limits: limits)
        }
    }

    // MARK: What is due

    /// The first moment at which something is to happen.
    var nextAlarm: Timestamp? { firstAlarm.withLock { $0 } }

    // MARK: Jobs

    /// Carries out jobs in order. All commands up to the limits of a batch share a commit.
    func run(_ jobs: [Job]) {
        var index = 0
        while index < jobs.count {
            switch jobs[index] {
            case .command, .connect:
                var end = index + 1
                while end < jobs.count, end - index < limits.batchCommands, jobs[end].isCommand { end += 1 }
                index += commit(jobs[index..<end])
                continue
            case .judge(let command, let reply):
                reply.answer(Result { () throws(IMError) in try IMError.mapping { try judge(command) } })
            case .transaction(let work): run(work)
            case .fold(let reply): reply.answer(Result { () throws(IMError) in try foldEverything() })
            case .settle(let reply): reply.answer(Result { () throws(IMError) in try foldKeys() })
            }
            index += 1
        }
    }

    /// Commits as many of the jobs as fit a batch, at least one, and answers them. Returns how many.
    private func commit(_ jobs: ArraySlice<Job>) -> Int {
        if let failure = failure.withLock({ $0 }) {
            jobs.forEach { $0.refuse(failure) }
            return jobs.count
        }
        var results: [Result<Outcome, IMError>] = []
        results.reserveCapacity(jobs.count)
        do {
            try write { core, transaction throws in
                for index in jobs.indices {
                    if (index - jobs.startIndex) % Self.fetchedAtOnce == 0 { core.fetch(jobs[index...]) }
                    switch jobs[index] {
                    case .command(let command, let preparation, _):
                        results.append(try core.perform(command, preparation, transaction))
                    case .connect(let connecting, _):
                        results.append(try core.perform(connecting.command, Preparation(), transaction))
                    case .judge, .transaction, .fold, .settle: break
                    }
                    if core.batchBytes >= core.limits.batchBytes { break }
                }
            }
        } catch {
            let error = IMError(wrapping: error)
            // One command may be to blame for all: each gets a commit of its own.
            if error.code != .outcomeUnknown, results.count > 1 || jobs.count > 1 {
                jobs.forEach { _ = commit([$0]) }
                return jobs.count
            }
            results = Array(repeating: .failure(error), count: jobs.count)
        }
        let actions = noteCommit()
        answer(jobs, results)
        if let actions { whenCommitted?(actions) }
        foldIfFull()
        return results.count
    }

    private static let fetchedAtOnce = 16

    /// Has brought near what the next of the jobs will look at: their callers' processors have it, or none.
    private func fetch(_ jobs: ArraySlice<Job>) {
        let next = jobs.prefix(Self.fetchedAtOnce).indices
        liveGeneration.content.withLock { live in
            for index in next {
                guard case .command(_, let preparation, _) = jobs[index] else { continue }
                if let command = UnsafeRawPointer(bitPattern: preparation.place) {
                    ProcessorCache.fetch(command, byteCount: Self.bytesOfCommand)
                }
                if let digest = preparation.keyDigest { state.keyIndexes.forEach { $0.fetch(digest) } }
                if let conversation = preparation.conversation { live.fetchPlace(of: conversation) }
            }
            for index in next {
                guard case .command(_, let preparation, _) = jobs[index] else { continue }
                if let conversation = preparation.conversation { live.fetchCell(of: conversation) }
            }
        }
    }

    /// As much of it as a send looks at.
    private static let bytesOfCommand = 256

    /// Begins a batch, lets `body` work in its transaction, and commits. Whatever fails is taken back.
    private func write(_ body: (Core, borrowing WriteTransaction) throws -> Void) throws {
        let before = state.head
        appended.removeAll(keepingCapacity: true)
        erased.removeAll()
        batchBytes = 0
        batchFailure = nil
        state.areAlarmsChanged = false
        state.preparation = Preparation()
        var alarm: Timestamp?
        if takeKeysMerged() { state.keyIndexes.removeLast() }
        do {
            // Held for the batch: the trees must not move on while the frozen generation is still asked.
            let folded = try layers.withLock { layers in
                let folded = try store.projections.beginRead()
                if layers.frozen == nil { letGoOfFrozen() }
                return folded
            }
            state.folded = FoldedView(tables: store.foldedTables, transaction: folded.view)
            state.now = max(time.now(), lastTimestamp.advanced(by: .microseconds(1)))
            lookAtRoom()
            try store.journal.write { transaction in
                state.written = WrittenView(tables: store.journalTables, transaction: transaction.view)
                try body(self, transaction)
                if let batchFailure { throw batchFailure }
                if state.areAlarmsChanged { alarm = try state.written.nextAlarm() }
                try fault?(.beforeCommit)
            }
            try fault?(.afterCommit)
            if state.areAlarmsChanged { firstAlarm.withLock { $0 = alarm } }
            if state.head > before { lastTimestamp = state.now }
            bytesUntilLook -= batchBytes + Self.bytesOfCommit
        } catch {
            if let error = error as? StorageError, error.kind == .outcomeUnknown {
                // The entries may be on disk or not. Memory keeps them: readers go by what the journal shows, either
                // way.
                fail(IMError(wrapping: error))
            } else {
                rollBack(to: before)
            }
            throw error
        }
    }

    /// Commits what `body` does to the projections without appending to the journal, and folds when that is due.
    func writeBatch(_ body: (inout State, borrowing WriteTransaction) throws -> Void) throws {
        try write { core, transaction throws in
            try core.liveGeneration.content.withLock { live throws in
                swap(&live, &core.state.live)
                defer { swap(&live, &core.state.live) }
                try body(&core.state, transaction)
            }
        }
        foldIfFull()
    }

    /// Whether the keys that were handed in to be merged are all in their tree. Says so once.
    private func takeKeysMerged() -> Bool {
        areKeysMerged.withLock { isMerged in
            defer { isMerged = false }
            return isMerged
        }
    }

    /// Looks at how much of the map is used, the more often the less is left: it costs a system call.
    private func lookAtRoom() {
        guard bytesUntilLook <= 0 else { return }
        let status = store.journal.status
        let mark = status.mapSize / 100 * 92
        var used = status.usedBytes
        // What has been freed within the file counts as room. Finding out walks the free list, so only when it matters.
        if used > mark { used -= min(used, (try? store.journal.reusableBytes()) ?? 0) }
        state.isFull = used > mark
        bytesUntilLook = state.isFull ? 0 : Int((mark - used) / 8)
    }

    /// About what a commit takes besides its entries: the pages on the way to them.
    private static let bytesOfCommit = 64 << 10

    private func fail(_ error: IMError) {
        failure.withLock { $0 = error }
        recent.removeAll()
        observer?(EngineEvent(kind: .storageFailed, count: 0, duration: .zero, detail: "\(error)"))
    }

    private func rollBack(to position: Position) {
        appended.removeAll(keepingCapacity: true)
        state.head = position
        state.forgetCaches()
        let keys = liveGeneration.content.withLock { $0.rollBack(to: position) }
        for key in keys { state.keyIndexes[0].remove(key.digest, key.position) }
    }

    // MARK: Commands

    /// Decides a command and, when it is accepted, appends and evolves its entries. Refusals are results; what is
    /// thrown is storage's failure, and undoes the batch.
    func perform(
        _ command: Command, _ preparation: Preparation, _ transaction: borrowing WriteTransaction
    ) throws -> Result<Outcome, IMError> {
        state.preparation = preparation
        return try liveGeneration.content.withLock { live throws in
            swap(&live, &state.live)
            defer { swap(&live, &state.live) }
            do {
                if let entry = try state.earlierEntry(of: command) {
                    return .success(Outcome(entry, isDuplicate: true))
                }
                return .success(try apply(state.decide(command), command.request, transaction))
            } catch let error as IMError where !error.isStorage {
                return .failure(error)
            } catch {
                // Something may have been written already: nobody may go on and commit the half of it.
                batchFailure = error
                throw error
            }
        }
    }

    /// Decides a command and leaves it at that.
    private func judge(_ command: Command) throws -> Verdict {
        if let failure = failure.withLock({ $0 }) { throw failure }
        var verdict: Verdict?
        try writeBatch { state, _ throws in
            state.rule = nil
            do {
                _ = try state.decide(command)
                verdict = Verdict(allowedBy: state.rule.map { Rule($0) })
            } catch let error as IMError where !error.isStorage {
                verdict = Verdict(refusedBy: error)
            }
        }
        guard let verdict else { throw IMError(.broken, "a command was not judged") }
        return verdict
    }

    private func apply(
        _ decision: Decision, _ request: EntryHeader.Request?, _ transaction: borrowing WriteTransaction
    ) throws -> Outcome {
        guard let main = decision.main else { return try leave(decision, request, transaction) }
        let entry = try append(main, decision, request, transaction)
        for other in decision.others { _ = try append(other, decision, nil, transaction) }
        for position in decision.erased { try erase(position, decision.erasure, transaction) }
        return Outcome(entry, isDuplicate: false)
    }

    /// Answers a command for which there is nothing to do. A key is kept all the same: a retry gets this answer, also
    /// when there would be something to do by then.
    private func leave(
        _ decision: Decision, _ request: EntryHeader.Request?, _ transaction: borrowing WriteTransaction
    ) throws -> Outcome {
        let head = try state.head(of: decision.conversation)
        guard request != nil else {
            return Outcome(
                conversation: decision.conversation, sequence: head.sequence, position: head.lastPosition,
                timestamp: state.now, isDuplicate: true)
        }
        let event = Event.unchanged(decision.conversation, head.sequence, head.lastPosition)
        let note = Decision.Draft(conversation: .engine, event: event)
        return Outcome(try append(note, decision, request, transaction), isDuplicate: true)
    }

    private func append(
        _ draft: Decision.Draft, _ decision: Decision, _ request: EntryHeader.Request?,
        _ transaction: borrowing WriteTransaction
    ) throws -> JournalEntry {
        let header = EntryHeader(
            timestamp: state.now, conversation: draft.conversation, sequence: try state.begin(draft.conversation),
            author: decision.author, device: decision.device, request: request)
        let entry = JournalEntry(position: state.head + 1, header: header, event: draft.event)
        try put(entry, .append, transaction)
        try state.evolveFolded(entry)
        try state.evolveWritten(entry, transaction)
        appended.append(Committed(entry))
        return entry
    }

    private func put(
        _ entry: JournalEntry, _ mode: PutMode, _ transaction: borrowing WriteTransaction
    ) throws {
        writer.removeAll()
        EntryCoding.encode(entry.header, entry.event, into: &writer)
        batchBytes += writer.count
        try RowKey(entry.position).withBytes { key in
            _ = try transaction.put(store.journalTables.journal, key: key, value: writer.bytes, mode: mode)
        }
    }

    /// Takes what somebody wrote out of an entry's row. Its place, its key and its effect on counts stay.
    private func erase(
        _ position: Position, _ erasure: Erasure, _ transaction: borrowing WriteTransaction
    ) throws {
        guard var entry = try state.written.entry(at: position), let bare = entry.event.withoutContent(erasure) else {
            return
        }
        try state.evolveErased(entry, transaction)
        entry.event = bare
        erased.append(position)
        try put(entry, .replace, transaction)
    }

    // MARK: After a commit

    /// Lets the live side know, before anyone is answered: who then asks finds what has been committed.
    private func noteCommit() -> Live.Actions? {
        guard !appended.isEmpty, failure.withLock({ $0 == nil }) else { return nil }
        let (entries, now) = (appended, time.now())
        forget(after: entries, erased: erased)
        var actions = live.withLock { $0.committed(entries, now: now) }
        // Those that cannot be had in this way are read from the journal.
        if !actions.heard.isEmpty { try? keep(actions.heard, of: entries, erased: erased) }
        for (reception, positions) in actions.hints {
            if let waiter = reception.hint(positions) { actions.wake.append(waiter) }
        }
        return actions
    }

    /// Told after every commit what the live side wants done, on the writer's thread.
    var whenCommitted: ((Live.Actions) -> Void)?
    /// Takes a device that has just been registered or found among the live sessions.
    var attach: ((Connecting) throws -> Attachment)?

    private func run(_ work: HostWork) {
        if let failure = failure.withLock({ $0 }) {
            work.finished(failure)
            return
        }
        do {
            try write { core, transaction throws in try HostTransaction.run(work.body, core, transaction) }
        } catch {
            work.finished(error is StorageError ? IMError(wrapping: error) : error)
            return
        }
        let actions = noteCommit()
        work.finished(nil)
        if let actions { whenCommitted?(actions) }
        foldIfFull()
    }

    // MARK: Folding

    private func foldIfFull() {
        let count = liveGeneration.content.withLock { $0.count }
        guard count >= limits.foldEntries, failure.withLock({ $0 == nil }) else { return }
        do {
            try freeze()
            if isInline { try folder.runInline() }
        } catch {
            fail(IMError(wrapping: error))
        }
    }

    /// Hands the live generation to the folder and begins a new one. Waits while the one before is being folded.
    private func freeze() throws {
        // After a commit of unknown outcome, memory may hold what the journal does not.
        if let failure = failure.withLock({ $0 }) { throw failure }
        let generation = liveGeneration
        let set = generation.content.withLock { $0 }
        guard !set.isEmpty else { return }
        try fault?(.beforeFold)
        let began = time.now()
        if isInline { try folder.runInline() }
        try folder.waitForFold()
        let waited = time.now().duration(since: began)
        if waited > .milliseconds(1), !isInline {
            observer?(EngineEvent(kind: .foldBackPressure, count: set.count, duration: waited, detail: ""))
        }
        liveGeneration = Generation(first: set.last + 1)
        layers.withLock { $0 = Layers(live: liveGeneration, frozen: generation) }
        letGoOfFrozen()
        state.frozen = set
        folder.fold(set)
        if state.keyIndexes.count == 1, state.keyIndexes[0].count >= limits.keyMergeEntries {
            mergeKeys(through: set.last)
        }
    }

    /// The folder gives back its memory, where that has a thread of its own.
    private func letGoOfFrozen() {
        guard let frozen = state.frozen.take(), !isInline else { return }
        folder.letGo(of: frozen)
    }

    private func mergeKeys(through position: Position) {
        folder.merge(state.keyIndexes[0], through: position)
        state.keyIndexes.insert(KeyIndex(capacity: limits.keyMergeEntries), at: 0)
    }

    /// Folds all that has been committed, and waits for it.
    func foldEverything() throws(IMError) {
        try IMError.mapping {
            try freeze()
            if isInline { try folder.runInline() }
            try folder.finish()
        }
    }

    /// Folds all that has been committed and merges all keys, and waits for it.
    func foldKeys() throws(IMError) {
        try foldEverything()
        if takeKeysMerged() { state.keyIndexes.removeLast() }
        guard state.keyIndexes.count == 1, state.keyIndexes[0].count > 0 else { return }
        mergeKeys(through: state.head)
        try IMError.mapping {
            if isInline { try folder.runInline() }
            try folder.finish()
        }
    }
}

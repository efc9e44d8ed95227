import TokenIMLMDB

/// What makes an engine run: its threads, or in inline mode the turn that callers take, and its alarm.
final class EngineRuntime: Sendable {
    private struct Threads {
        var writer: Thread?
        var folder: Thread?
        var alarm: (any Alarm)?
        var isClosed = false
    }

    private let core: Core
    private let mailbox: Mailbox
    private let time: any TimeSource
    private let threads = Monitor(Threads())
    /// Which thread has the turn in inline mode; others wait.
    private let turn = Monitor<ThreadIdentity?>(nil)
    /// What the alarm has been set to, as far as anyone has asked.
    private let armed = Monitor<Timestamp?>(nil)
    /// Whether tasks that are due have been handed in and not all answered.
    private let areTasksUnderWay = Monitor(false)
    private let lastCommit = Monitor<(moment: Timestamp, isFolded: Bool)>((.zero, true))

    init(_ core: Core, _ mailbox: Mailbox, time: any TimeSource) {
        self.core = core
        self.mailbox = mailbox
        self.time = time
    }

    /// - Parameter committed: called after every commit, on the writer's thread.
    func start(committed: @escaping @Sendable () -> Void) {
        core.whenCommitted = { [weak self] actions in
            self?.perform(actions)
            self?.noteCommit()
            committed()
        }
        let (core, mailbox) = (core, mailbox)
        let writer =
            core.isInline
            ? nil
            : Thread {
                var jobs: [Job] = []
                while true {
                    mailbox.take(&jobs)
                    if jobs.isEmpty { return }
                    core.run(jobs)
                }
            }
        let folder = core.isInline ? nil : Thread { core.folder.run() }
        let alarm = time.makeAlarm { [weak self] in self?.alarmRang() }
        threads.withLock { $0 = Threads(writer: writer, folder: folder, alarm: alarm) }
        if let moment = core.nextAlarm { self.alarm(by: moment) }
    }

    // MARK: Jobs

    func put(_ job: Job, isOwn: Bool = false) {
        mailbox.put(job, isOwn: isOwn)
        if core.isInline { takeTurn() }
    }

    /// Hands in a job from a task and suspends until it is answered.
    ///
    /// Cancelling counts until the mailbox has accepted the job, and no later.
    func ask<Success: Sendable>(_ job: @escaping (Reply<Success>) -> Job) async throws(IMError) -> Success {
        if Task.isCancelled { throw IMError(.cancelled, "cancelled before the engine had accepted the command") }
        if mailbox.hasRoom {
            // The usual case. Should the room be gone in a moment, the job waits outside and cannot turn back.
            return try await withUnsafeContinuation { mailbox.put(job(.task($0))) }.get()
        }
        return try await askInTurn(job)
    }

    private func askInTurn<Success: Sendable>(
        _ job: @escaping (Reply<Success>) -> Job
    ) async throws(IMError) -> Success {
        let ticket = Monitor<UInt64?>(nil)
        let mailbox = mailbox
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                guard case .waiting(let number) = mailbox.put(job(.task(continuation))) else { return }
                ticket.withLock { $0 = number }
                if Task.isCancelled { mailbox.turnBack(number) }
            }
        } onCancel: {
            if let number = ticket.withLock({ $0 }) { mailbox.turnBack(number) }
        }
        return try result.get()
    }

    /// Does a job on this thread and returns its result. Inline mode only.
    func runInline<Success: Sendable>(_ job: (Reply<Success>) -> Job) throws(IMError) -> Success {
        let box = ResultBox<Result<Success, IMError>>()
        put(job(.callback { box.set($0) }))
        return try box.get().get()
    }

    /// Carries out what waits, when nobody else does; otherwise waits until that one has. A thread that has the turn
    /// already carries it out when it comes back to that.
    private func takeTurn() {
        let current = ThreadIdentity.current
        let isMine = turn.wait(atMost: nil) { owner -> Bool? in
            if owner == current { return false }
            if owner != nil { return nil }
            owner = current
            return true
        }
        guard isMine == true else { return }
        var jobs: [Job] = []
        while true {
            mailbox.takeNow(&jobs)
            if jobs.isEmpty { break }
            core.run(jobs)
        }
        turn.withLock { $0 = nil }
    }

    // MARK: The live side

    func perform(_ actions: Live.Actions) {
        for bell in actions.ring { bell.ring() }
        if actions.wake.count >= Self.manyWaiters, !core.isInline {
            // Waking a hundred thousand takes long; the next commit shall not wait for it.
            let waiters = actions.wake
            Task.detached { for waiter in waiters { waiter.resume() } }
        } else {
            for waiter in actions.wake { waiter.resume() }
        }
        for start in stride(from: 0, to: actions.flush.count, by: Self.movesPerEntry) {
            let moves = Array(actions.flush[start...].prefix(Self.movesPerEntry))
            putOwn(.moveCursors(moves)) { $0.keep(moves, at: $1) }
        }
        for start in stride(from: 0, to: actions.seen.count, by: Self.movesPerEntry) {
            let users = Array(actions.seen[start...].prefix(Self.movesPerEntry))
            putOwn(.person(.noteSeen(users))) { $0.keep(users, at: $1) }
        }
        if !actions.receipts.isEmpty, let bells = try? core.signal(actions.receipts) {
            for bell in bells { bell.ring() }
        }
        if let deadline = actions.deadline { alarm(by: deadline) }
    }

    /// Hands in what the live side wants written. When there is no room for it now, the live side keeps it and asks
    /// again.
    private func putOwn(_ action: Action, otherwise keep: @escaping @Sendable (inout Live, Timestamp) -> Void) {
        let reply = Reply<Outcome>.callback { [weak self] result in
            guard let self, case .failure(let error) = result, error.retry == .afterBackoff else { return }
            let now = time.now()
            updateLive { keep(&$0, now) }
        }
        put(.command(Command(action, by: .host), Preparation(), reply), isOwn: true)
    }

    private static let movesPerEntry = 1_000
    private static let manyWaiters = 256

    func updateLive<Value: Sendable, Failure: Error>(
        _ body: (inout Live) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let (result, deadline) = try core.live.withLock { live throws(Failure) in
            let result = try body(&live)
            return (result, live.deadline)
        }
        if let deadline { alarm(by: deadline) }
        return result
    }

    // MARK: Time

    /// Sees to it that the alarm rings by a moment. Only the alarm itself sets its next moment; here it is made to ring
    /// at once, so that it does.
    private func alarm(by deadline: Timestamp) {
        let isNews = armed.withLock { armed in
            if let armed, armed <= deadline { return false }
            armed = deadline
            return true
        }
        guard isNews else { return }
        threads.withLock { $0.alarm }?.set(time.now())
    }

    private func noteCommit() {
        let moment = time.now()
        let isFirst = lastCommit.withLock { last in
            defer { last = (moment, false) }
            return last.isFolded
        }
        if isFirst { alarm(by: moment.advanced(by: core.limits.foldQuiet)) }
        if let moment = core.nextAlarm { alarm(by: moment) }
    }

    /// As many messages expire or are sent in one round; other commands get their turn between two rounds.
    private static let dueTasksPerRound = 128

    /// Hands in what is due. Returns the moment to look again; after a round, its last commit sees to that.
    private func startDueTasks(at now: Timestamp) -> Timestamp? {
        guard let moment = core.nextAlarm else { return nil }
        guard moment <= now else { return moment }
        let isMine = areTasksUnderWay.withLock { isUnderWay in
            defer { isUnderWay = true }
            return !isUnderWay
        }
        guard isMine else { return nil }
        let tasks = (try? core.dueTasks(at: now, limit: Self.dueTasksPerRound)) ?? []
        if tasks.isEmpty { areTasksUnderWay.withLock { $0 = false } }
        for (index, task) in tasks.enumerated() {
            let isLast = index == tasks.count - 1
            let reply: Reply<Outcome> = isLast ? .callback { [weak self] in self?.endDueTasks($0) } : .none
            put(.command(Command(.due(task), by: .host), Preparation(), reply), isOwn: true)
        }
        return nil
    }

    private func endDueTasks(_ result: Result<Outcome, IMError>) {
        areTasksUnderWay.withLock { $0 = false }
        guard var moment = core.nextAlarm else { return }
        // What storage refused is tried again after a while, or with the next commit that succeeds.
        if case .failure = result { moment = max(moment, time.now().advanced(by: Self.dueTasksRest)) }
        alarm(by: moment)
    }

    private static let dueTasksRest = Duration.seconds(1)

    private func alarmRang() {
        while true {
            // Whoever asks from here on is heard: either below, or because the alarm is then not set to what it says.
            armed.withLock { $0 = nil }
            let now = time.now()
            perform(core.live.withLock { $0.due(at: now) })
            let wanted = [core.live.withLock { $0.deadline }, startDueTasks(at: now), foldIfQuiet(at: now)]
                .compactMap(\.self).min()
            let deadline = armed.withLock { armed in
                armed = [armed, wanted].compactMap(\.self).min()
                return armed
            }
            threads.withLock { $0.alarm }?.set(deadline)
            if armed.withLock({ $0 }) == deadline { return }
        }
    }

    /// Folds after a quiet while. Returns the moment to look again.
    private func foldIfQuiet(at now: Timestamp) -> Timestamp? {
        let quiet = core.limits.foldQuiet
        let (next, isDue) = lastCommit.withLock { last -> (Timestamp?, Bool) in
            if last.isFolded { return (nil, false) }
            let moment = last.moment.advanced(by: quiet)
            if moment > now { return (moment, false) }
            last.isFolded = true
            return (nil, true)
        }
        if isDue { put(.fold(.none), isOwn: true) }
        return next
    }

    // MARK: The end

    func close() {
        let threads = threads.withLock { threads -> Threads? in
            if threads.isClosed { return nil }
            defer { threads = Threads(isClosed: true) }
            return threads
        }
        guard let threads else { return }
        if threads.writer?.isCurrent == true {
            // The last reference went away within a job: this thread cannot wait for its own end.
            _ = Thread { self.end(threads) }
        } else {
            end(threads)
        }
    }

    private func end(_ threads: Threads) {
        threads.alarm?.cancel()
        let now = time.now()
        perform(core.live.withLock { $0.shut(at: now) })
        put(.fold(.none), isOwn: true)
        mailbox.close()
        if core.isInline { takeTurn() }
        threads.writer?.join()
        core.folder.close()
        threads.folder?.join()
        core.attach = nil
        core.whenCommitted = nil
        core.store.close()
    }
}

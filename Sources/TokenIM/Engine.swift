import TokenIMLMDB

/// An instant-messaging engine on one directory, inside this process.
///
/// It works when `init` returns. All methods may be called from any thread or task. Reading happens at once, on the
/// thread that calls; changing suspends until the change is on disk.
///
/// The directory holds everything and belongs to one engine at a time.
public final class Engine: Sendable {
    let core: Core
    let time: any TimeSource
    private let mailbox: Mailbox
    private let runtime: EngineRuntime
    private let openConsumers = Monitor<[ConsumerID: WeakConsumer]>([:])
    let verifications = Monitor(ScratchPlaces())

    /// Opens the store in a directory, creating it when it is not there or empty.
    ///
    /// After a crash it replays what had not been folded, at about a million entries a second.
    ///
    /// - Throws: `already-open`, `unreadable-store`, `corrupt`, `storage-full`, `unsupported-file-system`,
    ///   `malformed-argument`.
    public init(directory: String, configuration: Configuration = Configuration()) throws(IMError) {
        try configuration.limits.validate()
        let time = configuration.time ?? SystemTime()
        self.time = time
        mailbox = Mailbox(configuration.limits)
        core = try IMError.mapping {
            try Core(Store(directory: directory, configuration), configuration, time: time)
        }
        runtime = EngineRuntime(core, mailbox, time: time)
        core.attach = { [weak self] connecting in
            guard let self else { throw IMError(.closed, "the engine is closed") }
            return try self.attach(connecting)
        }
        runtime.start { [weak self] in self?.ringConsumers() }
    }

    deinit {
        runtime.close()
    }

    /// Closes all sessions, carries out what has been accepted, folds, and closes the files. Blocks until done, usually
    /// well under a second. Calling it again does nothing.
    public func close() {
        runtime.close()
    }

    /// The identity of this life of the store. A restored backup has another.
    public var epoch: UInt64 { core.store.epoch }

    /// The position of the newest entry: how many entries the journal has.
    public var head: Position { core.live.withLock { $0.head } }

    // MARK: Asking for changes

    /// Hands in a command and returns its outcome once that is on disk.
    func submit(_ command: Command) async throws(IMError) -> Outcome {
        try command.action.validate(core.limits)
        if case .session(_, _, let number) = command.actor {
            try core.live.withLock { live throws(IMError) in try live.requireOpen(number) }
        }
        let preparation = core.prepare(command)
        if core.isInline { return try runtime.runInline { .command(command, preparation, $0) } }
        return try await runtime.ask { .command(command, preparation, $0) }
    }

    /// Has a command judged and not carried out.
    func judge(_ command: Command) async throws(IMError) -> Verdict {
        if core.isInline { return try runtime.runInline { .judge(command, $0) } }
        return try await runtime.ask { .judge(command, $0) }
    }

    /// Hands in commands at once, so that they share commits, and returns the outcome of each.
    func submit(_ commands: [Command]) async -> [Result<Outcome, IMError>] {
        if core.isInline {
            return commands.map { command in
                Result { () throws(IMError) in
                    try command.action.validate(core.limits)
                    return try runtime.runInline { .command(command, core.prepare(command), $0) }
                }
            }
        }
        return await withTaskGroup(of: (Int, Result<Outcome, IMError>).self) { group in
            for (index, command) in commands.enumerated() {
                group.addTask {
                    do throws(IMError) {
                        return (index, .success(try await self.submit(command)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var outcomes = [Result<Outcome, IMError>?](repeating: nil, count: commands.count)
            for await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes.compactMap(\.self)
        }
    }

    func submit(_ command: Command, in conversation: Conversation) async throws(IMError) -> Receipt {
        Receipt(try await submit(command), in: conversation)
    }

    /// Connects a device of a user. The device is registered when it is new; an older session of it is closed, and what
    /// else `Configuration.sessionPolicy` leaves no room for.
    ///
    /// - Throws: `unknown-user`, `user-suspended`, `too-many-devices`, `too-many-sessions`, `epoch-changed`,
    ///   `acknowledgement-ahead` for a start beyond the newest entry, `malformed-argument`, `closed`, `overloaded`.
    public func connect(
        _ user: UserID, device: DeviceID, options: SessionOptions = SessionOptions()
    ) async throws(IMError) -> Session {
        if let epoch = options.epoch, epoch != self.epoch {
            throw IMError(.epochChanged, "the store's epoch is \(self.epoch), not \(epoch)")
        }
        if let window = options.window, !(1...4096).contains(window) {
            throw IMError(.malformedArgument, "a window of \(window); 1 to 4,096")
        }
        try options.details.validate()
        let connecting = Connecting(user: user, device: device, options: options)
        let attachment =
            core.isInline
            ? try runtime.runInline { .connect(connecting, $0) } : try await runtime.ask { .connect(connecting, $0) }
        return Session(connecting, attachment, engine: self)
    }

    /// Runs on the writer's thread, between two commits: nothing can happen between what it reads and its entry among
    /// the sessions.
    private func attach(_ connecting: Connecting) throws -> Attachment {
        let snapshot = try core.snapshot()
        let user = try snapshot.userNumber(connecting.user)
        // Both may have been taken away in the commit that registered the device.
        guard let record = try snapshot.written.user(user), record.status == .active else {
            throw IMError(.userDisconnected, "user \(connecting.user) has just been suspended or deleted")
        }
        guard let device = try snapshot.written.deviceNumber(connecting.device, of: user),
            let details = try snapshot.written.device(device)?.details
        else {
            throw IMError(.notFound, "device \(connecting.device) has just been removed")
        }
        let stored = try snapshot.cursor(of: device)
        var groups: [ConversationNumber] = []
        try snapshot.written.forEachGroup(of: user) { group, leftAt in
            if leftAt == nil { groups.append(group) }
            return true
        }
        let (limits, now) = (core.limits, time.now())
        let (number, actions) = try core.live.withLock { live throws(IMError) in
            let window = DeliveryWindow(
                size: connecting.options.window ?? limits.sessionWindow,
                cursor: live.cursor(of: device, stored: stored), head: live.head)
            let session = LiveSession(
                user: user, userID: connecting.user, device: device, deviceID: connecting.device,
                platform: details.platform, reception: connecting.reception, signalBell: connecting.signalBell)
            let attached = try live.attach(session, groups: groups, presence: record.presence, now: now)
            connecting.reception.open(window)
            return attached
        }
        perform(actions)
        return Attachment(user: user, device: device, session: number)
    }

    // MARK: Doing what the live side decided

    func perform(_ actions: Live.Actions) {
        runtime.perform(actions)
    }

    /// Changes the live side, and sees to it that the alarm rings for what that brought.
    func updateLive<Value: Sendable, Failure: Error>(
        _ body: (inout Live) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try runtime.updateLive(body)
    }

    // MARK: Consumers

    private struct WeakConsumer: Sendable {
        weak let consumer: Consumer?
    }

    func consumer(_ id: ConsumerID, floor: Position) -> Consumer {
        openConsumers.withLock { consumers in
            if let consumer = consumers[id]?.consumer { return consumer }
            let consumer = Consumer(id, engine: self, floor: floor)
            consumers[id] = WeakConsumer(consumer: consumer)
            return consumer
        }
    }

    func forgetConsumer(_ id: ConsumerID) {
        openConsumers.withLock { $0[id] = nil }
    }

    private func ringConsumers() {
        let consumers = openConsumers.withLock { $0.values.compactMap(\.consumer) }
        for consumer in consumers { consumer.bell.ring() }
    }

    // MARK: Folding

    /// Brings the trees on disk up to date with everything committed so far, and waits for it. Never needed for safety;
    /// it makes the next opening faster.
    public func fold() async throws(IMError) {
        if core.isInline { return try runtime.runInline { .fold($0) } }
        try await runtime.ask { .fold($0) }
    }

    /// Brings everything to disk where it belongs, and takes a snapshot before anything else is committed.
    func settledSnapshot<Value>(_ body: (borrowing Snapshot) throws -> Value) async throws -> Value {
        let box = SnapshotBox(core)
        if core.isInline {
            try runtime.runInline { reply in
                .settle(
                    .callback {
                        box.take(); reply.answer($0)
                    })
            } as Void
        } else {
            try await runtime.ask { reply in
                .settle(
                    .callback {
                        box.take(); reply.answer($0)
                    })
            } as Void
        }
        return try body(try box.get())
    }

    func submitTransaction(_ work: HostWork) {
        runtime.put(.transaction(work))
    }
}

extension Receipt {
    init(_ outcome: Outcome, in conversation: Conversation) {
        self.init(
            conversation: conversation, sequence: outcome.sequence, position: outcome.position,
            timestamp: outcome.timestamp, isDuplicate: outcome.isDuplicate)
    }
}

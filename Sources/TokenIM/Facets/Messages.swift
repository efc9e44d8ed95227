/// Sending and reading messages.
public struct Messages: Sendable {
    let engine: Engine

    /// Appends a message to a conversation and returns once it is on disk.
    ///
    /// - Durability: one sync, shared with every command that queued up during the previous one.
    /// - Ordering: sequences of one conversation are dense and follow commit order.
    /// - Idempotency: the same `(from, key)` returns the first receipt; another request throws `idempotency-conflict`.
    /// - Refusals: `unknown-user`, `user-suspended`, `not-found`, `not-allowed`, `malformed-content`,
    ///   `content-too-large`, `storage-full`, `overloaded`, `closed`, `cancelled`.
    /// - Cost: O(1) writes, whatever the number of members.
    /// - Parameters:
    ///   - replyTo: an entry of the same conversation that this message answers.
    ///   - mentions: whom it calls by name; those who do not see the conversation are left out.
    ///   - options: how it is treated, other than usual.
    @discardableResult
    public func send(
        _ content: Content, from sender: UserID, to target: Target, key: IdempotencyKey,
        replyTo: SequenceNumber? = nil, mentions: Mentions = .none, options: MessageOptions = MessageOptions()
    ) async throws(IMError) -> Receipt {
        let change = Change.send(content, to: target, replyTo: replyTo, mentions: mentions, options: options)
        return try await engine.perform(change, by: .user(sender), key: key)
    }

    /// Sends one message to many, each in a conversation of its own: a result for each target, in their order.
    ///
    /// Those that are accepted share commits. A retry with the same key sends only what had not been sent, also when
    /// the targets come in another order.
    ///
    /// - Throws: `request-too-large` for more than `Limits.targetsPerSend`; `malformed-argument` for a target that is
    ///   named twice. What may go wrong with one target is in its result.
    public func send(
        _ content: Content, from sender: UserID, toAll targets: [Target], key: IdempotencyKey,
        options: MessageOptions = MessageOptions()
    ) async throws(IMError) -> [Result<Receipt, IMError>] {
        let limit = engine.core.limits.targetsPerSend
        guard targets.count <= limit else {
            throw IMError(.requestTooLarge, "\(targets.count) targets of one message; the limit is \(limit)")
        }
        guard Set(targets).count == targets.count else {
            throw IMError(.malformedArgument, "a target is named twice")
        }
        let commands = targets.map { target in
            let message = NewMessage(content, options: options)
            return Command(.send(message, to: target), by: .user(sender), key: key.derived(for: target))
        }
        let outcomes = await engine.submit(commands)
        return zip(commands, outcomes).map { command, outcome in
            outcome.map { Receipt($0, in: command.action.conversation(of: sender, $0)) }
        }
    }

    /// Moves a user's read marker. It never goes back: one that lies behind succeeds and changes nothing.
    ///
    /// - Throws: `not-found`; `marker-ahead` beyond the newest entry.
    @discardableResult
    public func markRead(
        _ conversation: Conversation, through sequence: SequenceNumber, by user: UserID, key: IdempotencyKey? = nil
    ) async throws(IMError) -> Receipt {
        let command = Command(.markRead(conversation, through: sequence, by: user), by: .host, key: key)
        return try await engine.submit(command, in: .personal(user))
    }

    /// The entries of a conversation as a user sees them, messages in their present state: the newest, or those before
    /// or after a sequence.
    ///
    /// - Throws: `not-found` when the user may see nothing of it; `malformed-argument`; `request-too-large`.
    public func history(
        of conversation: Conversation, for user: UserID, before: SequenceNumber? = nil, after: SequenceNumber? = nil,
        limit: Int? = nil
    ) throws(IMError) -> HistoryPage {
        try IMError.mapping {
            try engine.core.snapshot().history(of: conversation, for: user, before: before, after: after, limit: limit)
        }
    }

    /// Which of the three facts hold for one entry and one user who may see it.
    ///
    /// What a device acknowledged less than `Limits.acknowledgementDelay` ago may not be seen yet.
    public func state(
        of sequence: SequenceNumber, in conversation: Conversation, for user: UserID
    ) throws(IMError) -> DeliveryState {
        try IMError.mapping { try engine.core.snapshot().deliveryState(of: sequence, in: conversation, for: user) }
    }

    /// Erases the oldest entries' content up to a sequence, for good. Devices that had not acknowledged them get a gap.
    ///
    /// One call erases at most `Limits.trimmedPerCommand`.
    ///
    /// - Returns: how far it got; call again while that is less than `sequence`.
    public func trim(
        _ conversation: Conversation, through sequence: SequenceNumber
    ) async throws(IMError) -> SequenceNumber {
        _ = try await engine.submit(Command(.trim(conversation, through: sequence), by: .host))
        return try IMError.mapping { () throws -> SequenceNumber in
            let snapshot = try engine.core.snapshot()
            return try snapshot.written.trim(of: try snapshot.number(of: conversation))?.through ?? 0
        }
    }
}

extension Messages {
    /// Who reacted to a message how, in the order in which they became users, after one of them.
    ///
    /// - Throws: `not-found` when the user may not see the message; `request-too-large`.
    public func reactions(
        to sequence: SequenceNumber, in conversation: Conversation, for user: UserID, after last: UserID? = nil,
        limit: Int? = nil
    ) throws(IMError) -> [Reaction] {
        try IMError.mapping {
            try engine.core.snapshot().reactions(
                to: sequence, in: conversation, for: user, after: last, limit: limit)
        }
    }

    /// The members of a group who have read a message, other than its author, after a member. Of a direct conversation
    /// ask for the ``state(of:in:for:)``.
    ///
    /// - Throws: `not-found` when the user may not see the message; `not-allowed` where the group has read receipts
    ///   off; `malformed-argument` in a direct conversation; `request-too-large`.
    /// - Cost: one row for each member that it looks at, at most `Limits.readersExamined`.
    public func readers(
        of sequence: SequenceNumber, in conversation: Conversation, for user: UserID, after last: UserID? = nil,
        limit: Int? = nil
    ) throws(IMError) -> ReadersPage {
        try IMError.mapping {
            try engine.core.snapshot().readers(
                of: sequence, in: conversation, for: user, after: last, limit: limit)
        }
    }

    /// The pinned messages of a conversation in their present state, in order of their sequences: at most
    /// `Limits.pinsPerConversation`.
    public func pinned(in conversation: Conversation, for user: UserID) throws(IMError) -> [Entry] {
        try IMError.mapping { try engine.core.snapshot().pinned(in: conversation, for: user) }
    }

    /// The messages that a user has scheduled and that wait, in the order in which they were asked for, after one.
    public func scheduled(
        by user: UserID, after sequence: SequenceNumber = 0, limit: Int? = nil
    ) throws(IMError) -> [ScheduledMessage] {
        try IMError.mapping { try engine.core.snapshot().scheduled(by: user, after: sequence, limit: limit) }
    }
}

extension IdempotencyKey {
    /// The key of one target's share of a request to many. No key from outside holds a control character.
    func derived(for target: Target) -> IdempotencyKey {
        IdempotencyKey(trusted: "\(rawValue)\u{1F}\(target)")
    }

    /// The key as the caller gave it.
    var given: Substring { rawValue.prefix { $0 != "\u{1F}" } }
}

/// How far an entry has come on its way to a user. Reading implies delivery.
public struct DeliveryState: Hashable, Sendable {
    /// Some device of the user has acknowledged it.
    public let isDelivered: Bool
    /// The user's marker has passed it.
    public let isRead: Bool
}

extension Snapshot {
    /// Which facts hold for one entry and one user who may see it.
    public func deliveryState(
        of sequence: SequenceNumber, in conversation: Conversation, for user: UserID
    ) throws(IMError) -> DeliveryState {
        try IMError.mapping { () throws -> DeliveryState in
            let (number, user) = (try number(of: conversation), try userNumber(user))
            let last = try head(of: number).sequence
            guard try visibility(of: number, to: user, through: last, for: .delivery)?.sees(sequence) == true,
                let position = try position(of: sequence, in: number)
            else { throw IMError(.notFound, "there is no entry \(sequence) of \(conversation) for this user") }
            if try marker(of: user, in: number).sequence >= sequence {
                return DeliveryState(isDelivered: true, isRead: true)
            }
            for device in try written.devices(of: user) {
                guard let record = try written.device(device), record.start < position else { continue }
                if try cursor(of: device) >= position { return DeliveryState(isDelivered: true, isRead: false) }
            }
            return DeliveryState(isDelivered: false, isRead: false)
        }
    }
}

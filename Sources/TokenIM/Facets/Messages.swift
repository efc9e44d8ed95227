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

    /// The entries of a conversation as a user sees them: the newest, or those before or after a sequence.
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
            guard try visibility(of: number, to: user, through: last)?.sees(sequence) == true,
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

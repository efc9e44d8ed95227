/// A message that some of its receivers have not got in time.
public struct UnreachedMessage: Hashable, Sendable {
    /// The message, given out as any entry: acknowledge it when the notifications are on their way.
    public let delivery: ConsumerDelivery
    /// Those who have not got it, in the order in which they became users: at most `Limits.unreachedPerMessage`.
    public let users: [UnreachedUser]
    /// Where ``Consumer/unreached(of:after:)`` goes on; nil when that is all.
    public let next: UserID?
}

/// Somebody whom a message has not reached.
public struct UnreachedUser: Hashable, Sendable {
    public let user: UserID
    /// Its devices, with their push tokens, none of which has acknowledged the message.
    public let devices: [Device]
    /// Whether the message mentions this user, or all.
    public let isMentioned: Bool
}

/// Facts for push notifications.
extension Consumer {
    /// Takes the messages that are older than `Limits.acknowledgementWait` and have receivers whom they have not
    /// reached: no device of the user has acknowledged it, and the user has not read it.
    ///
    /// Left out are silent messages, users who have muted the conversation, and the sender. Each message is given out
    /// once, and again only when it is rejected or not acknowledged, as everything that a consumer gets; use a consumer
    /// for this alone.
    ///
    /// - Cost: for a group one row or a few for each member, at most `Limits.unreachedPerMessage` members at a time.
    public func receiveUnreached(maximum: Int = 100) async throws(IMError) -> [UnreachedMessage] {
        let deadline = engine.time.now().advanced(by: .zero - engine.core.limits.acknowledgementWait)
        var found: [UnreachedMessage] = []
        while found.count < maximum {
            let given = try await receive(maximum: maximum - found.count, writtenBy: deadline)
            if given.isEmpty { return found }
            var settled: [Position] = []
            for delivery in given {
                let message = try IMError.mapping { try self.message(delivery, after: nil) }
                if let message, !message.users.isEmpty || message.next != nil {
                    found.append(message)
                } else {
                    settled.append(delivery.position)
                }
            }
            if !settled.isEmpty { try await acknowledge(settled) }
        }
        return found
    }

    /// More of those whom a message has not reached.
    public func unreached(of message: UnreachedMessage, after user: UserID) throws(IMError) -> UnreachedMessage {
        let more = try IMError.mapping { try self.message(message.delivery, after: user) }
        return more ?? UnreachedMessage(delivery: message.delivery, users: [], next: nil)
    }

    private func message(_ delivery: ConsumerDelivery, after last: UserID?) throws -> UnreachedMessage? {
        let snapshot = try engine.core.snapshot()
        let now = engine.time.now()
        guard let entry = try snapshot.written.entry(at: delivery.position), case .message(let body) = entry.event,
            body.extras?.isSilent != true
        else { return nil }
        let first = try last.map { try snapshot.userNumber($0) } ?? 0
        let (receivers, next) = try snapshot.receivers(of: entry, after: first)
        var users: [UnreachedUser] = []
        for receiver in receivers {
            if try snapshot.setting(of: receiver, in: entry.header.conversation, isMutedAt: now) { continue }
            if try snapshot.hasReached(receiver, entry) { continue }
            let id = try snapshot.userID(receiver)
            users.append(
                UnreachedUser(
                    user: id, devices: try snapshot.devices(of: id).map(\.1),
                    isMentioned: body.extras.map { $0.mentionsAll || $0.mentions.contains(receiver) } ?? false))
        }
        return UnreachedMessage(delivery: delivery, users: users, next: try next.map { try snapshot.userID($0) })
    }
}

extension Snapshot {
    /// Those who are to get a message, without its author, after a user.
    fileprivate func receivers(
        of entry: JournalEntry, after first: UserNumber
    ) throws -> (users: [UserNumber], next: UserNumber?) {
        let (conversation, author) = (entry.header.conversation, entry.header.author)
        var users: [UserNumber] = []
        guard conversation.kind == .group else {
            let (low, high) = conversation.directUsers
            for user in [low, high] where user != author && user > first && !users.contains(user) {
                if try isActive(user) { users.append(user) }
            }
            return (users, nil)
        }
        var examined = 0
        var last: UserNumber = 0
        var next: UserNumber?
        try written.forEachMembership(in: conversation, after: first) { user, membership in
            if examined == limits.unreachedPerMessage {
                next = last
                return false
            }
            examined += 1
            last = user
            guard user != author, membership.isMember, let window = membership.current,
                window.from <= entry.header.sequence
            else { return true }
            if try isActive(user) { users.append(user) }
            return true
        }
        return (users, next)
    }

    private func isActive(_ user: UserNumber) throws -> Bool {
        try written.user(user)?.status == .active
    }

    fileprivate func setting(
        of user: UserNumber, in conversation: ConversationNumber, isMutedAt now: Timestamp
    ) throws -> Bool {
        guard let until = try written.setting(of: user, in: conversation)?.setting.mutedUntil else { return false }
        return until > now
    }

    fileprivate func hasReached(_ user: UserNumber, _ entry: JournalEntry) throws -> Bool {
        if try marker(of: user, in: entry.header.conversation).sequence >= entry.header.sequence { return true }
        for device in try written.devices(of: user) {
            guard let record = try written.device(device), record.start < entry.position else { continue }
            if try cursor(of: device) >= entry.position { return true }
        }
        return false
    }
}

import TokenIMLMDB

/// What a session does as its user. Rights are checked as that user's.
extension Session {
    private var actor: Actor { .session(userNumber, deviceNumber, number) }

    /// Sends a message as the session's user. It is not delivered to this device, but to the user's others.
    ///
    /// Durability, order, idempotency, refusals and cost are those of
    /// ``Messages/send(_:from:to:key:replyTo:mentions:options:)``.
    @discardableResult
    public func send(
        _ content: Content, to target: Target, key: IdempotencyKey, replyTo: SequenceNumber? = nil,
        mentions: Mentions = .none, options: MessageOptions = MessageOptions()
    ) async throws(IMError) -> Receipt {
        let change = Change.send(content, to: target, replyTo: replyTo, mentions: mentions, options: options)
        return try await perform(change, key: key)
    }

    /// Moves this user's read marker. It never goes back: one that lies behind succeeds and changes nothing.
    @discardableResult
    public func markRead(
        _ conversation: Conversation, through sequence: SequenceNumber, key: IdempotencyKey? = nil
    ) async throws(IMError) -> Receipt {
        let command = Command(.markRead(conversation, through: sequence, by: user), by: actor, key: key)
        return try await engine.submit(command, in: .personal(user))
    }

    /// Groups, with this user's rights.
    public var groups: Groups { Groups(engine: engine, actor: actor, session: self) }

    /// Who can be reached, as this user sees it.
    public var presence: Presence { Presence(engine: engine, session: self) }

    /// This user's address book, in the order in which its contacts became users, after one of them.
    public func contacts(after user: UserID? = nil, limit: Int? = nil) throws(IMError) -> [Contact] {
        try engine.users.contacts(of: self.user, after: user, limit: limit)
    }

    /// Those whom this user blocks, in the order in which they became users, after one of them.
    public func blockedUsers(after user: UserID? = nil, limit: Int? = nil) throws(IMError) -> [UserID] {
        try engine.users.blocked(by: self.user, after: user, limit: limit)
    }

    // MARK: Signals

    /// Tells the connected others of a conversation that this user is typing, or no longer. It ends by itself after
    /// `Limits.typingDuration` unless it is said again.
    ///
    /// - Throws: `not-found` when the user is no member of the conversation; `blocked` by the other of a direct one.
    public func setTyping(_ isTyping: Bool, in conversation: Conversation) throws(IMError) {
        let number = try IMError.mapping { () throws -> ConversationNumber in
            let snapshot = try engine.core.snapshot()
            let notFound = IMError(.notFound, "there is no conversation \(conversation)")
            let number = try snapshot.number(of: conversation)
            let isMember: Bool
            switch number.kind {
            case .direct: isMember = number.side(of: userNumber) != nil
            case .group: isMember = try snapshot.written.membership(of: userNumber, in: number)?.isMember == true
            case .personal, .engine: isMember = false
            }
            guard isMember else { throw notFound }
            try requireUnblocked(in: number, snapshot)
            return number
        }
        let now = engine.time.now()
        let actions = try engine.updateLive { live throws(IMError) in
            try live.type(isTyping, by: self.number, in: number, conversation, now: now)
        }
        engine.perform(actions)
    }

    private func requireUnblocked(in number: ConversationNumber, _ snapshot: borrowing Snapshot) throws {
        guard number.kind == .direct else { return }
        let (low, high) = number.directUsers
        let other = low == userNumber ? high : low
        guard try snapshot.written.relation(.block, of: other, with: userNumber) != nil else { return }
        throw IMError(.blocked, "user \(try snapshot.userID(other)) does not want to hear from this one")
    }

    /// Signals when these users come and go from now on, or change their status, and how they are at once. Adds to what
    /// was subscribed before. Those who hide look offline.
    ///
    /// - Throws: `unknown-user`; `request-too-large` beyond `Limits.presencePerCall` users in all.
    public func subscribe(toPresenceOf users: [UserID]) throws(IMError) {
        let people = try IMError.mapping { () throws -> [(UserNumber, UserID, PresenceSetting)] in
            let snapshot = try engine.core.snapshot()
            return try users.map { id in
                let number = try snapshot.userNumber(id)
                return (number, id, try snapshot.written.user(number)?.presence ?? PresenceSetting())
            }
        }
        let now = engine.time.now()
        let actions = try engine.core.live.withLock { live throws(IMError) in
            try live.watch(people.map { (number: $0.0, id: $0.1, setting: $0.2) }, by: number, now: now)
        }
        engine.perform(actions)
    }

    /// Ends what ``subscribe(toPresenceOf:)`` began. Users who were not subscribed are left out.
    ///
    /// - Throws: `unknown-user`.
    public func unsubscribe(fromPresenceOf users: [UserID]) throws(IMError) {
        let numbers = try IMError.mapping { () throws -> [UserNumber] in
            let snapshot = try engine.core.snapshot()
            return try users.map { try snapshot.userNumber($0) }
        }
        try engine.core.live.withLock { live throws(IMError) in try live.unwatch(numbers, by: number) }
    }

    /// Takes the signals that came since the last time: of each kind, user and conversation only the newest.
    public func receiveSignals() throws(IMError) -> [Signal] {
        try engine.core.live.withLock { live throws(IMError) in try live.takeSignals(of: number) }
    }

    /// The signals as they come.
    public var signals: Signals { Signals(session: self) }
}

/// The signals of a session as an asynchronous sequence. Iterate it from one task at a time.
public struct Signals: AsyncSequence, Sendable {
    let session: Session

    public func makeAsyncIterator() -> Iterator { Iterator(session: session) }

    public struct Iterator: AsyncIteratorProtocol {
        let session: Session
        private var waiting: [Signal] = []

        init(session: Session) {
            self.session = session
        }

        public mutating func next() async throws(IMError) -> Signal? {
            try await next(isolation: nil)
        }

        public mutating func next(isolation: isolated (any _Concurrency.Actor)?) async throws(IMError) -> Signal? {
            while waiting.isEmpty {
                if Task.isCancelled { return nil }
                waiting = try session.receiveSignals()
                if waiting.isEmpty { await session.signalBell.wait() }
            }
            return waiting.removeFirst()
        }
    }
}

extension Target {
    func conversation(from user: UserID) -> Conversation {
        switch value {
        case .user(let other): .direct(user, other)
        case .group(let id): .group(id)
        }
    }
}

import HeapModule

/// A session among all that the engine ever had.
typealias SessionNumber = UInt64

/// The connected side of the engine: who is online, what to wake, what is owed. Decides and returns what is to be done;
/// the runtime does it after unlocking.
struct Live {
    /// What the runtime has to do.
    struct Actions {
        var ring: [Doorbell] = []
        /// Who is to hear of which entries.
        var hints: [(reception: Reception, positions: ClosedRange<Position>)] = []
        /// Which of the entries that were committed somebody hears of.
        var heard: [Range<Int>] = []
        /// Who waits in the receptions of sessions and is to be woken.
        var wake: [Waiter] = []
        /// Cursors to be written.
        var flush: [CursorMove] = []
        /// What senders are to be told.
        var receipts: [Receipt] = []
        /// When users were connected last, to be written.
        var seen: [UserSeen] = []
        /// By when to look at what is due.
        var deadline: Timestamp?
    }

    /// A moment at which to look at something again. It may be stale by then, and is not taken back.
    private struct Deadline: Comparable {
        enum Subject {
            case session(SessionNumber)
            case typing(TypingKey)
        }

        var moment: Timestamp
        /// Those of one moment are looked at in the order in which they were set.
        var number: UInt64
        var subject: Subject

        static func < (left: Deadline, right: Deadline) -> Bool {
            (left.moment, left.number) < (right.moment, right.number)
        }

        static func == (left: Deadline, right: Deadline) -> Bool {
            (left.moment, left.number) == (right.moment, right.number)
        }
    }

    let limits: Limits
    private let policy: SessionPolicy
    /// The newest position that has been committed.
    private(set) var head: Position
    var sessions: [SessionNumber: LiveSession] = [:]
    /// Why sessions are closed whose owners may still ask.
    private var closed: [SessionNumber: IMError] = [:]
    private(set) var sessionsOfUser: [UserNumber: [SessionNumber]] = [:]
    private var sessionOfDevice: [DeviceNumber: SessionNumber] = [:]
    /// Which users with a session are members of a group.
    private var listeners: [ConversationNumber: Listeners] = [:]
    private var groupsOfUser: [UserNumber: Set<ConversationNumber>] = [:]
    var watched: [UserNumber: Watched] = [:]
    /// Of users who are connected or watched, those who have set something.
    var presences: [UserNumber: PresenceSetting] = [:]
    var typing: [TypingKey: Typing] = [:]
    private var nextSession: SessionNumber = 1
    private var isShut = false

    /// Acknowledged and not known to be on disk, apart from what receptions have not been asked for yet.
    private var cursors: [DeviceNumber: Position] = [:]
    /// Whose device it is that has something in ``cursors``.
    private var owners: [DeviceNumber: UserNumber] = [:]
    /// By receivers: what connected senders wait to hear of.
    var awaited: [UserNumber: [ConversationNumber: Awaited]] = [:]
    var awaitedCount = 0
    private var unflushed: Set<DeviceNumber> = []
    /// When users came or went, as far as that is not known to be on disk.
    private var seen: [UserNumber: Timestamp] = [:]
    private var unwritten: Set<UserNumber> = []
    private var flushAt: Timestamp?
    private var deadlines: Heap<Deadline> = []
    private var deadlineCount: UInt64 = 0

    init(limits: Limits, policy: SessionPolicy, head: Position) {
        self.limits = limits
        self.policy = policy
        self.head = head
    }

    // MARK: Coming and going

    /// Adds a session. Those that the policy leaves no room for, and the one that the device had, are closed with
    /// `session-replaced`.
    mutating func attach(
        _ session: LiveSession, groups: [ConversationNumber], presence: PresenceSetting, now: Timestamp
    ) throws(IMError) -> (SessionNumber, Actions) {
        if isShut { throw IMError(.closed, "the engine is closed") }
        let replaced = replaced(by: session)
        if sessions.count >= limits.sessions, replaced.isEmpty {
            throw IMError(.tooManySessions, "\(limits.sessions) sessions are open, which is the limit")
        }
        var actions = Actions()
        let number = nextSession
        nextSession += 1
        sessions[number] = session
        sessionOfDevice[session.device] = number
        let isFirst = sessionsOfUser[session.user] == nil
        sessionsOfUser[session.user, default: []].append(number)
        if isFirst {
            for group in groups { listen(session.user, to: group) }
            setPresence(presence, of: session.user)
            noteSeen(session.user, at: now, &actions)
            announce(session.user, session.userID, isOnline: true, at: now, &actions)
        }
        for older in replaced { close(older, ended(.sessionReplaced), at: now, &actions) }
        return (number, actions)
    }

    private func replaced(by session: LiveSession) -> [SessionNumber] {
        sessions(of: session.user).filter { number in
            guard let older = sessions[number] else { return false }
            if older.device == session.device { return true }
            return policy == .one || (policy == .onePerPlatform && older.platform == session.platform)
        }
    }

    /// Where a device that connects goes on: what it acknowledged may not have been written yet.
    func cursor(of device: DeviceNumber, stored: Position) -> Position {
        let session = sessionOfDevice[device].flatMap { sessions[$0] }
        return max(stored, cursors[device] ?? 0, session?.reception.acknowledged ?? 0)
    }

    func isConnected(_ device: DeviceNumber) -> Bool {
        sessionOfDevice[device] != nil
    }

    /// Ends a session by its owner's wish; nobody asks any more why it was closed.
    mutating func detach(_ number: SessionNumber, at now: Timestamp) -> Actions {
        var actions = Actions()
        close(number, ended(.sessionClosed), at: now, &actions)
        closed[number] = nil
        return actions
    }

    /// Ends the sessions of a user by the host's wish, or the one of a device.
    mutating func kick(_ user: UserNumber, _ device: DeviceNumber?, reason: String, at now: Timestamp) -> Actions {
        var actions = Actions()
        for number in sessions(of: user) where device == nil || sessions[number]?.device == device {
            close(number, IMError(.sessionKicked, reason), at: now, &actions)
        }
        return actions
    }

    mutating func close(_ number: SessionNumber, _ reason: IMError, at now: Timestamp, _ actions: inout Actions) {
        guard let session = sessions.removeValue(forKey: number) else { return }
        closed[number] = reason
        let (waiter, acknowledged) = session.reception.close()
        if let waiter { actions.wake.append(waiter) }
        actions.ring.append(session.signalBell)
        if sessionOfDevice[session.device] == number { sessionOfDevice[session.device] = nil }
        if unflushed.remove(session.device) != nil {
            note(acknowledged, of: session)
            actions.flush.append(CursorMove(device: session.device, position: acknowledged))
        }
        for user in session.watched { unwatch(user, by: number) }
        sessionsOfUser[session.user]?.removeAll { $0 == number }
        guard sessionsOfUser[session.user]?.isEmpty == true else { return }
        sessionsOfUser[session.user] = nil
        for group in groupsOfUser.removeValue(forKey: session.user) ?? [] { unlisten(session.user, to: group) }
        noteSeen(session.user, at: now, &actions)
        announce(session.user, session.userID, isOnline: false, at: now, &actions)
        forgetPresence(of: session.user)
    }

    /// Closes all sessions and lets no further one in.
    mutating func shut(at now: Timestamp) -> Actions {
        isShut = true
        var actions = Actions()
        for number in sessions.keys.sorted() { close(number, ended(.closed), at: now, &actions) }
        actions.seen = takeUnwritten()
        return actions
    }

    private func ended(_ code: IMError.Code) -> IMError {
        IMError(code, "the session is closed: \(code.name)")
    }

    private mutating func noteSeen(_ user: UserNumber, at now: Timestamp, _ actions: inout Actions) {
        seen[user] = now
        unwritten.insert(user)
        flushSoon(now)
        actions.deadline = flushAt
    }

    /// When a user was connected last, if that may not be on disk yet.
    func lastSeen(of user: UserNumber) -> Timestamp? {
        seen[user]
    }

    private mutating func listen(_ user: UserNumber, to group: ConversationNumber) {
        listeners[group, default: Listeners()].insert(user)
        groupsOfUser[user, default: []].insert(group)
    }

    private mutating func unlisten(_ user: UserNumber, to group: ConversationNumber) {
        listeners[group]?.remove(user)
        if listeners[group]?.users.isEmpty == true { listeners[group] = nil }
    }

    func sessions(of user: UserNumber) -> [SessionNumber] {
        sessionsOfUser[user] ?? []
    }

    /// The connected users of a conversation.
    func connectedUsers(of conversation: ConversationNumber) -> [UserNumber] {
        switch conversation.kind {
        case .engine: return []
        case .personal: return [conversation.personalUser]
        case .direct:
            let (low, high) = conversation.directUsers
            return low == high ? [low] : [low, high]
        case .group: return listeners[conversation]?.users ?? []
        }
    }

    mutating func update<Result>(
        _ number: SessionNumber, _ body: (LiveSession) throws(IMError) -> Result
    ) throws(IMError) -> Result {
        guard let session = sessions[number] else { throw gone(number) }
        return try body(session)
    }

    /// Throws why a session is closed, if it is.
    func requireOpen(_ number: SessionNumber) throws(IMError) {
        if sessions[number] == nil { throw gone(number) }
    }

    /// Why a session is closed.
    func gone(_ number: SessionNumber) -> IMError {
        closed[number] ?? ended(.sessionClosed)
    }

    // MARK: Entries

    /// Takes note of what has been committed and says whom to wake.
    mutating func committed(_ entries: [Committed], now: Timestamp) -> Actions {
        var actions = Actions()
        if let last = entries.last { head = last.position }
        guard !sessions.isEmpty || !cursors.isEmpty || !seen.isEmpty else { return actions }
        var index = 0
        while index < entries.count {
            let entry = entries[index]
            // Messages of one conversation often come together: their hearers are looked up once.
            var end = index + 1
            while end < entries.count, entry.isLikeMessage(entries[end]) { end += 1 }
            let positions = entry.position...entries[end - 1].position
            let hintCount = actions.hints.count
            if case .joined(let users) = entry.change {
                for user in users where sessionsOfUser[user] != nil { listen(user, to: entry.conversation) }
            }
            if entry.conversation.kind == .direct {
                let (low, high) = entry.conversation.directUsers
                hint(low, positions, from: entry.device, &actions)
                if high != low { hint(high, positions, from: entry.device, &actions) }
            } else {
                for user in connectedUsers(of: entry.conversation) {
                    hint(user, positions, from: entry.device, &actions)
                }
            }
            if actions.hints.count > hintCount { actions.heard.append(index..<end) }
            awaitDelivery(of: entries[end - 1])
            take(entry, now: now, &actions)
            index = end
        }
        return actions
    }

    private mutating func take(_ entry: Committed, now: Timestamp, _ actions: inout Actions) {
        switch entry.change {
        case .none, .joined: break
        case .left(let user):
            unlisten(user, to: entry.conversation)
            groupsOfUser[user]?.remove(entry.conversation)
        case .disconnected(let user):
            for number in sessions(of: user) { close(number, ended(.userDisconnected), at: now, &actions) }
        case .cursorsMoved(let moves):
            for move in moves {
                // A device that polls has no owner here, and its user is the author.
                let owner = owners[move.device] ?? entry.author
                if owner != 0 { delivered(to: owner, through: move.position, &actions) }
                guard cursors[move.device] == move.position else { continue }
                cursors[move.device] = nil
                owners[move.device] = nil
            }
        case .presence(let user, let setting): change(setting, of: user, at: now, &actions)
        case .deviceRemoved(let device):
            unflushed.remove(device)
            cursors[device] = nil
            owners[device] = nil
            guard let number = sessionOfDevice[device] else { return }
            close(number, IMError(.sessionKicked, "the device has been removed"), at: now, &actions)
        case .read(let user, let conversation, let sequence):
            read(conversation, through: sequence, by: user, &actions)
        case .seen(let users):
            for news in users where seen[news.user] == news.moment { seen[news.user] = nil }
        }
    }

    private func hint(
        _ user: UserNumber, _ positions: ClosedRange<Position>, from device: DeviceNumber, _ actions: inout Actions
    ) {
        guard let numbers = sessionsOfUser[user] else { return }
        for number in numbers {
            guard let session = sessions[number], device == 0 || session.device != device else { continue }
            actions.hints.append((session.reception, positions))
        }
    }

    // MARK: Receiving

    /// Sees to it that a session is looked at when its device has owed an acknowledgement for too long.
    mutating func setDeadline(of number: SessionNumber, at moment: Timestamp) {
        setDeadline(.session(number), at: moment)
    }

    private mutating func setDeadline(_ subject: Deadline.Subject, at moment: Timestamp) {
        deadlineCount += 1
        deadlines.insert(Deadline(moment: moment, number: deadlineCount, subject: subject))
    }

    /// Sees to it that typing is ended when its time has come.
    mutating func setTypingDeadline(_ key: TypingKey, at moment: Timestamp) {
        setDeadline(.typing(key), at: moment)
    }

    /// Notes that a session's device has acknowledged something that is to be written.
    mutating func acknowledged(by number: SessionNumber, now: Timestamp) throws(IMError) {
        guard let session = sessions[number] else { throw gone(number) }
        unflushed.insert(session.device)
        flushSoon(now)
    }

    private mutating func note(_ acknowledged: Position, of session: LiveSession) {
        cursors[session.device] = max(acknowledged, cursors[session.device] ?? 0)
        owners[session.device] = session.user
    }

    private mutating func flushSoon(_ now: Timestamp) {
        // The earlier of both: the clock may have been set back since.
        flushAt = min(flushAt ?? .distantFuture, now.advanced(by: limits.acknowledgementDelay))
    }

    // MARK: Time

    /// The next moment at which ``due(at:)`` has something to do.
    var deadline: Timestamp? {
        guard let moment = deadlines.min?.moment else { return flushAt }
        return min(moment, flushAt ?? .distantFuture)
    }

    /// Does what is due: writes cursors and who was seen when, closes those who owe an acknowledgement, ends typing.
    mutating func due(at now: Timestamp) -> Actions {
        var actions = Actions()
        if let flushAt, flushAt <= now {
            actions.flush = takeUnflushed()
            actions.seen = takeUnwritten()
        }
        while let deadline = deadlines.min, deadline.moment <= now {
            _ = deadlines.popMin()
            switch deadline.subject {
            case .typing(let key): endTyping(key, at: now, &actions)
            case .session(let number):
                guard let reception = sessions[number]?.reception else { continue }
                if reception.isOverdue(at: deadline.moment, now: now, after: limits.acknowledgementWait) {
                    close(number, ended(.acknowledgementTimeout), at: now, &actions)
                } else if let next = reception.nextDeadline(after: limits.acknowledgementWait) {
                    setDeadline(.session(number), at: next)
                }
            }
        }
        return actions
    }

    /// What has been acknowledged and not been asked to be written yet, in order of devices.
    mutating func takeUnflushed() -> [CursorMove] {
        flushAt = nil
        defer { unflushed = [] }
        return unflushed.sorted().compactMap { device in
            if let session = sessionOfDevice[device].flatMap({ sessions[$0] }) {
                note(session.reception.takeUnwritten(), of: session)
            }
            return cursors[device].map { CursorMove(device: device, position: $0) }
        }
    }

    /// Takes back cursors that could not be written, to try again.
    mutating func keep(_ moves: [CursorMove], at now: Timestamp) {
        for move in moves where cursors[move.device] != nil { unflushed.insert(move.device) }
        if !unflushed.isEmpty { flushSoon(now) }
    }

    /// Takes back who was seen when, to try again.
    mutating func keep(_ users: [UserSeen], at now: Timestamp) {
        for news in users where seen[news.user] != nil { unwritten.insert(news.user) }
        if !unwritten.isEmpty { flushSoon(now) }
    }

    private mutating func takeUnwritten() -> [UserSeen] {
        defer { unwritten = [] }
        return unwritten.sorted().compactMap { user in seen[user].map { UserSeen(user: user, moment: $0) } }
    }
}

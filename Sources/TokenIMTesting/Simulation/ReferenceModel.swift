internal import TokenIM

/// What the engine should do, written from its concepts and not from its code: arrays, and a look at everything for
/// every question. Slow, and easy to believe.
struct ReferenceModel {
    struct Person {
        var id: UserID
        var profile: Profile
        var status = User.Status.active
        var permissions = Permissions.all
        var isHidden = false
        var customStatus: CustomStatus?
        var contacts: [(user: UserID, alias: String?, since: Timestamp)] = []
        var blocked: [UserID] = []
        var settings: [Setting] = []
        var createdAt: Timestamp
        var createdPosition: Position
    }

    struct Membership {
        var user: UserID
        var role: Role
        /// Each from what it was given on; what it is shown may begin earlier.
        var windows: [(from: SequenceNumber, through: SequenceNumber?, shownFrom: SequenceNumber)]
        var nickname: String?
        var mutedUntil: Timestamp?
        var isMember: Bool { windows.last.map { $0.through == nil } ?? false }
        var joined: SequenceNumber { windows.last?.from ?? 0 }
    }

    /// How a user has a conversation.
    struct Setting {
        var conversation: Conversation
        var value = ConversationSetting()
        var cleared: SequenceNumber = 0
        var deleted: [SequenceNumber] = []
        /// The entry in the personal conversation that has the draft.
        var draftedAt: SequenceNumber?
    }

    /// Somebody who asks to become a member, or is asked to.
    struct Joining {
        var user: UserID
        var isInvitation: Bool
        var author: UserID?
        var text: String
        var moment: Timestamp
        var until: Timestamp
    }

    struct Circle {
        var id: GroupID
        var profile: Profile
        var owner: UserID
        var kind = Group.Kind.group
        var policies = GroupPolicies()
        var isMuted = false
        var announcement: (text: String, author: UserID?, moment: Timestamp)?
        var bans: [(user: UserID, author: UserID?, moment: Timestamp)] = []
        var joinings: [Joining] = []
        var isDissolved = false
        var createdAt: Timestamp
        var memberships: [Membership] = []
        var memberCount: Int { memberships.filter(\.isMember).count }
    }

    struct Line {
        var position: Position
        /// Whether the journal has been seen to have it.
        var isSeen = false
        var conversation: Conversation
        var sequence: SequenceNumber
        var timestamp: Timestamp
        var author: UserID?
        var device: DeviceID?
        var kind: Entry.Kind
        var content: Content?
        var replyTo: SequenceNumber?
        var members: [UserID] = []
        var role: Role?
        var subject: Conversation?
        var through: SequenceNumber?
        var profile: Profile?
        var targets: [SequenceNumber] = []
        var text: String?
        var isOn: Bool?
        var until: Timestamp?
        var erasure: Erasure?
        var policies: GroupPolicies?
        var setting: ConversationSetting?
        var outcome: String?
        var permissions: Permissions?

        var mentions = Mentions.none
        var options = MessageOptions()
        var originAuthor: UserID?
        var originMoment: Timestamp?
        /// Why its content is gone.
        var gone: Erasure?
        /// When it burns, once it has been read.
        var burnsAt: Timestamp?
        /// The entries that gave it another content.
        var edits: [SequenceNumber] = []
        var reactions: [(reaction: String, users: [UserID])] = []
        var isPinned = false
        /// A scheduled message that has not been sent or cancelled.
        var isWaiting = false

        var isUnreadable: Bool { gone == .recalled || gone == .expired || gone == .burned }
    }

    struct Log {
        var conversation: Conversation
        var lines: [Line] = []
        var trimmedThrough: SequenceNumber = 0
        var markers: [(user: UserID, sequence: SequenceNumber)] = []
        var head: SequenceNumber { UInt64(lines.count) }
    }

    struct Endpoint {
        var user: UserID
        var id: DeviceID
        /// Where it began.
        var start: Position
        /// What it has acknowledged.
        var cursor: Position
        /// What of that must survive a crash.
        var durable: Position
        var acknowledgedAt: Timestamp?

        init(user: UserID, id: DeviceID, start: Position) {
            self.user = user
            self.id = id
            self.start = start
            cursor = start
            durable = start
        }
    }

    struct Request {
        var author: UserID?
        var key: IdempotencyKey
        var text: [UInt8]
        /// What its receipt points to.
        var line: Line?
        var answer: ModelAnswer
        var moment: Timestamp

        init(author: UserID?, key: IdempotencyKey, text: [UInt8], answer: ModelAnswer, moment: Timestamp) {
            self.author = author
            self.key = key
            self.text = text
            self.answer = answer
            self.moment = moment
            if case .appended(let line) = answer { self.line = line }
        }
    }

    let limits: Limits
    let mistake: SimulationMistake?
    var people: [Person] = []
    var circles: [Circle] = []
    var logs: [Log] = []
    var endpoints: [Endpoint] = []
    var connections: [Connection] = []
    var requests: [Request] = []
    /// The newest position, and what its timestamp may be: entries that nobody sees are only known to be there.
    var head: Position = 0
    var earliest = Timestamp.zero
    var latest = Timestamp.zero
    /// Entries since the last look at the journal that only keep a key.
    var silent: UInt64 = 0

    init(limits: Limits, mistake: SimulationMistake?) {
        self.limits = limits
        self.mistake = mistake
    }

    // MARK: Looking things up

    func person(_ id: UserID) -> Person? { people.first { $0.id == id } }

    func existing(_ id: UserID) -> Person? { people.first { $0.id == id && $0.status != .deleted } }

    func circle(_ id: GroupID) -> Circle? { circles.first { $0.id == id } }

    func log(_ conversation: Conversation) -> Log? { logs.first { $0.conversation == conversation } }

    func membership(_ user: UserID, _ group: GroupID) -> Membership? {
        circle(group)?.memberships.first { $0.user == user }
    }

    /// The role of a present member.
    func role(_ user: UserID, _ group: GroupID) -> Role? {
        membership(user, group).flatMap { $0.isMember ? $0.role : nil }
    }

    func circles(of user: UserID) -> [Circle] {
        circles.filter { circle in circle.memberships.contains { $0.user == user && $0.isMember } }
    }

    /// Whether an entry is for a user: was handed to it, or would have been. Looking at history may show it more.
    func sees(
        _ user: UserID, _ sequence: SequenceNumber, _ conversation: Conversation, inHistory: Bool = false
    ) -> Bool {
        guard let group = conversation.group else { return conversation.users.contains(user) }
        guard let membership = membership(user, group) else { return false }
        if mistake == .removedMembersSeeOn { return membership.windows[0].from <= sequence }
        return membership.windows.contains {
            (inHistory ? $0.shownFrom : $0.from) <= sequence && sequence <= $0.through ?? .max
        }
    }

    func setting(_ user: UserID, _ conversation: Conversation) -> Setting {
        person(user)?.settings.first { $0.conversation == conversation } ?? Setting(conversation: conversation)
    }

    func line(_ sequence: SequenceNumber, _ conversation: Conversation) -> Line? {
        guard let log = log(conversation), sequence >= 1, sequence <= log.head else { return nil }
        return log.lines[Int(sequence) - 1]
    }

    func isMember(_ user: UserID, _ conversation: Conversation) -> Bool {
        conversation.group.map { role(user, $0) != nil } ?? conversation.users.contains(user)
    }

    func marker(_ user: UserID, _ conversation: Conversation) -> SequenceNumber {
        log(conversation)?.markers.first { $0.user == user }?.sequence ?? 0
    }

    // MARK: Changing

    func index(of conversation: Conversation) -> Int? { logs.firstIndex { $0.conversation == conversation } }

    @discardableResult
    mutating func append(
        _ kind: Entry.Kind, to conversation: Conversation, by actor: ModelActor, at moment: Timestamp,
        _ change: (inout Line) -> Void = { _ in }
    ) -> Line {
        let index = index(of: conversation) ?? logs.count
        if index == logs.count { logs.append(Log(conversation: conversation)) }
        head += 1
        var line = Line(
            position: head, conversation: conversation, sequence: logs[index].head + 1, timestamp: moment,
            author: actor.user, device: actor.device, kind: kind)
        change(&line)
        logs[index].lines.append(line)
        if line.isCounted {
            if let author = actor.user { mark(author, conversation, line.sequence, at: moment) }
            for person in people { changeSetting(person.id, conversation) { $0.value.isHidden = false } }
        }
        return line
    }

    mutating func change(
        _ sequence: SequenceNumber, _ conversation: Conversation, _ body: (inout Line) -> Void
    ) {
        guard let log = index(of: conversation), sequence >= 1, sequence <= logs[log].head else { return }
        body(&logs[log].lines[Int(sequence) - 1])
    }

    mutating func changeSetting(
        _ user: UserID, _ conversation: Conversation, isNew: Bool = false, _ body: (inout Setting) -> Void
    ) {
        change(user) { person in
            if let index = person.settings.firstIndex(where: { $0.conversation == conversation }) {
                body(&person.settings[index])
            } else if isNew {
                person.settings.append(Setting(conversation: conversation))
                body(&person.settings[person.settings.count - 1])
            }
        }
    }

    /// Moves a marker on. What burns after reading begins to.
    mutating func mark(
        _ user: UserID, _ conversation: Conversation, _ sequence: SequenceNumber, at moment: Timestamp
    ) {
        guard let log = index(of: conversation), sequence > marker(user, conversation) else { return }
        if let index = logs[log].markers.firstIndex(where: { $0.user == user }) {
            logs[log].markers[index].sequence = sequence
        } else {
            logs[log].markers.append((user, sequence))
        }
        changeSetting(user, conversation) { $0.value.isMarkedUnread = false }
        for index in logs[log].lines.indices where logs[log].lines[index].sequence <= sequence {
            let line = logs[log].lines[index]
            guard line.kind == .message, line.gone == nil, line.author != user, line.burnsAt == nil else { continue }
            if let after = line.options.burnsAfterReading {
                logs[log].lines[index].burnsAt = moment.advanced(by: after)
            }
        }
    }

    mutating func change(_ id: UserID, _ body: (inout Person) -> Void) {
        for index in people.indices where people[index].id == id { body(&people[index]) }
    }

    mutating func change(_ id: GroupID, _ body: (inout Circle) -> Void) {
        for index in circles.indices where circles[index].id == id { body(&circles[index]) }
    }

    mutating func change(_ user: UserID, in id: GroupID, _ body: (inout Membership) -> Void) {
        change(id) { circle in
            for index in circle.memberships.indices where circle.memberships[index].user == user {
                body(&circle.memberships[index])
            }
        }
    }
}

/// A mistake that the model makes on purpose, to show that a comparison finds it.
package enum SimulationMistake: String, CaseIterable, Sendable {
    case unreadIgnoresMarkers
    case unreadKeepsRecalled
    case removedMembersSeeOn
    case retriesTakeEffect
    case ownEntriesAreEchoed
}

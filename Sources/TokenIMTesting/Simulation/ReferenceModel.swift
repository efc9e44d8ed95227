internal import TokenIM

/// What the engine should do, written from its concepts and not from its code: arrays, and a look at everything for
/// every question. Slow, and easy to believe.
struct ReferenceModel {
    struct Person {
        var id: UserID
        var profile: Profile
        var status = User.Status.active
        var createdAt: Timestamp
        var createdPosition: Position
    }

    struct Membership {
        var user: UserID
        var role: Role
        var windows: [(from: SequenceNumber, through: SequenceNumber?)]
        var isMember: Bool { windows.last.map { $0.through == nil } ?? false }
        var joined: SequenceNumber { windows.last?.from ?? 0 }
    }

    struct Circle {
        var id: GroupID
        var profile: Profile
        var owner: UserID
        var isDissolved = false
        var createdAt: Timestamp
        var memberships: [Membership] = []
        var memberCount: Int { memberships.filter(\.isMember).count }
    }

    struct Line: Equatable {
        var position: Position
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
        var text: String
        /// What its receipt points to.
        var line: Line?
        var answer: ModelAnswer
        var moment: Timestamp

        init(author: UserID?, key: IdempotencyKey, text: String, answer: ModelAnswer, moment: Timestamp) {
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

    /// Whether a user may ever have seen an entry.
    func sees(_ user: UserID, _ sequence: SequenceNumber, _ conversation: Conversation) -> Bool {
        guard let group = conversation.group else { return conversation.users.contains(user) }
        guard let membership = membership(user, group) else { return false }
        if mistake == .removedMembersSeeOn { return membership.windows[0].from <= sequence }
        return membership.windows.contains { $0.from <= sequence && sequence <= $0.through ?? .max }
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
        if kind == .message, let author = actor.user { mark(author, conversation, line.sequence) }
        return line
    }

    mutating func mark(_ user: UserID, _ conversation: Conversation, _ sequence: SequenceNumber) {
        guard let log = index(of: conversation) else { return }
        if let index = logs[log].markers.firstIndex(where: { $0.user == user }) {
            logs[log].markers[index].sequence = max(logs[log].markers[index].sequence, sequence)
        } else {
            logs[log].markers.append((user, sequence))
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

/// Who asks.
enum ModelActor: Hashable, Sendable {
    case host
    case user(UserID)
    case session(UserID, DeviceID)

    var user: UserID? {
        switch self {
        case .host: nil
        case .user(let id), .session(let id, _): id
        }
    }

    var device: DeviceID? {
        if case .session(_, let device) = self { device } else { nil }
    }
}

/// Why something is refused. Where several things are wrong any of them may be named.
struct Refusal: Error {
    var codes: [IMError.Code]

    init(_ codes: IMError.Code...) { self.codes = codes }

    init(_ codes: [IMError.Code]) { self.codes = codes }
}

/// What a change amounts to.
enum ModelAnswer {
    case appended(ReferenceModel.Line)
    case duplicate(ReferenceModel.Line?, Timestamp)
    /// Everything is as asked for already.
    case unchanged(Conversation)
    case refused([IMError.Code])
}

/// A change, with everything that it names.
enum ModelAction {
    case createUser(UserID, Profile)
    case updateUser(UserID, Profile)
    case setStatus(UserID, User.Status)
    case createGroup(GroupID, Profile, owner: UserID, members: [UserID])
    case updateGroup(GroupID, Profile)
    case add([UserID], GroupID)
    case remove(UserID, GroupID)
    case leave(UserID, GroupID)
    case setRole(Role, UserID, GroupID)
    case transfer(GroupID, UserID)
    case dissolve(GroupID)
    case send(Content, Target, replyTo: SequenceNumber?)
    case markRead(Conversation, SequenceNumber, UserID)
    case trim(Conversation, SequenceNumber)

    /// Tells it from another. Names are told apart by their bytes.
    var text: String {
        switch self {
        case .createUser(let id, let profile): "createUser \(bytes(id)) \(bytes(profile))"
        case .updateUser(let id, let profile): "updateUser \(bytes(id)) \(bytes(profile))"
        case .setStatus(let id, let status): "setStatus \(bytes(id)) \(status)"
        case .createGroup(let id, let profile, let owner, let members):
            "createGroup \(bytes(id)) \(bytes(profile)) \(bytes(owner)) \(members.map { bytes($0) })"
        case .updateGroup(let id, let profile): "updateGroup \(bytes(id)) \(bytes(profile))"
        case .add(let users, let id): "add \(users.map { bytes($0) }) \(bytes(id))"
        case .remove(let user, let id): "remove \(bytes(user)) \(bytes(id))"
        case .leave(let user, let id): "leave \(bytes(user)) \(bytes(id))"
        case .setRole(let role, let user, let id): "setRole \(role) \(bytes(user)) \(bytes(id))"
        case .transfer(let id, let user): "transfer \(bytes(id)) \(bytes(user))"
        case .dissolve(let id): "dissolve \(bytes(id))"
        case .send(let content, let target, let replyTo):
            "send \(content.text.map { "\(Array($0.utf8))" } ?? "\(content)") "
                + "\(Array("\(target)".utf8)) \(replyTo ?? 0)"
        case .markRead(let conversation, let sequence, let user):
            "markRead \(conversation.kind) \(conversation.users.map { bytes($0) }) "
                + "\(conversation.group.map { bytes($0) } ?? []) \(sequence) \(bytes(user))"
        case .trim(let conversation, let sequence): "trim \(conversation) \(sequence)"
        }
    }

    private func bytes<Subject>(_ id: Identifier<Subject>) -> [UInt8] { Array(id.rawValue.utf8) }

    private func bytes(_ profile: Profile) -> String { profile.exactText }
}

extension Profile {
    /// Equal texts for profiles whose bytes are equal, and only for those.
    var exactText: String {
        let attributes = attributes.map { [Array($0.key.utf8), Array($0.value.utf8)] }.sorted {
            $0[0].lexicographicallyPrecedes($1[0])
        }
        return "\(name.map { Array($0.utf8) } as [UInt8]?) \(avatar.map { Array($0.utf8) } as [UInt8]?) \(attributes)"
    }
}

/// A mistake that the model makes on purpose, to show that a comparison finds it.
package enum SimulationMistake: String, CaseIterable, Sendable {
    case unreadIgnoresMarkers
    case removedMembersSeeOn
    case retriesTakeEffect
    case ownEntriesAreEchoed
}

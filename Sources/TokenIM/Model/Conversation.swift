/// What an entry belongs to: a chat of two, a group, or a user's personal conversation.
public struct Conversation: Hashable, Sendable {
    /// The kinds of conversation. More may come.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// Between two users, or of one user with itself; comes into being with its first message.
        public static let direct = Kind(description: "direct")
        /// Among the members of a group.
        public static let group = Kind(description: "group")
        /// Of one user alone; tells all of the user's devices what concerns the user: read markers, removals.
        public static let personal = Kind(description: "personal")
    }

    private enum Value: Hashable {
        /// In order of their names.
        case direct(UserID, UserID)
        case group(GroupID)
        case personal(UserID)
    }

    private let value: Value

    public var kind: Kind {
        switch value {
        case .direct: .direct
        case .group: .group
        case .personal: .personal
        }
    }

    /// The two users of a direct conversation in order of their names, the one of a personal; none for a group.
    public var users: [UserID] {
        switch value {
        case .direct(let one, let other): [one, other]
        case .group: []
        case .personal(let user): [user]
        }
    }

    /// The group of a group conversation.
    public var group: GroupID? {
        if case .group(let id) = value { id } else { nil }
    }

    public static func direct(_ one: UserID, _ other: UserID) -> Conversation {
        Conversation(value: one < other ? .direct(one, other) : .direct(other, one))
    }

    public static func group(_ id: GroupID) -> Conversation {
        Conversation(value: .group(id))
    }

    public static func personal(_ user: UserID) -> Conversation {
        Conversation(value: .personal(user))
    }
}

extension Conversation: CustomStringConvertible {
    public var description: String {
        let members = group.map { [$0.rawValue] } ?? users.map(\.rawValue)
        return "\(kind)(\(members.joined(separator: ", ")))"
    }
}

/// Whom a message is for.
public struct Target: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case user(UserID)
        case group(GroupID)
    }

    let value: Value

    var name: String {
        switch value {
        case .user(let id): id.rawValue
        case .group(let id): id.rawValue
        }
    }

    /// The direct conversation of the sender with this user.
    public static func user(_ id: UserID) -> Target { Target(value: .user(id)) }

    /// The members of a group.
    public static func group(_ id: GroupID) -> Target { Target(value: .group(id)) }
}

extension Target: CustomStringConvertible {
    public var description: String {
        switch value {
        case .user(let id): "user \(id)"
        case .group(let id): "group \(id)"
        }
    }
}

/// A conversation of many.
public struct Group: Hashable, Sendable {
    public let id: GroupID
    public let profile: Profile
    public let owner: UserID
    public let memberCount: Int
    public let isDissolved: Bool
    public let createdAt: Timestamp
}

/// What a member of a group may do. More may come.
public struct Role: Hashable, Comparable, Sendable, CustomStringConvertible {
    let rawValue: UInt8

    /// Sends and reads.
    public static let member = Role(rawValue: 0)
    /// Also adds and removes members and changes the group's profile.
    public static let admin = Role(rawValue: 1)
    /// Also appoints admins, transfers the group and dissolves it. There is always exactly one.
    public static let owner = Role(rawValue: 2)

    public var description: String {
        switch self {
        case .owner: "owner"
        case .admin: "admin"
        default: "member"
        }
    }

    public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}

/// A user's place in a group.
public struct Member: Hashable, Sendable {
    public let user: UserID
    public let role: Role
    /// The first entry of the group that this membership sees.
    public let joinedSequence: SequenceNumber
}

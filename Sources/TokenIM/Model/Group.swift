/// A conversation of many.
public struct Group: Hashable, Sendable {
    /// What a group is for. More may come.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        let rawValue: UInt8

        /// Its members talk to each other.
        public static let group = Kind(rawValue: 0)
        /// A few speak to many, who do not see each other: only admins and the owner may ask who the members are.
        public static let channel = Kind(rawValue: 1)

        public var description: String { self == .channel ? "channel" : "group" }
    }

    public let id: GroupID
    public let kind: Kind
    public let profile: Profile
    public let owner: UserID
    public let memberCount: Int
    public let policies: GroupPolicies
    /// Whether only admins and the owner may speak at present.
    public let isMuted: Bool
    /// Shown to members; nil when there is none.
    public let announcement: Announcement?
    public let isDissolved: Bool
    public let createdAt: Timestamp

    /// What somebody sees of it who may join.
    var withoutAnnouncement: Group {
        Group(
            id: id, kind: kind, profile: profile, owner: owner, memberCount: memberCount, policies: policies,
            isMuted: isMuted, announcement: nil, isDissolved: isDissolved, createdAt: createdAt)
    }
}

/// What a group tells all of its members, until it is replaced.
public struct Announcement: Hashable, Sendable {
    public let text: String
    /// Nil when the host made it.
    public let author: UserID?
    public let timestamp: Timestamp
}

/// What a member of a group may do. More may come.
public struct Role: Hashable, Comparable, Sendable, CustomStringConvertible {
    let rawValue: UInt8

    /// Sends and reads.
    public static let member = Role(rawValue: 0)
    /// Also adds, removes, bans and mutes members and changes the group's profile. At most `Limits.adminsPerGroup`.
    public static let admin = Role(rawValue: 1)
    /// Also appoints admins, sets policies, transfers the group and dissolves it. There is always exactly one.
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
    /// The first entry of the group that is delivered to this member and may count as unread.
    public let joinedSequence: SequenceNumber
    /// The first entry that history shows it of this membership.
    public let historySequence: SequenceNumber
    /// What it is called in this group.
    public let nickname: String?
    /// It may not speak before this moment, which may have passed.
    public let mutedUntil: Timestamp?
}

/// Members whose place in a group changed: who came, who went, whose role, nickname or mute is another.
public struct MemberChanges: Sendable {
    public struct Change: Hashable, Sendable {
        public let user: UserID
        /// Its present place; nil when it is no longer a member.
        public let member: Member?
    }

    /// Each member once, in the order in which they changed last.
    public let changes: [Change]
    /// Where to go on from.
    public let next: Position
    /// Whether nothing has changed after ``next``.
    public let isComplete: Bool
}

/// Somebody who may not become a member of a group.
public struct Ban: Hashable, Sendable {
    public let user: UserID
    /// Who banned it; nil for the host.
    public let author: UserID?
    public let timestamp: Timestamp
}

/// Who may do what in a group, as far as the owner may choose. The owner itself may everything that any level allows.
public struct GroupPolicies: Hashable, Sendable {
    /// Which members may do something. More may come.
    public struct Level: Hashable, Sendable, CustomStringConvertible {
        let rawValue: UInt8
        public static let all = Level(rawValue: 0)
        public static let admins = Level(rawValue: 1)
        public static let owner = Level(rawValue: 2)

        public var description: String { self == .all ? "all" : self == .admins ? "admins" : "owner" }

        func admits(_ role: Role) -> Bool { role.rawValue >= rawValue }
    }

    /// How somebody becomes a member by its own wish. More may come.
    public struct Joining: Hashable, Sendable, CustomStringConvertible {
        let rawValue: UInt8
        public static let anyone = Joining(rawValue: 0)
        public static let onApproval = Joining(rawValue: 1)
        public static let invitedOnly = Joining(rawValue: 2)

        public var description: String {
            self == .anyone ? "anyone" : self == .onApproval ? "on-approval" : "invited-only"
        }
    }

    /// What a newcomer sees of what was before. It is there as history and is not delivered.
    public struct History: Hashable, Sendable {
        /// The number of entries before the joining; `.max` for all.
        let count: UInt64
        public static let none = History(count: 0)
        public static let all = History(count: .max)
        /// The last so many entries before the joining.
        public static func last(_ count: Int) -> History { History(count: UInt64(max(0, count))) }

        /// What somebody who joins with an entry sees first.
        func first(beforeJoiningAt sequence: SequenceNumber) -> SequenceNumber {
            sequence > count ? sequence - count : 1
        }
    }

    /// A group that only the invited may join is not there for anyone else.
    public var joining = Joining.invitedOnly
    /// Who may invite. Adding at once, and answering requests to join, is for admins at the least.
    public var inviting = Level.admins
    /// Who may send.
    public var posting = Level.all
    /// Who may change the group's profile.
    public var editingInformation = Level.admins
    public var mentioningAll = Level.admins
    public var pinning = Level.admins
    /// Holds for those who join from then on.
    public var history = History.none
    /// Whether members may ask who has read a message.
    public var hasReadReceipts = true

    public init() {}

    /// What a group begins with.
    static func standard(for kind: Group.Kind) -> GroupPolicies {
        kind == .channel ? .channel : GroupPolicies()
    }

    /// What a channel begins with: anyone may join and read all there was, admins post, nobody sees who reads.
    public static var channel: GroupPolicies {
        var policies = GroupPolicies()
        policies.joining = .anyone
        policies.posting = .admins
        policies.history = .all
        policies.hasReadReceipts = false
        return policies
    }
}

/// A rule of the engine that allows or refuses something in a group. Names are stable; more may come.
public struct Rule: Hashable, Sendable, CustomStringConvertible {
    enum Name: String, CaseIterable, Sendable {
        case host
        case member
        case admin
        case owner
        case itself
        case policy
        case higherRole = "higher-role"
        case openGroup = "open-group"
        case approvalGroup = "approval-group"
        case invited

        case noSuchGroup = "no-such-group"
        case groupDissolved = "group-dissolved"
        case usersOnly = "users-only"
        case adminsOnly = "admins-only"
        case ownerOnly = "owner-only"
        case itselfOnly = "itself-only"
        case lowerRolesOnly = "lower-roles-only"
        case ownerStays = "owner-stays"
        case postingPolicy = "posting-policy"
        case invitingPolicy = "inviting-policy"
        case informationPolicy = "information-policy"
        case mentionAllPolicy = "mention-all-policy"
        case pinningPolicy = "pinning-policy"
        case channelMembers = "channel-members"
        case memberMuted = "member-muted"
        case allMuted = "all-muted"
        case banned
        case alreadyMember = "already-member"
        case notAMember = "not-a-member"
        case approvalNeeded = "approval-needed"
        case invitationWaits = "invitation-waits"
        case nothingToApprove = "nothing-to-approve"
    }

    let value: Name

    init(_ value: Name) {
        self.value = value
    }

    /// In kebab case.
    public var name: String { value.rawValue }
    public var description: String { name }
    /// The code of what it refuses; nil when it allows.
    public var code: IMError.Code? { value.code }
    /// What it says, for people.
    public var meaning: String { value.meaning }

    /// Every rule there is.
    public static var all: [Rule] { Name.allCases.map { Rule($0) } }
}

extension Rule.Name {
    var code: IMError.Code? {
        switch self {
        case .host, .member, .admin, .owner, .itself, .policy, .higherRole, .openGroup, .approvalGroup, .invited: nil
        case .noSuchGroup: .notFound
        case .usersOnly: .malformedArgument
        case .groupDissolved, .adminsOnly, .ownerOnly, .itselfOnly, .lowerRolesOnly, .ownerStays, .postingPolicy,
            .invitingPolicy, .informationPolicy, .mentionAllPolicy, .pinningPolicy, .channelMembers, .approvalNeeded,
            .invitationWaits, .nothingToApprove:
            .notAllowed
        case .memberMuted, .allMuted: .muted
        case .banned: .banned
        case .alreadyMember: .alreadyMember
        case .notAMember: .notMember
        }
    }

    var meaning: String {
        switch self {
        case .host: "the host may"
        case .member: "members may"
        case .admin: "admins and the owner may"
        case .owner: "the owner may"
        case .itself: "everybody may for itself"
        case .policy: "the group's policy allows it"
        case .higherRole: "those of a higher role may"
        case .openGroup: "anyone may join"
        case .approvalGroup: "anyone may ask to join"
        case .invited: "who is invited may join"
        case .noSuchGroup: "there is no such group, or none that one may see"
        case .groupDissolved: "the group has been dissolved"
        case .usersOnly: "only a user can, not the host"
        case .adminsOnly: "only admins and the owner may"
        case .ownerOnly: "only the owner may"
        case .itselfOnly: "everybody may only for itself"
        case .lowerRolesOnly: "only with those of a lower role"
        case .ownerStays: "the owner cannot be, unless the group is transferred or dissolved first"
        case .postingPolicy: "the group's policy does not let this role send"
        case .invitingPolicy: "the group's policy does not let this role invite"
        case .informationPolicy: "the group's policy does not let this role change the profile"
        case .mentionAllPolicy: "the group's policy does not let this role mention all"
        case .pinningPolicy: "the group's policy does not let this role pin"
        case .channelMembers: "the members of a channel do not see each other"
        case .memberMuted: "the member is muted"
        case .allMuted: "all but the admins and the owner are muted"
        case .banned: "the user is banned"
        case .alreadyMember: "the user is a member"
        case .notAMember: "the user is not a member"
        case .approvalNeeded: "joining needs approval: ask for it"
        case .invitationWaits: "the user is invited: accept that"
        case .nothingToApprove: "anyone may join: there is nothing to ask for"
        }
    }
}

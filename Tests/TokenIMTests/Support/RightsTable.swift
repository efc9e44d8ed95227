/// Who may do what in a group, and by which rule: the rules that allow, a bar, the rules that refuse, each with those
/// whom it decides about.
///
///     H host  O owner  A admin  M member  Q muted member  I invited  X outsider  B banned  F former member
///
/// Something that no rule of groups decides is named by its code, or by a dash when it is allowed.
enum RightsTable {
    /// The table of a state: that of the plain one, with what differs.
    static func lines(_ state: String) -> [String] {
        let differing = (differences[state] ?? "").split(separator: "\n").map(String.init)
        return plain.split(separator: "\n").map { line in
            differing.first { name(of: $0) == name(of: String(line)) } ?? String(line)
        }
    }

    private static func name(of line: String) -> Substring {
        line.prefix { $0 != ":" }
    }

    private static let plain = """
        send: policy OAM | malformed-argument H, member-muted Q, no-such-group IXBF
        mention all: policy OA | malformed-argument H, mention-all-policy M, member-muted Q, no-such-group IXBF
        react: member OAMQ | malformed-argument H, not-found IXBF
        pin: host H, policy OA | pinning-policy MQ, not-found IXBF
        recall a member's: - H, higher-role OA | admins-only MQ, not-found IXBF
        recall an admin's: - H, higher-role O | lower-roles-only A, admins-only MQ, not-found IXBF
        edit information: host H, policy OA | information-policy MQ, no-such-group IXBF
        announce: host H, admin OA | admins-only MQ, no-such-group IXBF
        set policies: host H, owner O | owner-only AMQ, no-such-group IXBF
        add: host H, admin OA | admins-only MQ, no-such-group IXBF
        add who is a member:  | already-member HOA, admins-only MQ, no-such-group IXBF
        add who is banned:  | banned HOA, admins-only MQ, no-such-group IXBF
        invite: host H, policy OA | inviting-policy MQ, no-such-group IXBF
        invite who is banned:  | banned HOA, inviting-policy MQ, no-such-group IXBF
        approve: host H, admin OA | admins-only MQ, no-such-group IXBF
        withdraw an invitation: host H, admin OA | admins-only MQ, no-such-group IXBF
        join: invited I | users-only H, already-member OAMQ, no-such-group XBF
        ask to join:  | users-only H, already-member OAMQ, invitation-waits I, no-such-group XBF
        remove a member: host H, higher-role OA | admins-only MQ, no-such-group IXBF
        remove an admin: host H, higher-role O | lower-roles-only A, admins-only MQ, no-such-group IXBF
        remove the owner:  | owner-stays HO, lower-roles-only A, admins-only MQ, no-such-group IXBF
        remove itself:  | not-a-member H, owner-stays O, lower-roles-only A, admins-only MQ, no-such-group IXBF
        remove who is none:  | not-a-member HOA, admins-only MQ, no-such-group IXBF
        ban a member: host H, higher-role OA | admins-only MQ, no-such-group IXBF
        ban an admin: host H, higher-role O | lower-roles-only A, admins-only MQ, no-such-group IXBF
        ban who is none: host H, higher-role OA | admins-only MQ, no-such-group IXBF
        unban: host H, higher-role OA | admins-only MQ, no-such-group IXBF
        mute a member: host H, higher-role OA | admins-only MQ, no-such-group IXBF
        mute an admin: host H, higher-role O | lower-roles-only A, admins-only MQ, no-such-group IXBF
        mute the owner:  | owner-stays HO, lower-roles-only A, admins-only MQ, no-such-group IXBF
        mute all: host H, admin OA | admins-only MQ, no-such-group IXBF
        name itself: itself OAMQ | not-a-member H, no-such-group IXBF
        name a member: host H, higher-role OA | admins-only MQ, no-such-group IXBF
        name the owner: host H, itself O | lower-roles-only A, admins-only MQ, no-such-group IXBF
        appoint: host H, owner O | owner-only AMQ, no-such-group IXBF
        appoint the owner:  | owner-stays HO, owner-only AMQ, no-such-group IXBF
        transfer: host H, owner O | owner-only AMQ, no-such-group IXBF
        transfer to who is none:  | not-a-member HO, owner-only AMQ, no-such-group IXBF
        leave: itself AMQ | not-a-member H, owner-stays O, no-such-group IXBF
        let another leave: host H | itself-only OAMQ, no-such-group IXBF
        dissolve: host H, owner O | owner-only AMQ, no-such-group IXBF
        """

    private static let differences = [
        "channel": """
        send: policy OA | malformed-argument H, posting-policy MQ, no-such-group IXBF
        mention all: policy OA | malformed-argument H, posting-policy MQ, no-such-group IXBF
        join: invited I, open-group XF | users-only H, already-member OAMQ, banned B
        ask to join:  | users-only H, already-member OAMQ, invitation-waits I, nothing-to-approve XF, banned B
        """,
        "all muted": """
        send: policy OA | malformed-argument H, all-muted M, member-muted Q, no-such-group IXBF
        mention all: policy OA | malformed-argument H, all-muted M, member-muted Q, no-such-group IXBF
        pin: host H, policy OAMQ | not-found IXBF
        edit information: host H, policy OAMQ | no-such-group IXBF
        invite: host H, policy OAMQ | no-such-group IXBF
        invite who is banned:  | banned HOAMQ, no-such-group IXBF
        join: invited I | users-only H, already-member OAMQ, approval-needed XF, banned B
        ask to join: approval-group XF | users-only H, already-member OAMQ, invitation-waits I, banned B
        """,
        "strict": """
        send: policy O | malformed-argument H, posting-policy AMQ, no-such-group IXBF
        mention all: policy O | malformed-argument H, posting-policy AMQ, no-such-group IXBF
        pin: host H, policy O | pinning-policy AMQ, not-found IXBF
        edit information: host H, policy O | information-policy AMQ, no-such-group IXBF
        add: host H, admin O | inviting-policy A, admins-only MQ, no-such-group IXBF
        add who is a member:  | already-member HO, inviting-policy A, admins-only MQ, no-such-group IXBF
        add who is banned:  | banned HO, inviting-policy A, admins-only MQ, no-such-group IXBF
        invite: host H, policy O | inviting-policy AMQ, no-such-group IXBF
        invite who is banned:  | banned HO, inviting-policy AMQ, no-such-group IXBF
        approve: host H, admin O | inviting-policy A, admins-only MQ, no-such-group IXBF
        withdraw an invitation: host H, admin O | inviting-policy A, admins-only MQ, no-such-group IXBF
        join: invited I | users-only H, already-member OAMQ, approval-needed XF, banned B
        ask to join: approval-group XF | users-only H, already-member OAMQ, invitation-waits I, banned B
        """,
        "open": """
        mention all: policy OAM | malformed-argument H, member-muted Q, no-such-group IXBF
        pin: host H, policy OAMQ | not-found IXBF
        edit information: host H, policy OAMQ | no-such-group IXBF
        invite: host H, policy OAMQ | no-such-group IXBF
        invite who is banned:  | banned HOAMQ, no-such-group IXBF
        join: invited I, open-group XF | users-only H, already-member OAMQ, banned B
        ask to join:  | users-only H, already-member OAMQ, invitation-waits I, nothing-to-approve XF, banned B
        """,
        "dissolved": """
        send:  | malformed-argument H, group-dissolved OAMQ, no-such-group IXBF
        mention all:  | malformed-argument H, group-dissolved OAMQ, no-such-group IXBF
        react:  | malformed-argument H, group-dissolved OAMQ, not-found IXBF
        pin:  | group-dissolved HOAMQ, not-found IXBF
        recall a member's: - H | group-dissolved OAMQ, not-found IXBF
        recall an admin's: - H | group-dissolved OAMQ, not-found IXBF
        edit information:  | group-dissolved HOAMQ, no-such-group IXBF
        announce:  | group-dissolved HOAMQ, no-such-group IXBF
        set policies:  | group-dissolved HOAMQ, no-such-group IXBF
        add:  | group-dissolved HOAMQ, no-such-group IXBF
        add who is a member:  | group-dissolved HOAMQ, no-such-group IXBF
        add who is banned:  | group-dissolved HOAMQ, no-such-group IXBF
        invite:  | group-dissolved HOAMQ, no-such-group IXBF
        invite who is banned:  | group-dissolved HOAMQ, no-such-group IXBF
        approve:  | group-dissolved HOAMQ, no-such-group IXBF
        withdraw an invitation:  | group-dissolved HOAMQ, no-such-group IXBF
        join:  | group-dissolved HOAMQI, no-such-group XBF
        ask to join:  | group-dissolved HOAMQI, no-such-group XBF
        remove a member:  | group-dissolved HOAMQ, no-such-group IXBF
        remove an admin:  | group-dissolved HOAMQ, no-such-group IXBF
        remove the owner:  | group-dissolved HOAMQ, no-such-group IXBF
        remove itself:  | group-dissolved HOAMQ, no-such-group IXBF
        remove who is none:  | group-dissolved HOAMQ, no-such-group IXBF
        ban a member:  | group-dissolved HOAMQ, no-such-group IXBF
        ban an admin:  | group-dissolved HOAMQ, no-such-group IXBF
        ban who is none:  | group-dissolved HOAMQ, no-such-group IXBF
        unban:  | group-dissolved HOAMQ, no-such-group IXBF
        mute a member:  | group-dissolved HOAMQ, no-such-group IXBF
        mute an admin:  | group-dissolved HOAMQ, no-such-group IXBF
        mute the owner:  | group-dissolved HOAMQ, no-such-group IXBF
        mute all:  | group-dissolved HOAMQ, no-such-group IXBF
        name itself:  | group-dissolved HOAMQ, no-such-group IXBF
        name a member:  | group-dissolved HOAMQ, no-such-group IXBF
        name the owner:  | group-dissolved HOAMQ, no-such-group IXBF
        appoint:  | group-dissolved HOAMQ, no-such-group IXBF
        appoint the owner:  | group-dissolved HOAMQ, no-such-group IXBF
        transfer:  | group-dissolved HOAMQ, no-such-group IXBF
        transfer to who is none:  | group-dissolved HOAMQ, no-such-group IXBF
        dissolve: - H | group-dissolved OAMQ, no-such-group IXBF
        """,
    ]
}

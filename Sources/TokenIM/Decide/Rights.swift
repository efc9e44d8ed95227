/// Who may do what in a group: one pure function.
enum Rights {
    enum GroupAction: CaseIterable {
        case send
        case react
        case mentionAll
        case pin
        /// Taking back a message of another.
        case moderate
        case editInformation
        case announce
        case setPolicies
        case setNickname
        case add
        case invite
        /// Approving and rejecting requests to join, and asking which there are.
        case answerRequests
        case join
        case request
        case remove
        /// And lifting a ban.
        case ban
        case mute
        case muteAll
        case leave
        case setRole
        case transfer
        case dissolve
        case listMembers
        case listBans
    }

    /// How the one who asks stands to the group.
    enum Standing: Equatable {
        case host
        case member(Role)
        /// Is no member, and may become one.
        case invited
        case outsider
    }

    /// Whom it is done to.
    enum Subject: Equatable {
        case nobody
        /// The one who asks.
        case itself
        case member(Role)
        case outsider
        case banned
    }

    /// What else counts.
    struct Circumstances {
        var kind = Group.Kind.group
        var policies = GroupPolicies()
        var isDissolved = false
        /// All but the admins and the owner.
        var areAllMuted = false
        /// The one who asks.
        var isMuted = false
    }

    /// The rule that allows something, or the one that refuses it.
    static func rule(
        _ action: GroupAction, by standing: Standing, on subject: Subject = .nobody,
        in circumstances: Circumstances = Circumstances()
    ) -> Rule.Name {
        let role: Role?
        switch standing {
        case .host: role = nil
        case .member(let own): role = own
        case .invited, .outsider:
            return stranger(action, isInvited: standing == .invited, subject, circumstances)
        }
        if circumstances.isDissolved, !action.isPossibleWhenDissolved { return .groupDissolved }
        if let role {
            let isItself = action == .setNickname && subject == .itself
            if !isItself, let refusal = refusal(action, by: role, circumstances) { return refusal }
        } else if action == .join || action == .request {
            return .usersOnly
        }
        if let refusal = refusal(action, by: role, on: subject) { return refusal }
        return role == nil ? .host : permission(action, on: subject)
    }

    /// What those who are no members may: become one.
    private static func stranger(
        _ action: GroupAction, isInvited: Bool, _ subject: Subject, _ circumstances: Circumstances
    ) -> Rule.Name {
        guard action == .join || action == .request else { return .noSuchGroup }
        let joining = circumstances.policies.joining
        if isInvited, circumstances.isDissolved { return .groupDissolved }
        if !isInvited, joining == .invitedOnly || circumstances.isDissolved { return .noSuchGroup }
        if subject == .banned { return .banned }
        if action == .join {
            if isInvited { return .invited }
            return joining == .anyone ? .openGroup : .approvalNeeded
        }
        if isInvited { return .invitationWaits }
        return joining == .anyone ? .nothingToApprove : .approvalGroup
    }

    /// What the role of a member does not allow, whomever it is done to.
    private static func refusal(
        _ action: GroupAction, by role: Role, _ circumstances: Circumstances
    ) -> Rule.Name? {
        let policies = circumstances.policies
        switch action {
        case .send:
            if !policies.posting.admits(role) { return .postingPolicy }
            if circumstances.isMuted { return .memberMuted }
            return circumstances.areAllMuted && role == .member ? .allMuted : nil
        case .mentionAll: return policies.mentioningAll.admits(role) ? nil : .mentionAllPolicy
        case .pin: return policies.pinning.admits(role) ? nil : .pinningPolicy
        case .editInformation: return policies.editingInformation.admits(role) ? nil : .informationPolicy
        case .invite: return policies.inviting.admits(role) ? nil : .invitingPolicy
        case .add, .answerRequests:
            if role < .admin { return .adminsOnly }
            return policies.inviting.admits(role) ? nil : .invitingPolicy
        case .moderate, .announce, .setNickname, .remove, .ban, .mute, .muteAll, .listBans:
            return role < .admin ? .adminsOnly : nil
        case .setPolicies, .setRole, .transfer, .dissolve: return role < .owner ? .ownerOnly : nil
        case .join, .request: return .alreadyMember
        case .react, .leave: return nil
        case .listMembers: return circumstances.kind == .channel && role < .admin ? .channelMembers : nil
        }
    }

    /// What cannot be done to somebody, by a member or, without a role, by the host.
    private static func refusal(_ action: GroupAction, by role: Role?, on subject: Subject) -> Rule.Name? {
        switch action {
        case .remove, .mute, .ban, .moderate, .setNickname: return refusalAmongRoles(action, by: role, on: subject)
        case .leave:
            switch subject {
            case .itself: return role == .owner ? .ownerStays : nil
            case .member(let other):
                if role != nil { return .itselfOnly }
                return other == .owner ? .ownerStays : nil
            case .nobody, .outsider, .banned: return role == nil ? .notAMember : .itselfOnly
            }
        case .setRole, .transfer:
            let isOwner = subject == .itself || subject == .member(.owner)
            if isOwner { return action == .setRole ? .ownerStays : nil }
            return subject == .nobody || subject.isMember ? nil : .notAMember
        case .add, .invite, .answerRequests:
            if subject == .banned { return .banned }
            return subject.isMember ? .alreadyMember : nil
        default: return nil
        }
    }

    /// What is done only to those of a lower role.
    private static func refusalAmongRoles(
        _ action: GroupAction, by role: Role?, on subject: Subject
    ) -> Rule.Name? {
        switch subject {
        case .itself:
            if action == .setNickname || action == .moderate { return nil }
            return role == .owner ? .ownerStays : .lowerRolesOnly
        case .member(let other):
            if let role { return other < role ? nil : .lowerRolesOnly }
            return other == .owner && action != .moderate && action != .setNickname ? .ownerStays : nil
        case .nobody: return nil
        case .outsider, .banned: return action == .ban || action == .moderate ? nil : .notAMember
        }
    }

    private static func permission(_ action: GroupAction, on subject: Subject) -> Rule.Name {
        switch action {
        case .send, .mentionAll, .pin, .editInformation, .invite: .policy
        case .setNickname: subject == .itself ? .itself : .higherRole
        case .moderate, .remove, .ban, .mute: .higherRole
        case .announce, .add, .answerRequests, .muteAll, .listBans: .admin
        case .setPolicies, .setRole, .transfer, .dissolve: .owner
        case .leave: .itself
        case .react, .join, .request, .listMembers: .member
        }
    }
}

extension Rights.GroupAction {
    fileprivate var isPossibleWhenDissolved: Bool {
        switch self {
        case .leave, .listMembers, .listBans: true
        default: false
        }
    }
}

extension Rights.Subject {
    var isMember: Bool {
        switch self {
        case .itself, .member: true
        case .nobody, .outsider, .banned: false
        }
    }
}

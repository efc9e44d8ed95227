internal import TokenIM

extension ReferenceModel {
    mutating func changeGroup(
        _ action: ModelAction, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        switch action {
        case .createGroup(let id, let profile, let owner, let members, let kind, let policies):
            let policies = policies ?? (kind == .channel ? .channel : GroupPolicies())
            let circle = Circle(
                id: id, profile: profile, owner: owner, kind: kind, policies: policies, createdAt: moment)
            return try createGroup(circle, members: members, by: actor, at: moment)
        case .updateGroup(let id, let profile):
            let circle = try permitted(id, .member, by: actor)
            if let role = actor.user.flatMap({ role($0, id) }), !circle.policies.editingInformation.includes(role) {
                throw Refusal(.notAllowed)
            }
            if circle.profile.exactText == profile.exactText { return .unchanged(.group(id)) }
            change(id) { $0.profile = profile }
            return .appended(append(.groupUpdated, to: .group(id), by: actor, at: moment) { $0.profile = profile })
        case .add(let users, let id): return try add(users, to: id, by: actor, at: moment)
        case .remove(let user, let id): return try remove(user, from: id, by: actor, at: moment)
        case .leave(let user, let id): return try leave(user, id, by: actor, at: moment)
        case .setRole(let role, let user, let id):
            _ = try permitted(id, .owner, by: actor)
            guard let present = self.role(user, id) else { throw Refusal(.notMember) }
            if present == .owner { throw Refusal(.notAllowed) }
            if present == role { return .unchanged(.group(id)) }
            if role == .admin { try requireRoomForAdmin(id) }
            change(user, in: id) { $0.role = role }
            return .appended(
                append(.roleChanged, to: .group(id), by: actor, at: moment) { line in
                    line.members = [user]
                    line.role = role
                })
        case .transfer(let id, let user):
            let circle = try permitted(id, .owner, by: actor)
            guard role(user, id) != nil else { throw Refusal(.notMember) }
            if circle.owner == user { return .unchanged(.group(id)) }
            if role(user, id) != .admin { try requireRoomForAdmin(id) }
            change(circle.owner, in: id) { $0.role = .admin }
            change(user, in: id) { $0.role = .owner }
            change(id) { $0.owner = user }
            return .appended(
                append(.ownershipTransferred, to: .group(id), by: actor, at: moment) { line in
                    line.members = [user]
                    line.role = .owner
                })
        case .dissolve(let id):
            if actor == .host, circle(id)?.isDissolved == true { return .unchanged(.group(id)) }
            _ = try permitted(id, .owner, by: actor)
            change(id) { $0.isDissolved = true }
            return .appended(append(.groupDissolved, to: .group(id), by: actor, at: moment))
        case .setPolicies, .announce, .ban, .muteMember, .muteAll, .setNickname:
            return try moderate(action, by: actor, at: moment)
        default: return try changeJoining(action, by: actor, at: moment)
        }
    }

    private func requireRoomForAdmin(_ id: GroupID) throws(Refusal) {
        let admins = circle(id)?.memberships.filter { $0.isMember && $0.role == .admin } ?? []
        if admins.count >= limits.adminsPerGroup { throw Refusal(.limitReached) }
    }

    /// The group, if the one who asks has at least a role in it. To outsiders it is not there.
    func permitted(_ id: GroupID, _ least: Role, by actor: ModelActor) throws(Refusal) -> Circle {
        guard let circle = circle(id) else { throw Refusal(.notFound) }
        if let user = actor.user {
            guard let role = role(user, id) else { throw Refusal(.notFound) }
            if role < least { throw Refusal(.notAllowed) }
        }
        if circle.isDissolved { throw Refusal(.notAllowed) }
        return circle
    }

    private func requireRoom(_ user: UserID) throws(Refusal) {
        if circles(of: user).count >= limits.groupsPerUser { throw Refusal(.tooManyGroups) }
    }

    private mutating func createGroup(
        _ circle: Circle, members: [UserID], by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        let (id, owner) = (circle.id, circle.owner)
        var codes: [IMError.Code] = self.circle(id) != nil ? [.alreadyExists] : []
        if let user = actor.user {
            if user != owner { codes.append(.notAllowed) }
            if person(user)?.permissions.contains(.createGroup) != true { codes.append(.notAllowed) }
            if members.contains(where: { person($0)?.blocked.contains(user) == true }) { codes.append(.blocked) }
        }
        if members.count + 1 > limits.groupMembers { codes.append(.groupFull) }
        for user in [owner] + members {
            if existing(user) == nil { codes.append(.unknownUser) }
            if circles(of: user).count >= limits.groupsPerUser { codes.append(.tooManyGroups) }
        }
        if !codes.isEmpty { throw Refusal(codes) }
        circles.append(circle)
        let line = append(.groupCreated, to: .group(id), by: actor, at: moment) { line in
            line.members = [owner] + members
            line.profile = circle.profile
            line.policies = circle.policies
        }
        for user in [owner] + members { join(user, id, as: user == owner ? .owner : .member, line.sequence) }
        return .appended(line)
    }

    mutating func join(_ user: UserID, _ id: GroupID, as role: Role, _ sequence: SequenceNumber) {
        let count = circle(id)?.policies.history.length ?? 0
        if membership(user, id) == nil {
            change(id) { $0.memberships.append(Membership(user: user, role: role, windows: [])) }
        }
        change(user, in: id) { membership in
            membership.role = role
            membership.windows.append((sequence, nil, sequence > count ? sequence - count : 1))
        }
        change(id) { $0.joinings.removeAll { $0.user == user } }
    }

    private mutating func add(
        _ users: [UserID], to id: GroupID, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        let circle = try permitted(id, .admin, by: actor)
        try requireMayInvite(circle, by: actor)
        var codes: [IMError.Code] = circle.memberCount + users.count > limits.groupMembers ? [.groupFull] : []
        if let user = actor.user {
            if person(user)?.permissions.contains(.invite) != true { codes.append(.notAllowed) }
            if users.contains(where: { person($0)?.blocked.contains(user) == true }) { codes.append(.blocked) }
        }
        for user in users {
            if existing(user) == nil { codes.append(.unknownUser) }
            if role(user, id) != nil { codes.append(.alreadyMember) }
            if circle.bans.contains(where: { $0.user == user }) { codes.append(.banned) }
            if circles(of: user).count >= limits.groupsPerUser { codes.append(.tooManyGroups) }
        }
        if !codes.isEmpty { throw Refusal(codes) }
        let line = append(.membersAdded, to: .group(id), by: actor, at: moment) { $0.members = users }
        for user in users where joining(user, id, at: moment) != nil {
            endJoining(user, id, "approved", by: actor, at: moment, isMain: false)
        }
        for user in users { join(user, id, as: .member, line.sequence) }
        return .appended(line)
    }

    private mutating func remove(
        _ user: UserID, from id: GroupID, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        _ = try permitted(id, .admin, by: actor)
        guard let present = role(user, id) else { throw Refusal(.notMember) }
        if present == .owner { throw Refusal(.notAllowed) }
        if let asking = actor.user.flatMap({ role($0, id) }), present >= asking { throw Refusal(.notAllowed) }
        return quit(user, id, .memberRemoved, by: actor, at: moment)
    }

    private mutating func leave(
        _ user: UserID, _ id: GroupID, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        guard circle(id) != nil else { throw Refusal(.notFound) }
        if let asking = actor.user {
            guard role(asking, id) != nil else { throw Refusal(.notFound) }
            // A member may know of the others, but only leave for itself.
            if asking != user { throw Refusal(.notFound, .notAllowed, .notMember) }
        }
        guard let present = role(user, id) else { throw Refusal(.notMember) }
        if present == .owner { throw Refusal(.notAllowed) }
        return quit(user, id, .memberLeft, by: actor, at: moment)
    }

    // MARK: Moderating

    /// Whether something may be done to somebody, who has to be a member but for a ban.
    private func requireLower(
        _ user: UserID, _ id: GroupID, by actor: ModelActor, isForItself: Bool = false
    ) throws(Refusal) {
        let circle = try permitted(id, .member, by: actor)
        let present = role(user, id)
        if let asking = actor.user, let own = role(asking, id) {
            if asking == user, isForItself { return }
            if own < .admin { throw Refusal(.notAllowed) }
            if let present, present >= own { throw Refusal(.notAllowed) }
        } else if circle.owner == user, present != nil, !isForItself {
            throw Refusal(.notAllowed)
        }
    }

    private mutating func moderate(
        _ action: ModelAction, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        switch action {
        case .setPolicies(let policies, let id):
            if try permitted(id, .owner, by: actor).policies == policies { return .unchanged(.group(id)) }
            change(id) { $0.policies = policies }
            return .appended(
                append(.policiesChanged, to: .group(id), by: actor, at: moment) { $0.policies = policies })
        case .announce(let text, let id):
            let circle = try permitted(id, .admin, by: actor)
            if circle.announcement.map({ Array($0.text.utf8) }) == text.map({ Array($0.utf8) }) {
                return .unchanged(.group(id))
            }
            change(id) { circle in circle.announcement = text.map { ($0, actor.user, moment) } }
            return .appended(append(.announced, to: .group(id), by: actor, at: moment) { $0.text = text })
        case .muteAll(let id, let isOn):
            if try permitted(id, .admin, by: actor).isMuted == isOn { return .unchanged(.group(id)) }
            change(id) { $0.isMuted = isOn }
            return .appended(append(.allMuted, to: .group(id), by: actor, at: moment) { $0.isOn = isOn })
        case .muteMember(let user, let id, let until):
            try requireLower(user, id, by: actor)
            guard role(user, id) != nil else { throw Refusal(.notMember) }
            if let until, until <= moment { throw Refusal(.malformedArgument) }
            let present = membership(user, id)?.mutedUntil
            if (present ?? .zero > moment ? present : nil) == until { return .unchanged(.group(id)) }
            change(user, in: id) { $0.mutedUntil = until }
            return .appended(
                append(.memberMuted, to: .group(id), by: actor, at: moment) { line in
                    line.members = [user]
                    line.isOn = until != nil
                    line.until = until
                })
        case .setNickname(let nickname, let user, let id):
            try requireLower(user, id, by: actor, isForItself: true)
            guard role(user, id) != nil else { throw Refusal(.notMember) }
            if membership(user, id)?.nickname.map({ Array($0.utf8) }) == nickname.map({ Array($0.utf8) }) {
                return .unchanged(.group(id))
            }
            change(user, in: id) { $0.nickname = nickname }
            return .appended(
                append(.nicknameChanged, to: .group(id), by: actor, at: moment) { line in
                    line.members = [user]
                    line.text = nickname
                })
        case .ban(let user, let id, let isOn): return try ban(user, id, isOn: isOn, by: actor, at: moment)
        default: preconditionFailure("not about groups")
        }
    }

    private mutating func ban(
        _ user: UserID, _ id: GroupID, isOn: Bool, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        try requireLower(user, id, by: actor)
        if person(user) == nil { throw Refusal(.unknownUser) }
        guard let circle = circle(id) else { throw Refusal(.notFound) }
        if circle.bans.contains(where: { $0.user == user }) == isOn { return .unchanged(.group(id)) }
        if isOn {
            if existing(user) == nil { throw Refusal(.unknownUser) }
            if circle.bans.count >= limits.bansPerGroup { throw Refusal(.limitReached) }
        }
        let isMember = role(user, id) != nil
        if isOn, isMember { end(user, id, .memberRemoved, by: actor, at: moment) }
        let removed = log(.group(id))?.lines.last
        let line = append(.banChanged, to: .group(id), by: actor, at: moment) { line in
            line.members = [user]
            line.isOn = isOn
        }
        if isOn, isMember {
            append(.removedFromGroup, to: .personal(user), by: actor, at: moment) { $0.subject = .group(id) }
        } else if isOn, joining(user, id, at: moment) != nil {
            endJoining(user, id, "rejected", by: actor, at: moment, isMain: false)
        }
        change(id) { circle in
            circle.bans.removeAll { $0.user == user }
            if isOn { circle.bans.append((user, actor.user, moment)) }
        }
        return .appended(isOn && isMember ? removed ?? line : line)
    }

    /// Ends a membership; the user's own devices learn of it through the personal conversation.
    private mutating func quit(
        _ user: UserID, _ id: GroupID, _ kind: Entry.Kind, by actor: ModelActor, at moment: Timestamp
    ) -> ModelAnswer {
        end(user, id, kind, by: actor, at: moment)
        let line = logs[index(of: .group(id)) ?? 0].lines.last
        append(.removedFromGroup, to: .personal(user), by: actor, at: moment) { $0.subject = .group(id) }
        guard let line else { preconditionFailure("a group without entries") }
        return .appended(line)
    }
}

extension GroupPolicies.History {
    /// How many of the entries before its joining a newcomer sees. The few that scripts know.
    var length: UInt64 {
        if self == .all { return .max }
        return UInt64((0...9).first { self == .last($0) } ?? 0)
    }
}

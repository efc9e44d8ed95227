internal import TokenIM

extension ReferenceModel {
    mutating func changeGroup(
        _ action: ModelAction, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        switch action {
        case .createGroup(let id, let profile, let owner, let members):
            return try createGroup(id, profile, owner: owner, members: members, by: actor, at: moment)
        case .updateGroup(let id, let profile):
            let circle = try permitted(id, .admin, by: actor)
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
        default: preconditionFailure("not about groups")
        }
    }

    /// The group, if the one who asks has at least a role in it. To outsiders it is not there.
    private func permitted(_ id: GroupID, _ least: Role, by actor: ModelActor) throws(Refusal) -> Circle {
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
        _ id: GroupID, _ profile: Profile, owner: UserID, members: [UserID], by actor: ModelActor,
        at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        var codes: [IMError.Code] = circle(id) != nil ? [.alreadyExists] : []
        if let user = actor.user, user != owner { codes.append(.notAllowed) }
        if members.count + 1 > limits.groupMembers { codes.append(.groupFull) }
        for user in [owner] + members {
            if existing(user) == nil { codes.append(.unknownUser) }
            if circles(of: user).count >= limits.groupsPerUser { codes.append(.tooManyGroups) }
        }
        if !codes.isEmpty { throw Refusal(codes) }
        circles.append(Circle(id: id, profile: profile, owner: owner, createdAt: moment))
        let line = append(.groupCreated, to: .group(id), by: actor, at: moment) { line in
            line.members = [owner] + members
            line.profile = profile
        }
        for user in [owner] + members { join(user, id, as: user == owner ? .owner : .member, line.sequence) }
        return .appended(line)
    }

    private mutating func join(_ user: UserID, _ id: GroupID, as role: Role, _ sequence: SequenceNumber) {
        if membership(user, id) == nil {
            change(id) { $0.memberships.append(Membership(user: user, role: role, windows: [])) }
        }
        change(user, in: id) { membership in
            membership.role = role
            membership.windows.append((sequence, nil))
        }
    }

    private mutating func add(
        _ users: [UserID], to id: GroupID, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        let circle = try permitted(id, .admin, by: actor)
        var codes: [IMError.Code] = circle.memberCount + users.count > limits.groupMembers ? [.groupFull] : []
        for user in users {
            if existing(user) == nil { codes.append(.unknownUser) }
            if role(user, id) != nil { codes.append(.alreadyMember) }
            if circles(of: user).count >= limits.groupsPerUser { codes.append(.tooManyGroups) }
        }
        if !codes.isEmpty { throw Refusal(codes) }
        let line = append(.membersAdded, to: .group(id), by: actor, at: moment) { $0.members = users }
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

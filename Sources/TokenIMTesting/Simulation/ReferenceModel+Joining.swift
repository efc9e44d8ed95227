internal import TokenIM

/// How users become members, and stop being any, by the wish of one or the other.
extension ReferenceModel {
    mutating func changeJoining(
        _ action: ModelAction, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        switch action {
        case .join(let id): return try join(id, by: actor, at: moment)
        case .request(let id, let text): return try request(id, text, by: actor, at: moment)
        case .withdrawRequest(let id):
            guard let user = actor.user, joining(user, id, at: moment)?.isInvitation == false else {
                throw Refusal(.notFound)
            }
            return .appended(endJoining(user, id, "withdrawn", by: actor, at: moment))
        case .answerRequest(let user, let id, let isApproved):
            let circle = try permitted(id, .admin, by: actor)
            try requireMayInvite(circle, by: actor)
            guard joining(user, id, at: moment)?.isInvitation == false else { throw Refusal(.notFound) }
            if !isApproved { return .appended(endJoining(user, id, "rejected", by: actor, at: moment)) }
            if existing(user) == nil { throw Refusal(.unknownUser) }
            return try enter(user, circle, "approved", by: actor, at: moment)
        case .invite(let users, let id, let text): return try invite(users, id, text, by: actor, at: moment)
        case .withdrawInvitation(let user, let id):
            guard let circle = circle(id) else { throw Refusal(.notFound) }
            let joining = joining(user, id, at: moment)
            let isOwn = actor.user.map { role($0, id) != nil && joining?.author == $0 } ?? false
            if !isOwn {
                _ = try permitted(id, .admin, by: actor)
                try requireMayInvite(circle, by: actor)
            }
            guard joining?.isInvitation == true else { throw Refusal(.notFound) }
            return .appended(endJoining(user, id, "withdrawn", by: actor, at: moment))
        case .answerInvitation(let id, let isAccepted):
            guard let user = actor.user, joining(user, id, at: moment)?.isInvitation == true else {
                throw Refusal(.notFound)
            }
            if isAccepted { return try join(id, by: actor, at: moment) }
            return .appended(endJoining(user, id, "declined", by: actor, at: moment))
        default: preconditionFailure("not about joining")
        }
    }

    /// What waits for an answer.
    func joining(_ user: UserID, _ id: GroupID, at moment: Timestamp) -> Joining? {
        circle(id)?.joinings.first { $0.user == user && $0.until > moment }
    }

    /// Who is told of requests to join, and may answer them.
    private func approvers(_ circle: Circle) -> [UserID] {
        circle.memberships.filter { membership in
            membership.isMember
                && (membership.role == .owner
                    || membership.role == .admin && circle.policies.inviting != .owner)
        }.map(\.user)
    }

    func requireMayInvite(_ circle: Circle, by actor: ModelActor) throws(Refusal) {
        guard let role = actor.user.flatMap({ role($0, circle.id) }) else { return }
        if !circle.policies.inviting.includes(role) { throw Refusal(.notAllowed) }
    }

    /// Why a user who is no member may not become one by its own wish, wherever it would have to ask or not.
    private func requireOpen(
        _ id: GroupID, to user: UserID, at moment: Timestamp
    ) throws(Refusal) -> (circle: Circle, isInvited: Bool) {
        guard let circle = circle(id) else { throw Refusal(.notFound) }
        if role(user, id) != nil { throw Refusal(circle.isDissolved ? .notAllowed : .alreadyMember) }
        let isInvited = joining(user, id, at: moment)?.isInvitation == true
        if !isInvited, circle.isDissolved || circle.policies.joining == .invitedOnly { throw Refusal(.notFound) }
        if circle.isDissolved { throw Refusal(.notAllowed) }
        var codes: [IMError.Code] = circle.bans.contains { $0.user == user } ? [.banned] : []
        if person(user)?.permissions.contains(.join) != true { codes.append(.notAllowed) }
        if !codes.isEmpty { throw Refusal(codes) }
        return (circle, isInvited)
    }

    /// Both may be said to a host, when the group has been dissolved.
    private func forUsersOnly(_ id: GroupID) -> Refusal {
        Refusal(circle(id)?.isDissolved == true ? [.malformedArgument, .notAllowed] : [.malformedArgument])
    }

    private mutating func join(
        _ id: GroupID, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        guard let user = actor.user else { throw forUsersOnly(id) }
        let (circle, isInvited) = try requireOpen(id, to: user, at: moment)
        if !isInvited, circle.policies.joining != .anyone { throw Refusal(.notAllowed) }
        return try enter(user, circle, "accepted", by: actor, at: moment)
    }

    private mutating func enter(
        _ user: UserID, _ circle: Circle, _ outcome: String, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        var codes: [IMError.Code] = circle.memberCount >= limits.groupMembers ? [.groupFull] : []
        if circles(of: user).count >= limits.groupsPerUser { codes.append(.tooManyGroups) }
        if !codes.isEmpty { throw Refusal(codes) }
        let line = append(.membersAdded, to: .group(circle.id), by: actor, at: moment) { $0.members = [user] }
        if joining(user, circle.id, at: moment) != nil {
            endJoining(user, circle.id, outcome, by: actor, at: moment, isMain: false)
        }
        join(user, circle.id, as: .member, line.sequence)
        return .appended(line)
    }

    private mutating func request(
        _ id: GroupID, _ text: String, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        guard let user = actor.user else { throw forUsersOnly(id) }
        let (circle, isInvited) = try requireOpen(id, to: user, at: moment)
        if isInvited || circle.policies.joining == .anyone { throw Refusal(.notAllowed) }
        if let joining = joining(user, id, at: moment) {
            if joining.text.utf8.elementsEqual(text.utf8) { return .unchanged(.personal(user)) }
        } else if circle.joinings.count >= limits.requestsPerGroup {
            throw Refusal(.limitReached)
        }
        let until = moment.advanced(by: limits.requestExpiry)
        keep(
            Joining(user: user, isInvitation: false, author: user, text: text, moment: moment, until: until), in: id)
        func fill(_ line: inout Line) {
            line.members = [user]
            line.subject = .group(id)
            line.text = text
            line.until = until
        }
        let line = append(.joinRequested, to: .personal(user), by: actor, at: moment, fill)
        for user in approvers(circle) { append(.joinRequested, to: .personal(user), by: actor, at: moment, fill) }
        return .appended(line)
    }

    private mutating func keep(_ joining: Joining, in id: GroupID) {
        change(id) { circle in
            circle.joinings.removeAll { $0.user == joining.user }
            circle.joinings.append(joining)
        }
    }

    private mutating func invite(
        _ users: [UserID], _ id: GroupID, _ text: String, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        let circle = try permitted(id, .member, by: actor)
        try requireMayInvite(circle, by: actor)
        if let user = actor.user, person(user)?.permissions.contains(.invite) != true { throw Refusal(.notAllowed) }
        var invited: [UserID] = []
        var first: [IMError.Code] = []
        for user in users {
            var codes: [IMError.Code] = existing(user) == nil ? [.unknownUser] : []
            if circle.bans.contains(where: { $0.user == user }) { codes.append(.banned) }
            if role(user, id) != nil { codes.append(.alreadyMember) }
            if let author = actor.user, person(user)?.blocked.contains(author) == true { codes.append(.blocked) }
            if joining(user, id, at: moment) != nil { codes.append(.alreadyExists) }
            if circle.joinings.count + invited.count >= limits.requestsPerGroup { codes.append(.limitReached) }
            if codes.isEmpty { invited.append(user) } else if first.isEmpty { first = codes }
        }
        if invited.isEmpty { throw Refusal(first) }
        let until = moment.advanced(by: limits.requestExpiry)
        let line = append(.membersInvited, to: .group(id), by: actor, at: moment) { line in
            line.members = invited
            line.text = text
            line.until = until
        }
        for user in invited {
            keep(
                Joining(
                    user: user, isInvitation: true, author: actor.user, text: text, moment: moment, until: until),
                in: id)
            append(.invited, to: .personal(user), by: actor, at: moment) { line in
                line.subject = .group(id)
                line.text = text
                line.until = until
            }
        }
        return .appended(line)
    }

    /// Ends what waited, and tells those who have to know.
    ///
    /// - Parameter isMain: whether the answer is this itself. Then it stands in the personal conversation of the one
    ///   who gives it, or for the host in that of the user.
    @discardableResult
    mutating func endJoining(
        _ user: UserID, _ id: GroupID, _ outcome: String, by actor: ModelActor, at moment: Timestamp,
        isMain: Bool = true
    ) -> Line {
        var told: [UserID] = isMain ? [actor.user ?? user] : []
        var others = [user]
        if let circle = circle(id), let joining = circle.joinings.first(where: { $0.user == user }) {
            if !joining.isInvitation {
                others += approvers(circle)
            } else if outcome == "declined" || outcome == "expired", let author = joining.author {
                others.append(author)
            }
        }
        for other in others where !told.contains(other) { told.append(other) }
        change(id) { $0.joinings.removeAll { $0.user == user } }
        var lines: [Line] = []
        for reader in told {
            lines.append(
                append(.joinRequestEnded, to: .personal(reader), by: actor, at: moment) { line in
                    line.members = [user]
                    line.subject = .group(id)
                    line.outcome = outcome
                })
        }
        return lines[0]
    }
}

extension State {
    mutating func decideCreateGroup(
        _ id: GroupID, _ profile: Profile, owner: UserID, members: [UserID], by author: UserNumber,
        on device: DeviceNumber
    ) throws -> Decision {
        if try groupNumber(id) != nil { throw IMError(.alreadyExists, "group \(id) exists, or did") }
        let ownerNumber = try existingUser(owner)
        guard author == 0 || author == ownerNumber else {
            throw IMError(.notAllowed, "a user may create groups of its own only")
        }
        try require(.createGroup, of: author)
        guard members.count < limits.groupMembers else { throw full(id) }
        try requireRoom(ownerNumber, owner)
        var numbers: [UserNumber] = []
        for member in members {
            let number = try existingUser(member)
            try requireUnblocked(author, by: number)
            try requireRoom(number, member)
            numbers.append(number)
        }
        return Decision(
            author: author, device: device, .groupCreated(id, profile, owner: ownerNumber, members: numbers),
            in: try written.nextGroupNumber())
    }

    mutating func decideGroup(_ action: Action, by author: UserNumber, on device: DeviceNumber) throws -> Decision {
        switch action {
        case .updateGroup(let id, let profile):
            let (number, record) = try permitted(.update, in: id, by: author)
            if record.profile == profile { return Decision(unchanged: number, author: author) }
            return Decision(author: author, device: device, .groupUpdated(profile), in: number)
        case .addMembers(let users, let id):
            return try decideAddMembers(users, to: id, by: author, on: device)
        case .removeMember(let user, let id):
            return try decideRemoveMember(user, from: id, by: author, on: device)
        case .leaveGroup(let user, let id):
            return try decideLeave(user, id, by: author, on: device)
        case .setRole(let role, let user, let id):
            let (number, _) = try permitted(.setRole, in: id, by: author)
            let (subject, membership) = try member(user, of: number, id)
            if membership.role == .owner {
                throw IMError(.notAllowed, "user \(user) owns group \(id): transfer it first")
            }
            if membership.role == role { return Decision(unchanged: number, author: author) }
            return Decision(author: author, device: device, .roleChanged(subject, role), in: number)
        case .transferGroup(let id, let user):
            let (number, _) = try permitted(.transfer, in: id, by: author)
            let (subject, membership) = try member(user, of: number, id)
            if membership.role == .owner { return Decision(unchanged: number, author: author) }
            return Decision(author: author, device: device, .ownershipTransferred(subject), in: number)
        case .dissolveGroup(let id):
            guard let number = try groupNumber(id), let record = try group(number) else { throw unknownGroup(id) }
            if author == 0, record.isDissolved { return Decision(unchanged: number, author: author) }
            _ = try permitted(.dissolve, in: id, by: author)
            return Decision(author: author, device: device, .groupDissolved, in: number)
        default:
            throw IMError(.broken, "not a command about groups")
        }
    }

    private mutating func decideAddMembers(
        _ users: [UserID], to id: GroupID, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let (number, record) = try permitted(.addMembers, in: id, by: author)
        try require(.invite, of: author)
        guard Int(record.memberCount) + users.count <= limits.groupMembers else { throw full(id) }
        var numbers: [UserNumber] = []
        for user in users {
            let userNumber = try existingUser(user)
            if try membership(of: userNumber, in: number)?.isMember == true {
                throw IMError(.alreadyMember, "user \(user) is a member of group \(id)")
            }
            try requireUnblocked(author, by: userNumber)
            try requireRoom(userNumber, user)
            numbers.append(userNumber)
        }
        return Decision(author: author, device: device, .membersAdded(numbers), in: number)
    }

    private mutating func decideRemoveMember(
        _ user: UserID, from id: GroupID, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        guard let number = try groupNumber(id) else { throw unknownGroup(id) }
        let subjectNumber = try userNumber(user)
        let role = try subjectNumber.flatMap { try membership(of: $0, in: number)?.role }
        _ = try permitted(.removeMember, in: id, by: author, on: role)
        let (subject, standing) = try member(user, of: number, id)
        if standing.role == .owner {
            throw IMError(.notAllowed, "user \(user) owns group \(id): transfer it first")
        }
        var decision = Decision(author: author, device: device, .memberRemoved(subject), in: number)
        decision.others = [Decision.Draft(conversation: .personal(subject), event: .removedFromGroup(number))]
        return decision
    }

    private mutating func decideLeave(
        _ user: UserID, _ id: GroupID, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        guard let number = try groupNumber(id) else { throw unknownGroup(id) }
        if author != 0 {
            guard try membership(of: author, in: number)?.isMember == true else { throw unknownGroup(id) }
            guard try userNumber(user) == author else { throw IMError(.notAllowed, "members leave by themselves") }
        }
        let (subject, membership) = try member(user, of: number, id)
        if membership.role == .owner {
            throw IMError(.notAllowed, "user \(user) owns group \(id): transfer or dissolve it first")
        }
        var decision = Decision(author: author, device: device, .memberLeft(subject), in: number)
        decision.others = [Decision.Draft(conversation: .personal(subject), event: .removedFromGroup(number))]
        return decision
    }

    // MARK: Parts

    private mutating func permitted(
        _ action: Rights.GroupAction, in id: GroupID, by author: UserNumber, on subject: Role? = nil
    ) throws -> (ConversationNumber, GroupRecord) {
        guard let number = try groupNumber(id), let record = try group(number) else { throw unknownGroup(id) }
        let role = author == 0 ? nil : try membership(of: author, in: number).flatMap { $0.isMember ? $0.role : nil }
        let standing: Rights.Standing = author == 0 ? .host : role.map { .member($0) } ?? .outsider
        switch Rights.verdict(action, by: standing, on: subject) {
        case .allowed: break
        case .denied(let rule): throw IMError(.notAllowed, rule)
        case .hidden: throw unknownGroup(id)
        }
        if record.isDissolved { throw IMError(.notAllowed, "group \(id) has been dissolved") }
        return (number, record)
    }

    private mutating func member(
        _ user: UserID, of number: ConversationNumber, _ id: GroupID
    ) throws -> (UserNumber, MembershipRecord) {
        guard let subject = try userNumber(user), let membership = try membership(of: subject, in: number),
            membership.isMember
        else { throw IMError(.notMember, "user \(user) is not a member of group \(id)") }
        return (subject, membership)
    }

    private func requireRoom(_ user: UserNumber, _ id: UserID) throws {
        var count = 0
        try written.forEachGroup(of: user) { _, leftAt in
            if leftAt == nil { count += 1 }
            return count < limits.groupsPerUser
        }
        if count >= limits.groupsPerUser {
            throw IMError(.tooManyGroups, "user \(id) is in \(count) groups, which is the limit")
        }
    }

    private func unknownGroup(_ id: GroupID) -> IMError {
        IMError(.notFound, "there is no group \(id)")
    }

    private func full(_ id: GroupID) -> IMError {
        IMError(.groupFull, "group \(id) may have \(limits.groupMembers) members")
    }
}

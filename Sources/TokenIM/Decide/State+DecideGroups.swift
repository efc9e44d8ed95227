extension State {
    mutating func decideCreateGroup(
        _ action: Action, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        guard case .createGroup(let id, let profile, let owner, let members, let kind, let policies) = action else {
            throw IMError(.broken, "not a command about a new group")
        }
        if try groupNumber(id) != nil { throw IMError(.alreadyExists, "group \(id) exists, or did") }
        let ownerNumber = try existingUser(owner)
        guard author == 0 || author == ownerNumber else {
            throw IMError(.notAllowed, "a user may create groups of its own only")
        }
        try require(.createGroup, of: author)
        guard members.count < limits.groupMembers else { throw full(id) }
        try requireRoom(ownerNumber)
        var numbers: [UserNumber] = []
        for member in members {
            let number = try existingUser(member)
            try requireUnblocked(author, by: number)
            try requireRoom(number)
            numbers.append(number)
        }
        try askPolicy(of: author) { $0.mayCreateGroup(id, by: $1) }
        let group = NewGroup(
            id: id, profile: profile, owner: ownerNumber, members: numbers, kind: kind, policies: policies)
        return Decision(author: author, device: device, .groupCreated(group), in: try written.nextGroupNumber())
    }

    mutating func decideGroup(_ action: Action, by author: UserNumber, on device: DeviceNumber) throws -> Decision {
        switch action {
        case .updateGroup(let id, let profile):
            let (number, record) = try require(.editInformation, in: id, by: author)
            if record.profile == profile { return Decision(unchanged: number, author: author) }
            return Decision(author: author, device: device, .groupUpdated(profile), in: number)
        case .addMembers(let users, let id):
            return try decideAddMembers(users, to: id, by: author, on: device)
        case .removeMember(let user, let id):
            return try decideEnd(of: user, in: id, .remove, by: author, on: device)
        case .leaveGroup(let user, let id):
            return try decideEnd(of: user, in: id, .leave, by: author, on: device)
        case .setRole(let role, let user, let id):
            return try decideSetRole(role, of: user, in: id, by: author, on: device)
        case .transferGroup(let id, let user):
            let (number, subject) = try permittedMember(.transfer, user, id, by: author)
            guard let record = try group(number) else { throw unknownGroup(id) }
            if record.owner == subject { return Decision(unchanged: number, author: author) }
            // The one who owned it becomes an admin.
            if !record.admins.contains(subject) { try requireRoomForAdmin(record) }
            return Decision(author: author, device: device, .ownershipTransferred(subject), in: number)
        case .dissolveGroup(let id):
            guard let number = try groupNumber(id), let record = try group(number) else { throw unknownGroup(id) }
            if author == 0, record.isDissolved { return Decision(unchanged: number, author: author) }
            try require(.dissolve, in: number, by: author)
            return Decision(author: author, device: device, .groupDissolved, in: number)
        default:
            throw IMError(.broken, "not a command about groups")
        }
    }

    private mutating func decideAddMembers(
        _ users: [UserID], to id: GroupID, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let (number, record) = try require(.add, in: id, by: author)
        try require(.invite, of: author)
        guard Int(record.memberCount) + users.count <= limits.groupMembers else { throw full(id) }
        var decision = Decision(unchanged: number, author: author)
        decision.device = device
        var numbers: [UserNumber] = []
        for user in users {
            let userNumber = try existingUser(user)
            let standing = try subject(userNumber, in: number, by: author)
            try require(.add, in: number, by: author, on: standing, to: user)
            try requireUnblocked(author, by: userNumber)
            try requireRoom(userNumber)
            try askPolicy(of: author) { $0.mayInvite(user, to: id, by: $1) }
            if let request = try request(of: userNumber, in: number, record) {
                decision.others += endings(of: request, of: userNumber, in: number, record, .approved)
            }
            numbers.append(userNumber)
        }
        decision.main = Decision.Draft(conversation: number, event: .membersAdded(numbers))
        return decision
    }

    /// Ends a membership; the user's own devices learn of it through the personal conversation.
    private mutating func decideEnd(
        of user: UserID, in id: GroupID, _ action: Rights.GroupAction, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let (number, subject) = try permittedMember(action, user, id, by: author)
        let event = action == .leave ? Event.memberLeft(subject) : .memberRemoved(subject)
        var decision = Decision(author: author, device: device, event, in: number)
        decision.others = [Decision.Draft(conversation: .personal(subject), event: .removedFromGroup(number))]
        return decision
    }

    private mutating func decideSetRole(
        _ role: Role, of user: UserID, in id: GroupID, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let (number, subject) = try permittedMember(.setRole, user, id, by: author)
        guard let record = try group(number) else { throw unknownGroup(id) }
        if record.admins.contains(subject) == (role == .admin) {
            return Decision(unchanged: number, author: author)
        }
        if role == .admin { try requireRoomForAdmin(record) }
        return Decision(author: author, device: device, .roleChanged(subject, role), in: number)
    }

    // MARK: Parts

    /// The numbers of a group and of a member to whom something may be done.
    mutating func permittedMember(
        _ action: Rights.GroupAction, _ user: UserID, _ id: GroupID, by author: UserNumber
    ) throws -> (ConversationNumber, UserNumber) {
        guard let number = try groupNumber(id) else { throw unknownGroup(id) }
        let found = try userNumber(user)
        let standing = try found.map { try subject($0, in: number, by: author) } ?? .outsider
        try require(action, in: number, by: author, on: standing, to: user)
        guard let found, standing.isMember else { throw IMError(.notAMember, in: id, to: user) }
        return (number, found)
    }

    private func requireRoomForAdmin(_ record: GroupRecord) throws {
        guard record.admins.count < limits.adminsPerGroup else {
            throw IMError(
                .limitReached, "group \(record.id) has \(record.admins.count) admins: Limits.adminsPerGroup")
        }
    }

    func requireRoom(_ user: UserNumber) throws {
        var count = 0
        try written.forEachGroup(of: user) { _, leftAt in
            if leftAt == nil { count += 1 }
            return count < limits.groupsPerUser
        }
        if count >= limits.groupsPerUser {
            let name = try self.user(user)?.id.rawValue ?? ""
            throw IMError(.tooManyGroups, "user \(name) is in \(count) groups, which is the limit")
        }
    }

    func full(_ id: GroupID) -> IMError {
        IMError(.groupFull, "group \(id) may have \(limits.groupMembers) members")
    }
}

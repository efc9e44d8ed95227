/// How users become members by a wish of their own: joining, asking to, being invited.
extension State {
    mutating func decideJoining(
        _ action: GroupAction, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        switch action {
        case .join(let id): return try decideJoin(id, by: author, on: device)
        case .request(let id, let text): return try decideRequest(id, text, by: author, on: device)
        case .withdrawRequest(let id):
            guard author != 0, let number = try groupNumber(id), let record = try group(number),
                let request = try request(of: author, in: number, record), !request.isInvitation
            else { throw IMError(.notFound, "no request to join group \(id) waits") }
            return ended(request, of: author, in: number, record, .withdrawn, by: author, on: device)
        case .answerRequest(let user, let id, let isApproved):
            return try decideAnswer(toRequestOf: user, id, isApproved: isApproved, by: author, on: device)
        case .invite(let users, let id, let text):
            return try decideInvite(users, id, text, by: author, on: device)
        case .withdrawInvitation(let user, let id):
            return try decideWithdrawInvitation(of: user, id, by: author, on: device)
        case .answerInvitation(let id, let isAccepted):
            guard author != 0, let number = try groupNumber(id), let record = try group(number),
                let request = try request(of: author, in: number, record), request.isInvitation
            else { throw IMError(.notFound, "no invitation to group \(id) waits") }
            if isAccepted { return try decideJoin(id, by: author, on: device) }
            return ended(request, of: author, in: number, record, .declined, by: author, on: device)
        default: throw IMError(.broken, "not a request about joining")
        }
    }

    private mutating func decideJoin(
        _ id: GroupID, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        guard let number = try groupNumber(id) else { throw IMError(author == 0 ? .usersOnly : .noSuchGroup, in: id) }
        let standing: Rights.Subject = author == 0 ? .nobody : try subject(author, in: number, by: author)
        let record = try require(.join, in: number, by: author, on: standing)
        try require(.join, of: author)
        return try decideEntering(author, id, number, record, .accepted, by: author, on: device)
    }

    /// Makes somebody a member by its own wish.
    private mutating func decideEntering(
        _ user: UserNumber, _ id: GroupID, _ number: ConversationNumber, _ record: GroupRecord,
        _ outcome: RequestOutcome, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        guard record.memberCount < UInt64(limits.groupMembers) else { throw full(id) }
        try requireRoom(user)
        try askPolicy(of: user) { $0.mayJoin($1, id) }
        var decision = Decision(author: author, device: device, .membersAdded([user]), in: number)
        if let request = try request(of: user, in: number, record) {
            decision.others = endings(of: request, of: user, in: number, record, outcome)
        }
        return decision
    }

    // MARK: Requests

    private mutating func decideRequest(
        _ id: GroupID, _ text: String, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        guard let number = try groupNumber(id) else { throw IMError(author == 0 ? .usersOnly : .noSuchGroup, in: id) }
        let standing: Rights.Subject = author == 0 ? .nobody : try subject(author, in: number, by: author)
        let record = try require(.request, in: number, by: author, on: standing)
        try require(.join, of: author)
        if let request = try request(of: author, in: number, record) {
            if request.text.utf8.elementsEqual(text.utf8) {
                return Decision(unchanged: .personal(author), author: author)
            }
        } else if record.requestCount >= UInt64(limits.requestsPerGroup) {
            throw crowded(id, record)
        }
        try askPolicy(of: author) { $0.mayJoin($1, id) }
        let until = now.advanced(by: limits.requestExpiry)
        let event = Event.group(.requested(number, author, text: text, until: until))
        var decision = Decision(author: author, device: device, event, in: .personal(author))
        decision.others = record.approvers.map { Decision.Draft(conversation: .personal($0), event: event) }
        return decision
    }

    private mutating func decideAnswer(
        toRequestOf user: UserID, _ id: GroupID, isApproved: Bool, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let (number, record) = try require(.answerRequests, in: id, by: author)
        guard let subject = try userNumber(user), let request = try request(of: subject, in: number, record),
            !request.isInvitation
        else { throw IMError(.notFound, "user \(user) does not ask to join group \(id)") }
        guard isApproved else {
            return ended(request, of: subject, in: number, record, .rejected, by: author, on: device)
        }
        return try decideEntering(try existingUser(user), id, number, record, .approved, by: author, on: device)
    }

    // MARK: Invitations

    private mutating func decideInvite(
        _ users: [UserID], _ id: GroupID, _ text: String, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let (number, record) = try require(.invite, in: id, by: author)
        try require(.invite, of: author)
        var invited: [UserNumber] = []
        var refusals: [UInt32] = []
        var first: IMError?
        for user in users {
            do {
                let room = limits.requestsPerGroup - invited.count
                invited.append(try invitee(user, id, number, record, room: room, by: author))
                refusals.append(0)
            } catch let error as IMError where !error.isStorage {
                refusals.append(UInt32(error.code.number))
                first = first ?? error
            }
        }
        if invited.isEmpty, let first { throw first }
        if first == nil { refusals = [] }
        let until = now.advanced(by: limits.requestExpiry)
        let main = Event.group(.invited(invited, text: text, until: until, refusals: refusals))
        var decision = Decision(author: author, device: device, main, in: number)
        let event = Event.group(.invitation(number, text: text, until: until))
        decision.others = invited.map { Decision.Draft(conversation: .personal($0), event: event) }
        return decision
    }

    /// The number of somebody who can be invited.
    private mutating func invitee(
        _ user: UserID, _ id: GroupID, _ number: ConversationNumber, _ record: GroupRecord, room: Int,
        by author: UserNumber
    ) throws -> UserNumber {
        let invitee = try existingUser(user)
        let standing = try subject(invitee, in: number, by: author)
        try require(.invite, in: number, by: author, on: standing, to: user)
        try requireUnblocked(author, by: invitee)
        if try request(of: invitee, in: number, record) != nil {
            throw IMError(.alreadyExists, "user \(user) is invited to group \(id), or asks to join it")
        }
        guard Int(clamping: record.requestCount) < room else { throw crowded(id, record) }
        try askPolicy(of: author) { $0.mayInvite(user, to: id, by: $1) }
        return invitee
    }

    private mutating func decideWithdrawInvitation(
        of user: UserID, _ id: GroupID, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        guard let number = try groupNumber(id), let record = try group(number) else { throw unknownGroup(id) }
        let subject = try userNumber(user)
        let request = try subject.flatMap { try self.request(of: $0, in: number, record) }
        let isMember = try author != 0 && membership(of: author, in: number)?.isMember == true
        // One's own can always be taken back; those of others by those who could have approved them.
        if !isMember || request?.author != author { try require(.answerRequests, in: number, by: author) }
        guard let subject, let request, request.isInvitation else {
            throw IMError(.notFound, "user \(user) is not invited to group \(id)")
        }
        return ended(request, of: subject, in: number, record, .withdrawn, by: author, on: device)
    }

    // MARK: The end of a request

    /// What is to be done when the time of a request or an invitation is over, unless it was answered or renewed.
    mutating func decideLapse(of user: UserNumber, in number: ConversationNumber) throws -> Decision {
        guard let record = try group(number), let request = try written.request(of: user, in: number),
            request.until <= now
        else { return Decision(unchanged: .engine, author: 0) }
        return ended(request, of: user, in: number, record, .expired, by: 0, on: 0)
    }

    /// Ends a request without anyone becoming a member. The entry that answers is in the personal conversation of the
    /// one who does it, or for the host in that of the user.
    private func ended(
        _ request: RequestRecord, of user: UserNumber, in number: ConversationNumber, _ record: GroupRecord,
        _ outcome: RequestOutcome, by author: UserNumber, on device: DeviceNumber
    ) -> Decision {
        let main = ConversationNumber.personal(author == 0 ? user : author)
        let event = Event.group(.requestEnded(number, user, outcome))
        var decision = Decision(author: author, device: device, event, in: main)
        decision.others = endings(of: request, of: user, in: number, record, outcome)
            .filter { $0.conversation != main }
        return decision
    }

    /// Tells the user, and who else has to know, that a request or an invitation has ended.
    func endings(
        of request: RequestRecord, of user: UserNumber, in number: ConversationNumber, _ record: GroupRecord,
        _ outcome: RequestOutcome
    ) -> [Decision.Draft] {
        var users = [user]
        if !request.isInvitation {
            users += record.approvers
        } else if outcome == .declined || outcome == .expired, request.author != 0, request.author != user {
            users.append(request.author)
        }
        let event = Event.group(.requestEnded(number, user, outcome))
        return users.map { Decision.Draft(conversation: .personal($0), event: event) }
    }

    private func crowded(_ id: GroupID, _ record: GroupRecord) -> IMError {
        IMError(
            .limitReached,
            "\(record.requestCount) requests and invitations of group \(id) wait: Limits.requestsPerGroup")
    }
}

extension State {
    mutating func decideUser(_ action: Action, by author: UserNumber) throws -> Decision {
        switch action {
        case .createUser(let id, let profile):
            try requireHost(author)
            if try userNumber(id) != nil {
                throw IMError(.alreadyExists, "user \(id) exists, or did: names are not given again")
            }
            let number = try written.lastUserNumber() + 1
            guard number <= ConversationNumber.greatestUser else {
                throw IMError(.requestTooLarge, "the store holds \(number - 1) users, which is all it can")
            }
            return Decision(author: author, .userCreated(number, id, profile), in: .personal(number))
        case .updateUser(let id, let profile):
            let number = try existingUser(id)
            guard author == 0 || author == number else { throw IMError(.notAllowed, "another user's profile") }
            if try user(number)?.profile == profile { return Decision(unchanged: .personal(number), author: author) }
            return Decision(author: author, .userUpdated(number, profile), in: .personal(number))
        case .setUserStatus(let id, let status):
            try requireHost(author)
            return try decideStatus(status, of: id)
        case .addDevice(let id, let user, let start, let details):
            return try decideAddDevice(id, of: user, start, details)
        default:
            throw IMError(.broken, "not a command about users")
        }
    }

    private mutating func decideStatus(_ status: User.Status, of id: UserID) throws -> Decision {
        guard let number = try userNumber(id), let record = try user(number) else { throw unknownUser(id) }
        if record.status == status { return Decision(unchanged: .personal(number), author: 0) }
        if record.status == .deleted { throw unknownUser(id) }
        var decision = Decision(author: 0, .userStatusChanged(number, status), in: .personal(number))
        guard status == .deleted else { return decision }
        var groups: [ConversationNumber] = []
        try written.forEachGroup(of: number) { group, leftAt in
            if leftAt == nil { groups.append(group) }
            return true
        }
        for number in groups {
            guard let group = try group(number), !group.isDissolved else { continue }
            if try userNumber(id) == group.owner {
                throw IMError(.ownsGroups, "user \(id) owns group \(group.id): transfer or dissolve it first")
            }
        }
        decision.others = groups.map { Decision.Draft(conversation: $0, event: .memberLeft(number)) }
        try written.forEachScheduled(by: number) { sequence, _ in
            decision.others.append(
                Decision.Draft(conversation: .personal(number), event: .scheduleEnded(sequence, .cancelled)))
            return true
        }
        // What it wrote about itself goes at once, when that is not too much; the rest in steps of its own.
        decision.erased = try erasureStep(of: number, from: nil, isEverywhere: false).positions
        decision.erasure = .deleted
        return decision
    }

    /// Cursors never go back, and a device that has been removed has none.
    func decideMoveCursors(_ moves: [CursorMove]) throws -> Decision {
        var news: [CursorMove] = []
        for move in moves {
            if let cursor = try cursor(of: move.device), cursor > 0, cursor < move.position { news.append(move) }
        }
        if news.isEmpty { return Decision(unchanged: .engine, author: 0) }
        return Decision(author: 0, .cursorsMoved(news), in: .engine)
    }

    mutating func decideAcknowledge(
        _ id: DeviceID, of userID: UserID, through position: Position
    ) throws -> Decision {
        let user = try existingUser(userID)
        guard let device = try written.deviceNumber(id, of: user) else {
            throw IMError(.notFound, "user \(userID) has no device \(id)")
        }
        guard position <= head else {
            throw IMError(.acknowledgementAhead, "\(position) lies above the head, \(head)")
        }
        var decision = try decideMoveCursors([CursorMove(device: device, position: position)])
        // Whose device it is: a sender may be waiting to hear of it.
        decision.author = user
        return decision
    }

    private mutating func decideAddDevice(
        _ id: DeviceID, of userID: UserID, _ start: SessionOptions.Start, _ details: DeviceDetails
    ) throws -> Decision {
        let user = try activeUser(userID)
        if let number = try written.deviceNumber(id, of: user) {
            guard !details.isEmpty, let known = try written.device(number)?.details else {
                return Decision(unchanged: .engine, author: 0)
            }
            let details = details.filled(from: known)
            if details == known { return Decision(unchanged: .engine, author: 0) }
            return Decision(author: 0, device: number, .person(.device(number, details)), in: .personal(user))
        }
        let count = try written.devices(of: user).count
        guard count < limits.devicesPerUser else {
            throw IMError(.tooManyDevices, "user \(userID) has \(count) devices; the limit is \(limits.devicesPerUser)")
        }
        guard let created = try self.user(user)?.createdPosition else { throw unknownUser(userID) }
        let position: Position
        switch start.value {
        case .automatic: position = count == 0 ? created : head
        case .creation: position = created
        case .head: position = head
        case .position(let asked):
            guard asked <= head else { throw IMError(.acknowledgementAhead, "\(asked) lies above the head, \(head)") }
            position = max(asked, created)
        }
        let number = try written.lastDeviceNumber() + 1
        var decision = Decision(author: 0, .deviceAdded(number, user: user, id, start: position), in: .engine)
        if !details.isEmpty {
            // The device itself knows.
            decision.device = number
            decision.others = [Decision.Draft(conversation: .personal(user), event: .person(.device(number, details)))]
        }
        return decision
    }
}

/// Decide: every command is judged here and in the extensions beside this file, one for each family. Nothing is
/// written.
extension State {
    mutating func decide(_ command: Command) throws -> Decision {
        let decision = try decideAction(of: command)
        if isFull, decision.main != nil, !command.action.isAllowedWhenFull {
            throw IMError(.storageFull, "the store has used 92 % of its map: delete, or open it with a larger one")
        }
        return decision
    }

    private mutating func decideAction(of command: Command) throws -> Decision {
        let (author, device) = try identify(command.actor)
        switch command.action {
        case .send(let message, let target):
            return try decideSend(message, to: target, by: author, on: device)
        case .forward(let sequence, let conversation, let target, let options):
            return try decideForward(sequence, of: conversation, to: target, options, by: author, on: device)
        case .edit, .recall, .react, .pin:
            return try decideAmendment(command.action, by: author, on: device)
        case .cancelScheduled(let sequence):
            return try decideCancelScheduled(sequence, by: author, on: device)
        case .due(let task):
            return try decideDue(task)
        case .markRead(let conversation, let through, let user):
            return try decideMarkRead(conversation, through: through, of: user, by: author, on: device)
        case .trim(let conversation, let through):
            return try decideTrim(conversation, through: through, by: author)
        case .createUser, .updateUser, .setUserStatus, .addDevice:
            return try decideUser(command.action, by: author)
        case .moveCursors(let moves):
            return try decideMoveCursors(moves)
        case .acknowledge(let device, let user, let position):
            return try decideAcknowledge(device, of: user, through: position)
        case .createGroup:
            return try decideCreateGroup(command.action, by: author, on: device)
        case .updateGroup, .addMembers, .removeMember, .leaveGroup, .setRole, .transferGroup, .dissolveGroup:
            return try decideGroup(command.action, by: author, on: device)
        case .createConsumer, .changeConsumer, .deleteConsumer:
            return try decideConsumer(command.action)
        case .group(let action): return try decide(action, by: author, on: device)
        case .person(let action): return try decide(action, by: author, on: device)
        case .setting(let action): return try decide(action, by: author, on: device)
        }
    }

    /// The entry that this request has already led to, or nil when it is new.
    ///
    /// Looked up before anything else is judged: a retry gets its first answer, whatever has changed since.
    mutating func earlierEntry(of command: Command) throws -> JournalEntry? {
        guard let request = command.request else { return nil }
        let author: UserNumber
        switch command.actor {
        case .host: author = 0
        case .session(let number, _, _): author = number
        case .user(let id, _):
            guard let number = try userNumber(id, prepared: preparation.author) else { return nil }
            author = number
        }
        guard let entry = try entry(of: request.key, by: author) else { return nil }
        guard entry.header.request?.digest == request.digest else {
            throw IMError(
                .idempotencyConflict,
                "key \(request.key.given) was used for another request, at position \(entry.position)")
        }
        return entry
    }

    private mutating func identify(_ actor: Actor) throws -> (author: UserNumber, device: DeviceNumber) {
        switch actor {
        case .host: return (0, 0)
        case .user(let id, let device):
            let user = try activeUser(id, prepared: preparation.author)
            return (user, try device.flatMap { try written.deviceNumber($0, of: user) } ?? 0)
        case .session(let number, let device, _):
            guard let status = try standing(of: number)?.status else {
                throw IMError(.broken, "a session of no user")
            }
            if status != .active, let id = try user(number)?.id { try requireActive(status, id) }
            return (number, device)
        }
    }

    /// The number of a user, which the caller of the present command may have prepared; 0 when it has not.
    mutating func userNumber(_ id: UserID, prepared: UserNumber) throws -> UserNumber? {
        prepared != 0 ? prepared : try userNumber(id)
    }

    /// The number of a user who may act.
    mutating func activeUser(_ id: UserID, prepared: UserNumber = 0) throws -> UserNumber {
        guard let number = try userNumber(id, prepared: prepared), let status = try standing(of: number)?.status else {
            throw unknownUser(id)
        }
        try requireActive(status, id)
        return number
    }

    private func requireActive(_ status: User.Status, _ id: UserID) throws {
        if status == .deleted { throw unknownUser(id) }
        if status == .suspended { throw IMError(.userSuspended, "user \(id) is suspended") }
    }

    /// The number of a user that has not been deleted.
    mutating func existingUser(_ id: UserID, prepared: UserNumber = 0) throws -> UserNumber {
        guard let number = try userNumber(id, prepared: prepared),
            try standing(of: number)?.status ?? .deleted != .deleted
        else { throw unknownUser(id) }
        return number
    }

    func unknownUser(_ id: UserID) -> IMError {
        IMError(.unknownUser, "there is no user \(id)")
    }

    func requireHost(_ author: UserNumber) throws {
        if author != 0 { throw IMError(.notAllowed, "only the host may do this") }
    }

    /// The number of a conversation that somebody may see, or `not-found`.
    mutating func visibleConversation(_ conversation: Conversation, to user: UserNumber) throws -> ConversationNumber {
        let notFound = IMError(.notFound, "there is no conversation \(conversation)")
        var numbers: [UserNumber] = []
        for id in conversation.users {
            guard let number = try userNumber(id) else { throw notFound }
            numbers.append(number)
        }
        guard let group = conversation.group else {
            guard user == 0 || numbers.contains(user) else { throw notFound }
            return numbers.count == 2 ? .direct(numbers[0], numbers[1]) : .personal(numbers[0])
        }
        guard let number = try groupNumber(group) else { throw notFound }
        guard try user == 0 || membership(of: user, in: number)?.isMember == true else { throw notFound }
        return number
    }
}

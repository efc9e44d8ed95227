extension State {
    mutating func decideSend(
        _ message: NewMessage, to target: Target, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let conversation = try destination(target, of: author)
        try requireMayUpload(message.content, by: author)
        // An answer names a place. A newcomer may answer what it has not seen itself: that gives nothing away.
        if message.replyTo != 0, try head(of: conversation).sequence < message.replyTo {
            throw IMError(.notFound, "there is no entry \(message.replyTo) to answer")
        }
        try askMaySend(message.content, to: conversation, by: author)
        var body = MessageBody(message.content, replyTo: message.replyTo)
        guard let extras = message.extras else {
            return Decision(author: author, device: device, .message(body), in: conversation)
        }
        try requireMayMention(all: extras.mentions.isAll, in: conversation, by: author)
        body.extras = try self.extras(extras.mentions, extras.options, in: conversation, by: author)
        return try decide(body, at: extras.options.scheduledFor, in: conversation, by: author, on: device)
    }

    mutating func decideForward(
        _ sequence: SequenceNumber, of source: Conversation, to target: Target, _ options: MessageOptions,
        by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let conversation = try destination(target, of: author)
        let found = try message(sequence, of: source, by: author)
        if found.body.extras?.burnsAfter != nil {
            throw IMError(.notAllowed, "a message that burns after reading is not forwarded")
        }
        let origin =
            found.body.extras?.origin ?? .init(author: found.header.author, timestamp: found.header.timestamp)
        let content = try presentContent(of: found)
        try requireMayUpload(content, by: author)
        try askMaySend(content, to: conversation, by: author)
        let extras = try self.extras(.none, options, in: conversation, by: author, from: origin)
        let body = MessageBody(content, extras: extras)
        return try decide(body, at: options.scheduledFor, in: conversation, by: author, on: device)
    }

    /// Sends a message now, or puts it where it waits.
    private mutating func decide(
        _ body: MessageBody, at moment: Timestamp?, in conversation: ConversationNumber, by author: UserNumber,
        on device: DeviceNumber
    ) throws -> Decision {
        guard let moment, moment > now else {
            return Decision(author: author, device: device, .message(body), in: conversation)
        }
        guard moment.duration(since: now) <= .seconds(366 * 86_400) else {
            throw IMError(.malformedArgument, "a message is scheduled up to 366 days ahead")
        }
        var count = 0
        try written.forEachScheduled(by: author) { _, _ in
            count += 1
            return count < limits.scheduledPerUser
        }
        if count >= limits.scheduledPerUser {
            throw IMError(.limitReached, "\(count) messages are scheduled: Limits.scheduledPerUser")
        }
        return Decision(
            author: author, device: device, .scheduled(body, to: conversation, at: moment), in: .personal(author))
    }

    /// The conversation that a message goes to, when its author may send there.
    private mutating func destination(_ target: Target, of author: UserNumber) throws -> ConversationNumber {
        guard author != 0 else { throw IMError(.malformedArgument, "a message needs a sender") }
        switch target.value {
        case .user(let id):
            let conversation = ConversationNumber.direct(author, try existingUser(id, prepared: preparation.target))
            try requireMaySend(in: conversation, by: author)
            return conversation
        case .group(let id):
            guard let number = try groupNumber(id) else { throw unknownGroup(id) }
            try requireMaySend(in: number, by: author)
            return number
        }
    }

    /// Whether an author may send to a conversation that is known.
    mutating func requireMaySend(in conversation: ConversationNumber, by author: UserNumber) throws {
        guard conversation.kind == .group else {
            try require(.send, of: author)
            let (low, high) = conversation.directUsers
            return try requireUnblocked(author, by: low == author ? high : low)
        }
        try require(.send, in: conversation, by: author)
        // After the group has judged: what an author may not see is not there, whatever else it may not do.
        try require(.send, of: author)
    }

    /// Whether an author may mention whom a message mentions.
    mutating func requireMayMention(all: Bool, in conversation: ConversationNumber, by author: UserNumber) throws {
        if all, conversation.kind == .group { try require(.mentionAll, in: conversation, by: author) }
    }

    /// What a message has beside its content; nil when that is nothing.
    mutating func extras(
        _ mentions: Mentions, _ options: MessageOptions, in conversation: ConversationNumber, by author: UserNumber,
        from origin: MessageBody.Extras.Origin? = nil
    ) throws -> MessageBody.Extras? {
        if options.burnsAfterReading != nil { try requireMayBurn(in: conversation) }
        let extras = MessageBody.Extras(
            mentions: try mentioned(mentions.users, in: conversation, by: author), mentionsAll: mentions.isAll,
            isCounted: options.isCounted, isSilent: options.isSilent,
            expiresAfter: options.expiresAfter.map { UInt64($0.wholeMicroseconds) },
            burnsAfter: options.burnsAfterReading.map { UInt64($0.wholeMicroseconds) }, origin: origin)
        return extras == MessageBody.Extras() ? nil : extras
    }

    private func requireMayBurn(in conversation: ConversationNumber) throws {
        let (low, high) = conversation.directUsers
        if low == high { throw IMError(.malformedArgument, "nobody else reads what one writes to oneself") }
        var count = 0
        try written.forEachBurning(in: conversation) { _, _ in
            count += 1
            return count < limits.burningPerConversation
        }
        if count >= limits.burningPerConversation {
            throw IMError(.limitReached, "\(count) messages wait to burn: Limits.burningPerConversation")
        }
    }

    /// Those of the users who see the conversation, without the author, in the order of their numbers.
    private mutating func mentioned(
        _ users: [UserID], in conversation: ConversationNumber, by author: UserNumber
    ) throws -> [UserNumber] {
        var numbers: [UserNumber] = []
        for id in users {
            let number = try existingUser(id)
            let sees =
                conversation.kind == .group
                ? try membership(of: number, in: conversation)?.isMember == true
                : conversation.side(of: number) != nil
            if sees, number != author { numbers.append(number) }
        }
        return numbers.sorted()
    }

    mutating func decideMarkRead(
        _ conversation: Conversation, through sequence: SequenceNumber, of id: UserID, by author: UserNumber,
        on device: DeviceNumber
    ) throws -> Decision {
        let user = try existingUser(id)
        guard author == 0 || author == user else { throw IMError(.notAllowed, "another user's marker") }
        guard conversation.kind != .personal else {
            throw IMError(.malformedArgument, "a personal conversation has no read marker")
        }
        let number = try visibleConversation(conversation, to: user)
        let head = try head(of: number)
        if sequence > head.sequence {
            throw IMError(.markerAhead, "\(conversation) ends at \(head.sequence), before \(sequence)")
        }
        if try marker(of: user, in: number).sequence >= sequence {
            return try decideReadAgain(number, of: user, by: author, on: device)
        }
        let counted = try counted(through: sequence, in: number)
        return Decision(
            author: author, device: device, .readMarkerMoved(number, sequence, counted: counted), in: .personal(user))
    }

    /// Trims as much as one command may, from the oldest entry on.
    mutating func decideTrim(
        _ conversation: Conversation, through sequence: SequenceNumber, by author: UserNumber
    ) throws -> Decision {
        try requireHost(author)
        guard conversation.kind != .personal else {
            throw IMError(.malformedArgument, "a personal conversation cannot be trimmed")
        }
        let number = try visibleConversation(conversation, to: 0)
        let head = try head(of: number)
        if sequence > head.sequence {
            throw IMError(.markerAhead, "\(conversation) ends at \(head.sequence), before \(sequence)")
        }
        let from = (try written.trim(of: number)?.through ?? 0) + 1
        guard from <= sequence else { return Decision(unchanged: number, author: author) }
        let through = min(sequence, from + UInt64(limits.trimmedPerCommand) - 1)
        let counted = try counted(through: through, in: number)
        var decision = Decision(
            author: author, .historyTrimmed(through: through, counted: counted), in: number)
        for sequence in from...through {
            guard let position = try position(of: sequence, in: number) else {
                throw IMError(.corrupt, "\(conversation) has no position for entry \(sequence)")
            }
            if try written.entry(at: position)?.event.hasContent == true { decision.erased.append(position) }
        }
        return decision
    }
}

/// What becomes of messages after they were sent.
extension State {
    /// A message that is there, as it was sent.
    struct FoundMessage {
        var number: ConversationNumber
        var header: EntryHeader
        var body: MessageBody
        var position: Position
    }

    /// A message that somebody may see, or why there is none.
    mutating func message(
        _ sequence: SequenceNumber, of conversation: Conversation, by author: UserNumber
    ) throws -> FoundMessage {
        let number = try visibleConversation(conversation, to: author)
        let notFound = IMError(.notFound, "there is no message \(sequence) in \(conversation)")
        if author != 0, number.kind == .group {
            guard try membership(of: author, in: number)?.sees(sequence) == true else { throw notFound }
        }
        guard sequence > 0, let position = try position(of: sequence, in: number),
            let entry = try written.entry(at: position)
        else { throw notFound }
        switch entry.event {
        case .message(let body):
            return FoundMessage(number: number, header: entry.header, body: body, position: position)
        case .erased: throw IMError(.messageGone, "the content of entry \(sequence) is gone")
        default: throw notFound
        }
    }

    /// The content that a message has by now.
    func presentContent(of message: FoundMessage) throws -> Content {
        guard let edit = try written.amendment(of: message.header.sequence, in: message.number)?.edits.last,
            case .edited(_, let body) = try written.entry(at: edit)?.event
        else { return message.body.content }
        return body.content
    }

    mutating func decideAmendment(
        _ action: Action, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        switch action {
        case .edit(let sequence, let conversation, let content, let mentions):
            return try decideEdit(sequence, in: conversation, content, mentions, by: author, on: device)
        case .recall(let sequence, let conversation):
            return try decideRecall(sequence, in: conversation, by: author, on: device)
        case .react(let reaction, let sequence, let conversation, let isOn):
            return try decideReaction(reaction, to: sequence, in: conversation, isOn: isOn, by: author, on: device)
        case .pin(let sequence, let conversation, let isOn):
            return try decidePin(sequence, in: conversation, isOn: isOn, by: author, on: device)
        default: throw IMError(.broken, "not an amendment")
        }
    }

    private mutating func decideEdit(
        _ sequence: SequenceNumber, in conversation: Conversation, _ content: Content, _ mentions: Mentions,
        by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let found = try message(sequence, of: conversation, by: author)
        if author != 0 {
            guard found.header.author == author else { throw IMError(.notAllowed, "another's message") }
            try requireWithin(limits.editWindow, of: found)
            try requireMaySend(in: found.number, by: author)
            try requireMayUpload(content, by: author)
        }
        try requireMayMention(all: mentions.isAll, in: found.number, by: author)
        let edits = try written.amendment(of: sequence, in: found.number)?.edits.count ?? 0
        if edits >= limits.editsPerMessage {
            throw IMError(.limitReached, "\(edits) edits of one message: Limits.editsPerMessage")
        }
        let amendment = Amendment(.edit, sequence, in: conversation, content: content)
        try askPolicy(of: author) { $0.mayAmend(amendment, by: $1) }
        let extras = try extras(mentions, MessageOptions(), in: found.number, by: found.header.author)
        let body = MessageBody(content, replyTo: found.body.replyTo, extras: extras)
        return Decision(author: author, device: device, .edited(sequence, body), in: found.number)
    }

    private func requireWithin(_ window: Duration, of found: FoundMessage) throws {
        if now.duration(since: found.header.timestamp) > window {
            throw IMError(.tooLate, "the message was sent at \(found.header.timestamp); the time is over")
        }
    }

    private mutating func decideRecall(
        _ sequence: SequenceNumber, in conversation: Conversation, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let found: FoundMessage
        do {
            found = try message(sequence, of: conversation, by: author)
        } catch let error as IMError where error.code == .messageGone {
            // What was asked for has happened already, one way or another.
            return Decision(unchanged: try visibleConversation(conversation, to: author), author: author)
        }
        try requireMayRecall(found, by: author)
        try askPolicy(of: author) { $0.mayAmend(Amendment(.recall, sequence, in: conversation), by: $1) }
        return try withdrawal(of: [found], .recalled, by: author, on: device)
    }

    private mutating func requireMayRecall(_ found: FoundMessage, by author: UserNumber) throws {
        if author == 0 { return }
        if found.header.author == author {
            if now.duration(since: found.header.timestamp) <= limits.recallWindow { return }
            let isModerator =
                try found.number.kind == .group && membership(of: author, in: found.number)?.role ?? .member > .member
            if !isModerator { try requireWithin(limits.recallWindow, of: found) }
            return
        }
        guard found.number.kind == .group else { throw IMError(.notAllowed, "another's message") }
        let subject = try subject(found.header.author, in: found.number, by: author)
        try require(.moderate, in: found.number, by: author, on: subject)
    }

    /// Takes messages of one conversation out of it.
    private func withdrawal(
        of messages: [FoundMessage], _ erasure: Erasure, by author: UserNumber, on device: DeviceNumber = 0
    ) throws -> Decision {
        guard let number = messages.first?.number else { return Decision(unchanged: .engine, author: author) }
        let withdrawals = messages.map {
            Withdrawal(sequence: $0.header.sequence, wasCounted: $0.body.isCounted)
        }
        var decision = Decision(author: author, device: device, .withdrawn(withdrawals, erasure), in: number)
        decision.erasure = erasure
        for message in messages {
            decision.erased.append(message.position)
            decision.erased += try written.amendment(of: message.header.sequence, in: number)?.edits ?? []
        }
        return decision
    }

    private mutating func decideReaction(
        _ reaction: String, to sequence: SequenceNumber, in conversation: Conversation, isOn: Bool,
        by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        guard author != 0 else { throw IMError(.malformedArgument, "a reaction needs a user") }
        let found = try message(sequence, of: conversation, by: author)
        if found.number.kind == .group { try require(.react, in: found.number, by: author) }
        if try written.hasReaction(reaction, to: sequence, of: found.number, by: author) == isOn {
            return Decision(unchanged: found.number, author: author)
        }
        if isOn, let reactions = try written.amendment(of: sequence, in: found.number)?.reactions,
            reactions.count >= limits.reactionKindsPerMessage,
            !reactions.contains(where: { $0.reaction.utf8.elementsEqual(reaction.utf8) })
        {
            throw IMError(
                .limitReached, "\(reactions.count) different reactions to one message: Limits.reactionKindsPerMessage")
        }
        try askPolicy(of: author) { $0.mayAmend(Amendment(.reaction, sequence, in: conversation), by: $1) }
        return Decision(
            author: author, device: device, .reactionChanged(sequence, reaction, isOn: isOn), in: found.number)
    }

    private mutating func decidePin(
        _ sequence: SequenceNumber, in conversation: Conversation, isOn: Bool, by author: UserNumber,
        on device: DeviceNumber
    ) throws -> Decision {
        let found = try message(sequence, of: conversation, by: author)
        if found.number.kind == .group { try require(.pin, in: found.number, by: author) }
        let pins = try written.pins(of: found.number)
        if pins.contains(sequence) == isOn { return Decision(unchanged: found.number, author: author) }
        if isOn, pins.count >= limits.pinsPerConversation {
            throw IMError(.limitReached, "\(pins.count) messages are pinned: Limits.pinsPerConversation")
        }
        try askPolicy(of: author) { $0.mayAmend(Amendment(.pin, sequence, in: conversation), by: $1) }
        return Decision(author: author, device: device, .pinChanged(sequence, isOn: isOn), in: found.number)
    }

    // MARK: What waits

    mutating func decideCancelScheduled(
        _ sequence: SequenceNumber, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        guard author != 0, try written.scheduled(sequence, of: author) != nil else {
            throw IMError(.notFound, "no scheduled message waits at \(sequence)")
        }
        return try end(sequence, .cancelled, of: author, on: device)
    }

    /// Ends the wait of a scheduled message. Its content is needed no more.
    private func end(
        _ sequence: SequenceNumber, _ outcome: ScheduleOutcome, of author: UserNumber, on device: DeviceNumber = 0
    ) throws -> Decision {
        let personal = ConversationNumber.personal(author)
        var decision = Decision(author: author, device: device, .scheduleEnded(sequence, outcome), in: personal)
        if let position = try position(of: sequence, in: personal) { decision.erased = [position] }
        decision.erasure = .superseded
        return decision
    }

    mutating func decideDue(_ task: DueTask) throws -> Decision {
        switch task {
        case .withdraw(let sequences, let number, let erasure):
            var found: [FoundMessage] = []
            for sequence in sequences {
                guard let position = try position(of: sequence, in: number),
                    let entry = try written.entry(at: position), case .message(let body) = entry.event
                else { continue }
                found.append(FoundMessage(number: number, header: entry.header, body: body, position: position))
            }
            return try withdrawal(of: found, erasure, by: 0)
        case .release(let sequence, let author):
            return try decideRelease(sequence, of: author)
        case .lapse(let user, let group):
            return try decideLapse(of: user, in: group)
        }
    }

    private mutating func decideRelease(_ sequence: SequenceNumber, of author: UserNumber) throws -> Decision {
        guard try written.scheduled(sequence, of: author) != nil,
            let position = try position(of: sequence, in: .personal(author)),
            case .scheduled(let body, let conversation, _) = try written.entry(at: position)?.event
        else { return Decision(unchanged: .engine, author: 0) }
        do {
            try requireStillAllowed(body, in: conversation, by: author)
        } catch let error as IMError where !error.isStorage {
            return try end(sequence, .refused(UInt32(error.code.number)), of: author)
        }
        let sent = try head(of: conversation).sequence + 1
        let ended = try end(sequence, .sent(sent), of: author)
        var decision = Decision(author: author, .message(body), in: conversation)
        if let note = ended.main { decision.others = [note] }
        (decision.erased, decision.erasure) = (ended.erased, ended.erasure)
        return decision
    }

    /// Judges a scheduled message as if it were sent now.
    private mutating func requireStillAllowed(
        _ body: MessageBody, in conversation: ConversationNumber, by author: UserNumber
    ) throws {
        guard try standing(of: author)?.status == .active else {
            throw IMError(.userSuspended, "the author may not act")
        }
        if conversation.kind == .direct {
            let (low, high) = conversation.directUsers
            guard try standing(of: low == author ? high : low)?.status ?? .deleted != .deleted else {
                throw IMError(.unknownUser, "the user has been deleted")
            }
        }
        try requireMaySend(in: conversation, by: author)
        try requireMayUpload(body.content, by: author)
        try requireMayMention(all: body.extras?.mentionsAll == true, in: conversation, by: author)
        try askMaySend(body.content, to: conversation, by: author)
    }
}

extension State {
    mutating func decideSend(
        _ message: NewMessage, to target: Target, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        guard author != 0 else { throw IMError(.malformedArgument, "a message needs a sender") }
        let conversation: ConversationNumber
        switch target.value {
        case .user(let id):
            conversation = .direct(author, try existingUser(id))
        case .group(let id):
            guard let number = try groupNumber(id), try membership(of: author, in: number)?.isMember == true,
                let group = try group(number)
            else { throw IMError(.notFound, "there is no group \(id)") }
            if group.isDissolved { throw IMError(.notAllowed, "group \(id) has been dissolved") }
            conversation = number
        }
        // An answer names a place. A newcomer may answer what it has not seen itself: that gives nothing away.
        let replyTo = message.replyTo
        if replyTo != 0, try head(of: conversation).sequence < replyTo {
            throw IMError(.notFound, "there is no entry \(replyTo) to answer")
        }
        let body = MessageBody(message.content, replyTo: replyTo)
        return Decision(author: author, device: device, .message(body), in: conversation)
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
            return Decision(unchanged: .personal(user), author: author)
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
            if case .message = try written.entry(at: position)?.event { decision.erased.append(position) }
        }
        return decision
    }
}

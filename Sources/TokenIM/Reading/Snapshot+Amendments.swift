import TokenIMLMDB

/// A user's reaction to a message.
public struct Reaction: Hashable, Sendable {
    public let user: UserID
    public let reaction: String
}

/// A message that waits to be sent.
public struct ScheduledMessage: Hashable, Sendable {
    /// Of its entry in its author's personal conversation: what cancels it.
    public let sequence: SequenceNumber
    /// Where it will go.
    public let conversation: Conversation
    public let message: Message
    public let scheduledFor: Timestamp
}

extension Snapshot {
    /// Messages of a page as they are by now, to one who reads them; to one who is no member any more, as they were
    /// when it left, without reactions and pins, of which only the present state is kept. What has been erased is gone
    /// for all.
    func present(_ entries: [Entry], of number: ConversationNumber, to viewer: UserNumber) throws -> [Entry] {
        let hasAmendments = try written.transaction.count(written.tables.amendments) > 0
        let hasPins = try written.transaction.count(written.tables.pins) > 0
        guard hasAmendments || hasPins else { return entries }
        let departure = try departure(of: viewer, from: number)
        let pins = hasPins && departure == nil ? Set(try written.pins(of: number)) : []
        return try entries.map { entry in
            guard entry.kind == .message, let message = entry.message else { return entry }
            var amendment = hasAmendments ? try written.amendment(of: entry.sequence, in: number) : nil
            if let departure { amendment?.restrict(to: departure) }
            if amendment?.isEmpty == true { amendment = nil }
            let isPinned = pins.contains(entry.sequence)
            guard amendment != nil || isPinned else { return entry }
            return entry.with(
                try present(message, amendment ?? AmendmentRecord(), isPinned: isPinned) { reaction in
                    try written.hasReaction(reaction, to: entry.sequence, of: number, by: viewer)
                })
        }
    }

    private func present(
        _ message: Message, _ amendment: AmendmentRecord, isPinned: Bool, isMine: (String) throws -> Bool
    ) throws -> Message {
        let reactions = try amendment.reactions.map {
            ReactionCount(reaction: $0.reaction, count: Int(clamping: $0.count), isMine: try isMine($0.reaction))
        }
        var (content, mentions, mentionsAll) = (message.content, message.mentions, message.mentionsAll)
        var editedAt: Timestamp?
        if let edit = amendment.edits.last, let entry = try written.entry(at: edit),
            case .edited(_, let body) = entry.event
        {
            let edited = try self.message(body, by: message.sender, at: entry.header.timestamp)
            (content, mentions, mentionsAll) = (edited.content, edited.mentions, edited.mentionsAll)
            editedAt = entry.header.timestamp
        }
        return Message(
            sender: message.sender, content: content, replyTo: message.replyTo,
            extras: Message.Extras(
                mentions: mentions, mentionsAll: mentionsAll, origin: message.origin, options: message.options,
                expiresAt: message.expiresAt, editedAt: editedAt, reactions: reactions, isPinned: isPinned))
    }

    /// Where the last entry stands that one sees who has been a member of a group; nil for whoever still sees all.
    func departure(of user: UserNumber, from conversation: ConversationNumber) throws -> Position? {
        guard conversation.kind == .group, let through = try written.membership(of: user, in: conversation)?.lastSeen
        else { return nil }
        return try position(of: through, in: conversation)
    }

    /// How many messages that counted have been withdrawn above a sequence.
    func withdrawnCount(of conversation: ConversationNumber, above sequence: SequenceNumber) throws -> UInt64 {
        try written.withdrawnCount(of: conversation, above: sequence)
    }

    /// Who reacted to a message how, in the order in which they became users, after one of them. The plain members of a
    /// channel see their own; who is no member any more, none.
    ///
    /// - Throws: `not-found` when the user may not see the message; `request-too-large`.
    public func reactions(
        to sequence: SequenceNumber, in conversation: Conversation, for user: UserID, after last: UserID? = nil,
        limit: Int? = nil
    ) throws(IMError) -> [Reaction] {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping { () throws -> [Reaction] in
            let number = try visibleMessage(sequence, in: conversation, for: user)
            let viewer = try userNumber(user)
            let areOthersHidden = try areMembersHidden(in: number, from: viewer)
            var reactions: [Reaction] = []
            if try departure(of: viewer, from: number) != nil { return reactions }
            try written.forEachReaction(
                to: sequence, of: number, after: try last.map { try userNumber($0) } ?? 0
            ) { user, reaction in
                if areOthersHidden, user != viewer { return true }
                // All of one user's reactions lie on one page, so that the next can go on after that user.
                let id = try userID(user)
                if reactions.count >= limit, reactions.last?.user != id { return false }
                reactions.append(Reaction(user: id, reaction: reaction))
                return true
            }
            return reactions
        }
    }

    /// The pinned messages of a conversation in their present state, in order of their sequences; none for one who is
    /// no member any more.
    ///
    /// - Throws: `not-found` when the user may see nothing of it.
    public func pinned(in conversation: Conversation, for user: UserID) throws(IMError) -> [Entry] {
        try IMError.mapping { () throws -> [Entry] in
            let notFound = IMError(.notFound, "there is no conversation \(conversation)")
            let (number, viewer) = (try number(of: conversation), try userNumber(user))
            let last = try head(of: number).sequence
            guard last > 0, var sight = try sight(of: number, by: viewer, through: last) else { throw notFound }
            if try departure(of: viewer, from: number) != nil { return [] }
            let pins = try written.pins(of: number).filter { try sight.sees($0, self) }
            let entries = try pins.map { try entry($0, of: number, conversation, for: viewer) }
            return try present(entries, of: number, to: viewer)
        }
    }

    /// The messages that a user has scheduled and that wait, in the order in which they were asked for.
    public func scheduled(
        by user: UserID, after sequence: SequenceNumber = 0, limit: Int? = nil
    ) throws(IMError) -> [ScheduledMessage] {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping { () throws -> [ScheduledMessage] in
            let author = try userNumber(user)
            var found: [ScheduledMessage] = []
            try written.forEachScheduled(by: author, after: sequence) { sequence, moment in
                guard let position = try position(of: sequence, in: .personal(author)),
                    case .scheduled(let body, let number, _) = try written.entry(at: position)?.event
                else { throw IMError(.corrupt, "the scheduled message at \(sequence) is not there") }
                found.append(
                    ScheduledMessage(
                        sequence: sequence, conversation: try self.conversation(number),
                        message: try message(body, by: user, at: moment), scheduledFor: moment))
                return found.count < limit
            }
            return found
        }
    }

    /// The number of a conversation, when a user may see this message of it.
    func visibleMessage(
        _ sequence: SequenceNumber, in conversation: Conversation, for user: UserID
    ) throws -> ConversationNumber {
        let (number, viewer) = (try number(of: conversation), try userNumber(user))
        let last = try head(of: number).sequence
        guard sequence > 0, let visibility = try visibility(of: number, to: viewer, through: last),
            visibility.sees(sequence), let position = try position(of: sequence, in: number),
            case .message = try written.entry(at: position)?.event
        else { throw IMError(.notFound, "there is no message \(sequence) in \(conversation) for this user") }
        return number
    }
}

extension Entry {
    /// The same entry with its message in another state.
    func with(_ message: Message) -> Entry {
        Entry(
            position: position, conversation: conversation, sequence: sequence, timestamp: timestamp, author: author,
            kind: kind, message: message, details: details)
    }
}

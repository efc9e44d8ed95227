extension Snapshot {
    /// What became of a user's inbox since a position.
    ///
    /// - Parameter position: ``InboxChanges/position`` of the last answer; 0 for the whole inbox. A list that was read
    ///   before is continued from the ``head`` that there was then.
    /// - Throws: `unknown-user`; `malformed-argument` for a position above the head; `malformed-argument`,
    ///   `request-too-large` for the limit.
    /// - Cost: one row for each conversation of the user and for each entry of its personal conversation since then, of
    ///   which one call looks at `Limits.pageSize`; a few for each item.
    public func inboxChanges(
        of user: UserID, since position: Position, limit: Int? = nil
    ) throws(IMError) -> InboxChanges {
        let limit = try limits.page(limit, default: 100)
        guard position <= head else {
            throw IMError(.malformedArgument, "\(position) lies above the head, \(head)")
        }
        return try IMError.mapping {
            let user = try userNumber(user)
            let (news, bound) = try personalNews(of: user, since: position)
            var changed = try conversations(of: user, since: position, news, through: bound)
            changed.sort { $0.position < $1.position }
            let isCut = changed.count > limit
            if isCut { changed.removeLast(changed.count - limit) }
            var rows: [InboxRow] = []
            var gone: [Conversation] = []
            for conversation in changed {
                if conversation.isGone {
                    gone.append(try self.conversation(conversation.number))
                } else if let row = try inboxRow(conversation.number, of: user) {
                    rows.append(row)
                }
            }
            let end = isCut ? changed.last?.position ?? bound : bound
            return InboxChanges(
                items: try items(Array(rows.indices), of: rows, user), gone: gone, position: end,
                isComplete: !isCut && bound == head)
        }
    }

    private typealias Changed = (number: ConversationNumber, position: Position, isGone: Bool)

    /// The conversations of a user whose last change lies above a position and not above another.
    ///
    /// Those that changed later are found by who asks from there. No two of them changed last at the same position: an
    /// entry belongs to one conversation and is about one.
    private func conversations(
        of user: UserNumber, since position: Position, _ news: [ConversationNumber: Position], through bound: Position
    ) throws -> [Changed] {
        var changed: [Changed] = []
        func look(_ number: ConversationNumber) throws {
            let last = max(try head(of: number).lastPosition, news[number] ?? 0)
            if last > position, last <= bound { changed.append((number, last, false)) }
        }
        for number in try chats(of: user) { try look(number) }
        try written.forEachGroup(of: user) { number, leftAt in
            if let leftAt {
                if leftAt > position, leftAt <= bound { changed.append((number, leftAt, true)) }
            } else {
                try look(number)
            }
            return true
        }
        return changed
    }

    /// Which conversations the personal one tells something about above a position, and where last; and how far it has
    /// been looked through.
    private func personalNews(
        of user: UserNumber, since position: Position
    ) throws -> ([ConversationNumber: Position], through: Position) {
        let personal = ConversationNumber.personal(user)
        var news: [ConversationNumber: Position] = [:]
        let last = try head(of: personal)
        guard last.lastPosition > position else { return (news, head) }
        let first = try firstSequence(above: position, in: personal)
        let end = min(last.sequence, first + UInt64(limits.pageSize) - 1)
        var sequence = first
        var bound = head
        var reader = try EntryReader(written)
        while sequence <= end {
            let positions = try positions(from: sequence, in: personal, limit: Int(end - sequence) + 1)
            guard let newest = positions.last else {
                throw IMError(.corrupt, "conversation \(personal.rawValue) has no position for \(sequence)")
            }
            for position in positions {
                if let subject = try reader.entry(at: position).event.inboxSubject { news[subject] = position }
            }
            sequence += UInt64(positions.count)
            bound = newest
        }
        return (news, end == last.sequence ? head : bound)
    }
}

extension Event {
    /// The conversation whose place in its user's inbox an entry of a personal conversation changes.
    fileprivate var inboxSubject: ConversationNumber? {
        switch self {
        case .readMarkerMoved(let subject, _, _), .removedFromGroup(let subject): subject
        case .setting(let change): change.conversation
        default: nil
        }
    }
}

/// A stretch of a conversation.
public struct HistoryPage: Sendable {
    /// In order of their sequences.
    public let entries: [Entry]
    /// Whether nothing lies beyond this page in the direction that was asked for.
    public let isComplete: Bool
}

extension Snapshot {
    /// The entries of a conversation before a sequence (the newest when nil), or after one, as a user sees them:
    /// messages in their present state.
    ///
    /// - Throws: `not-found` when the user may see nothing of it; `malformed-argument`, `request-too-large` for the
    /// limit.
    /// - Cost: one row an entry, and one for every 64; also for those that the user has deleted for itself.
    public func history(
        of conversation: Conversation, for user: UserID, before: SequenceNumber? = nil, after: SequenceNumber? = nil,
        limit: Int? = nil
    ) throws(IMError) -> HistoryPage {
        let limit = try limits.page(limit, default: 50)
        if before != nil, after != nil { throw IMError(.malformedArgument, "before and after exclude each other") }
        return try IMError.mapping { () throws -> HistoryPage in
            let notFound = IMError(.notFound, "there is no conversation \(conversation)")
            let number = try number(of: conversation)
            let last = try head(of: number).sequence
            let viewer = try userNumber(user)
            guard last > 0, let sight = try sight(of: number, by: viewer, through: last) else { throw notFound }
            if let after { return try page(of: number, conversation, sight, viewer, after: after, limit: limit) }
            return try page(of: number, conversation, sight, viewer, before: before ?? last + 1, limit: limit)
        }
    }

    private func page(
        of number: ConversationNumber, _ conversation: Conversation, _ sight: Sight, _ viewer: UserNumber,
        after: SequenceNumber, limit: Int
    ) throws -> HistoryPage {
        let visibility = sight.visibility
        var deletions = sight.deletions
        var entries: [Entry] = []
        var next = after == .max ? nil : visibility.first(from: max(after, visibility.trimmedThrough) + 1)
        while let sequence = next {
            if try deletions?.contain(sequence, self) != true {
                if entries.count == limit { break }
                entries.append(try entry(sequence, of: number, conversation, for: viewer))
            }
            next = sequence == .max ? nil : visibility.first(from: sequence + 1)
        }
        return HistoryPage(
            entries: try present(entries, of: number, to: viewer), isComplete: next == nil)
    }

    private func page(
        of number: ConversationNumber, _ conversation: Conversation, _ sight: Sight, _ viewer: UserNumber,
        before: SequenceNumber, limit: Int
    ) throws -> HistoryPage {
        let visibility = sight.visibility
        var deletions = sight.deletions
        var entries: [Entry] = []
        var next = before == 0 ? nil : visibility.last(through: before - 1)
        while let sequence = next, sequence > visibility.trimmedThrough {
            if try deletions?.contain(sequence, self) != true {
                if entries.count == limit { break }
                entries.append(try entry(sequence, of: number, conversation, for: viewer))
            }
            next = sequence == 1 ? nil : visibility.last(through: sequence - 1)
        }
        entries.reverse()
        return HistoryPage(
            entries: try present(entries, of: number, to: viewer),
            isComplete: (next ?? 0) <= visibility.trimmedThrough)
    }

    func entry(
        _ sequence: SequenceNumber, of number: ConversationNumber, _ conversation: Conversation,
        for viewer: UserNumber
    ) throws -> Entry {
        guard let position = try position(of: sequence, in: number), let found = try written.entry(at: position) else {
            throw IMError(.corrupt, "\(conversation) has no entry \(sequence)")
        }
        return try entry(found, in: conversation, for: viewer)
    }
}

extension Limits {
    /// The rows of a page: what was asked for, or the default as far as the limit allows.
    func page(_ asked: Int?, default standard: Int) throws(IMError) -> Int {
        guard let limit = asked else { return min(standard, pageSize) }
        guard limit > 0 else { throw IMError(.malformedArgument, "a limit of \(limit); at least 1") }
        guard limit <= pageSize else {
            throw IMError(.requestTooLarge, "a limit of \(limit); at most \(pageSize) in one call")
        }
        return limit
    }
}

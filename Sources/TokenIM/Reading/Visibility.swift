/// Which stretches of a conversation somebody may see.
struct Visibility {
    /// In order, disjoint; each from … through.
    var windows: [ClosedRange<SequenceNumber>]
    /// The entries up to here have been trimmed.
    var trimmedThrough: SequenceNumber = 0

    func sees(_ sequence: SequenceNumber) -> Bool {
        windows.contains { $0.contains(sequence) }
    }

    /// The first sequence at or above one that is seen.
    func first(from sequence: SequenceNumber) -> SequenceNumber? {
        windows.first { $0.upperBound >= sequence }.map { max($0.lowerBound, sequence) }
    }

    /// The last sequence at or below one that is seen.
    func last(through sequence: SequenceNumber) -> SequenceNumber? {
        windows.last { $0.lowerBound <= sequence }.map { min($0.upperBound, sequence) }
    }

    /// Leaves out what the user has cleared.
    mutating func clear(through sequence: SequenceNumber) {
        if sequence == 0 { return }
        windows = windows.compactMap { window in
            window.upperBound > sequence ? max(window.lowerBound, sequence + 1)...window.upperBound : nil
        }
    }
}

extension Snapshot {
    /// How far a user has cleared a conversation for itself.
    func clearedThrough(of conversation: ConversationNumber, by user: UserNumber) throws -> SequenceNumber {
        try written.setting(of: user, in: conversation)?.cleared.sequence ?? 0
    }

    /// What a user may see of a conversation; nil when nothing at all, which looks like a conversation that is not
    /// there.
    func visibility(
        of conversation: ConversationNumber, to user: UserNumber, through last: SequenceNumber
    ) throws -> Visibility? {
        var visibility = Visibility(windows: last == 0 ? [] : [1...last])
        switch conversation.kind {
        case .engine: return nil
        case .personal: if conversation.personalUser != user { return nil }
        case .direct: if conversation.side(of: user) == nil { return nil }
        case .group:
            guard let membership = try written.membership(of: user, in: conversation) else { return nil }
            visibility.windows = membership.windows.compactMap { window in
                let end = min(window.through ?? last, last)
                return window.from <= end ? window.from...end : nil
            }
        }
        visibility.trimmedThrough = try written.trim(of: conversation)?.through ?? 0
        return visibility
    }
}

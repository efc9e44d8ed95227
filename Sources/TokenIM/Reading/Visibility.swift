/// Which stretches of a conversation somebody may see.
struct Visibility {
    /// What somebody wants to see them for. They differ for newcomers who see what was before.
    enum Purpose {
        /// To be shown when asked for.
        case history
        /// To be handed over, and to count as unread.
        case delivery
    }

    /// In order, disjoint; each from … through.
    var windows: [ClosedRange<SequenceNumber>]
    /// The entries up to here have been trimmed.
    var trimmedThrough: SequenceNumber = 0

    func sees(_ sequence: SequenceNumber) -> Bool {
        windows.contains { $0.contains(sequence) }
    }

    /// The first sequence at or above one that is seen.
    func first(from sequence: SequenceNumber) -> SequenceNumber? {
        for window in windows where window.upperBound >= sequence { return max(window.lowerBound, sequence) }
        return nil
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

/// What a user sees of a conversation when it looks at it: what it may see, without what it has put out of its sight.
struct Sight {
    var visibility: Visibility
    /// What the user has deleted for itself, if anything.
    var deletions: Deletions?

    mutating func sees(_ sequence: SequenceNumber, _ snapshot: borrowing Snapshot) throws -> Bool {
        guard visibility.sees(sequence) else { return false }
        return try deletions?.contain(sequence, snapshot) != true
    }
}

extension Snapshot {
    /// What a user sees of a conversation; nil when it may see nothing at all.
    func sight(
        of conversation: ConversationNumber, by user: UserNumber, through last: SequenceNumber
    ) throws -> Sight? {
        guard var visibility = try visibility(of: conversation, to: user, through: last) else { return nil }
        guard let setting = try written.setting(of: user, in: conversation) else {
            return Sight(visibility: visibility)
        }
        visibility.clear(through: setting.cleared.sequence)
        let hasDeletions = setting.deletedCount > 0
        return Sight(
            visibility: visibility, deletions: hasDeletions ? Deletions(of: user, in: conversation) : nil)
    }

    /// How far a user has cleared a conversation for itself.
    func clearedThrough(of conversation: ConversationNumber, by user: UserNumber) throws -> SequenceNumber {
        try written.setting(of: user, in: conversation)?.cleared.sequence ?? 0
    }

    /// What a user may see of a conversation; nil when nothing at all, which looks like a conversation that is not
    /// there.
    func visibility(
        of conversation: ConversationNumber, to user: UserNumber, through last: SequenceNumber,
        for purpose: Visibility.Purpose = .history
    ) throws -> Visibility? {
        var visibility = Visibility(windows: last == 0 ? [] : [1...last])
        switch conversation.kind {
        case .engine: return nil
        case .personal: if conversation.personalUser != user { return nil }
        case .direct: if conversation.side(of: user) == nil { return nil }
        case .group:
            guard let membership = try written.membership(of: user, in: conversation) else { return nil }
            visibility.windows = membership.stretches(through: last, for: purpose)
        }
        visibility.trimmedThrough = try written.trim(of: conversation)?.through ?? 0
        return visibility
    }
}

extension MembershipRecord {
    /// What it may see of the entries up to one, in order and disjoint.
    fileprivate func stretches(
        through last: SequenceNumber, for purpose: Visibility.Purpose
    ) -> [ClosedRange<SequenceNumber>] {
        var stretches: [ClosedRange<SequenceNumber>] = []
        // From the last on: its history may reach into those before it.
        for window in windows.reversed() {
            let begin = purpose == .history ? window.historyFrom : window.from
            let end = min(window.through ?? last, last)
            guard begin <= end else { continue }
            if let later = stretches.last, later.lowerBound <= end + 1 {
                stretches[stretches.count - 1] = min(begin, later.lowerBound)...later.upperBound
            } else {
                stretches.append(begin...end)
            }
        }
        return stretches.reversed()
    }
}

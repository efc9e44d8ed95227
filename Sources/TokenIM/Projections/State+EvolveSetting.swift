import TokenIMLMDB

extension State {
    mutating func evolve(
        _ change: SettingChange, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {
        let (user, conversation) = (entry.header.conversation.personalUser, change.conversation)
        var record = try written.setting(of: user, in: conversation) ?? SettingRecord()
        switch change {
        case .set(_, let setting):
            let draft = record.setting.draft
            record.setting = setting
            record.setting.draft = draft
            record.hiddenAt = setting.isHidden ? entry.position : 0
            record.markedAt = setting.isMarkedUnread ? try marker(of: user, in: conversation).sequence : 0
        case .drafted(_, let draft):
            record.setting.draft = draft
            record.draftedAt = draft == nil ? 0 : entry.position
        case .cleared(_, let through, let counted):
            record.cleared = Marker(sequence: through, counted: counted)
            if record.deletedCount > 0 {
                record.deletedCount -= try forgetDeletions(of: user, in: conversation, through: through, transaction)
            }
        case .deleted(_, let withdrawals):
            try evolveDeletion(withdrawals, of: user, in: conversation, transaction)
            record.deletedCount += UInt64(withdrawals.count)
        }
        try put(record, of: user, in: conversation, transaction)
    }

    /// Takes a draft out of the setting when its entry is erased: the journal does not have it any more.
    func evolveErased(
        _ change: SettingChange, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {
        let (user, conversation) = (entry.header.conversation.personalUser, change.conversation)
        guard var record = try written.setting(of: user, in: conversation), record.draftedAt == entry.position else {
            return
        }
        record.setting.draft = nil
        record.draftedAt = 0
        try put(record, of: user, in: conversation, transaction)
    }

    private func put(
        _ record: SettingRecord, of user: UserNumber, in conversation: ConversationNumber,
        _ transaction: borrowing WriteTransaction
    ) throws {
        let key = RowKey(user, conversation)
        if record == SettingRecord() {
            _ = try key.withBytes { try transaction.delete(written.tables.settings, key: $0) }
        } else {
            try record.put(written.tables.settings, key, transaction)
        }
    }

    private func evolveDeletion(
        _ withdrawals: [Withdrawal], of user: UserNumber, in conversation: ConversationNumber,
        _ transaction: borrowing WriteTransaction
    ) throws {
        var rest = withdrawals[...]
        while let first = rest.first {
            let block = TimelineBlock.index(of: first.sequence)
            var record = try written.deletions(of: user, in: conversation, block: block) ?? DeletionRecord()
            while let next = rest.first, TimelineBlock.index(of: next.sequence) == block {
                let bit = DeletionRecord.bit(of: next.sequence)
                record.deleted |= bit
                if next.wasCounted { record.counted |= bit }
                rest = rest.dropFirst()
            }
            let key = RowKey(UInt64(user), conversation.rawValue, block)
            try record.put(written.tables.hidden, key, transaction)
        }
    }

    /// Drops what was deleted one by one among what has now been cleared. Returns how many entries that were.
    private func forgetDeletions(
        of user: UserNumber, in conversation: ConversationNumber, through sequence: SequenceNumber,
        _ transaction: borrowing WriteTransaction
    ) throws -> UInt64 {
        var count: UInt64 = 0
        var changed: [(block: UInt64, record: DeletionRecord)] = []
        let last = TimelineBlock.index(of: sequence)
        try written.forEachDeletion(of: user, in: conversation) { block, record in
            guard block <= last else { return false }
            let mask = DeletionRecord.bits(of: block, through: sequence)
            var left = record
            left.deleted &= ~mask
            left.counted &= ~mask
            count += UInt64((record.deleted & mask).nonzeroBitCount)
            changed.append((block, left))
            return true
        }
        for (block, record) in changed {
            let key = RowKey(UInt64(user), conversation.rawValue, block)
            if record.deleted == 0 {
                _ = try key.withBytes { try transaction.delete(written.tables.hidden, key: $0) }
            } else {
                try record.put(written.tables.hidden, key, transaction)
            }
        }
        return count
    }
}

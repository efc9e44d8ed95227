import TokenIMLMDB

extension State {
    /// What a message brings with it beside its content. Called for those only that have any of it.
    mutating func evolve(
        _ extras: MessageBody.Extras, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {
        let (conversation, sequence) = (entry.header.conversation, entry.header.sequence)
        if extras.isCounted {
            for user in Self.mentioned(by: extras) {
                try putNothing(written.tables.mentions, Self.mention(of: user, conversation, sequence), transaction)
            }
        }
        if let after = extras.expiresAfter {
            let moment = entry.header.timestamp.advanced(microseconds: after)
            try setAlarm(.expire, at: moment, conversation, sequence, transaction)
        }
        if let after = extras.burnsAfter {
            let record = BurningRecord(author: entry.header.author, after: after)
            try record.put(written.tables.burning, RowKey(conversation.rawValue, sequence), transaction)
            hasBurning = true
        }
    }

    /// Who finds a message among its mentions; 0 stands for everybody.
    private static func mentioned(by extras: MessageBody.Extras) -> [UserNumber] {
        extras.mentionsAll ? [0] : extras.mentions
    }

    private static func mention(
        of user: UserNumber, _ conversation: ConversationNumber, _ sequence: SequenceNumber
    ) -> RowKey {
        RowKey(UInt64(user), conversation.rawValue, sequence)
    }

    /// Starts the clock of messages that burn after reading. Called for what a user has read, by its marker or by
    /// sending something itself.
    mutating func evolveReading(
        _ conversation: ConversationNumber, through sequence: SequenceNumber, by reader: UserNumber,
        at moment: Timestamp, _ transaction: borrowing WriteTransaction
    ) throws {
        guard conversation.kind == .direct, try isAnythingBurning() else { return }
        var read: [(SequenceNumber, BurningRecord)] = []
        try written.forEachBurning(in: conversation) { found, record in
            if found <= sequence, record.author != reader, record.moment == nil { read.append((found, record)) }
            return found < sequence
        }
        for (sequence, var record) in read {
            let end = moment.advanced(microseconds: record.after)
            record.moment = end
            try record.put(written.tables.burning, RowKey(conversation.rawValue, sequence), transaction)
            try setAlarm(.burn, at: end, conversation, sequence, transaction)
        }
    }

    private mutating func isAnythingBurning() throws -> Bool {
        if let hasBurning { return hasBurning }
        let found = try written.transaction.count(written.tables.burning) > 0
        hasBurning = found
        return found
    }

    /// Drops what was derived from the content of an entry that is about to be erased: recomputing it from the journal
    /// would not bring it back either.
    mutating func evolveErased(_ entry: JournalEntry, _ transaction: borrowing WriteTransaction) throws {
        if case .setting(let change) = entry.event { return try evolveErased(change, entry, transaction) }
        let (conversation, sequence) = (entry.header.conversation, entry.header.sequence)
        if case .edited(let target, _) = entry.event {
            try changeAmendment(of: target, in: conversation, transaction) { record in
                record.edits.removeAll { $0 == entry.position }
            }
        }
        guard case .message(let body) = entry.event, let extras = body.extras else { return }
        for user in Self.mentioned(by: extras) {
            try delete(written.tables.mentions, Self.mention(of: user, conversation, sequence), transaction)
        }
        if let after = extras.expiresAfter {
            let moment = entry.header.timestamp.advanced(microseconds: after)
            try dropAlarm(at: moment, conversation, sequence, transaction)
        }
        if extras.burnsAfter != nil {
            if let moment = try written.burning(sequence, in: conversation)?.moment {
                try dropAlarm(at: moment, conversation, sequence, transaction)
            }
            try delete(written.tables.burning, RowKey(conversation.rawValue, sequence), transaction)
        }
    }

    mutating func evolveAmendment(_ entry: JournalEntry, _ transaction: borrowing WriteTransaction) throws {
        let conversation = entry.header.conversation
        switch entry.event {
        case .edited(let target, _):
            try changeAmendment(of: target, in: conversation, transaction) { $0.edits.append(entry.position) }
        case .withdrawn(let withdrawals, _):
            for withdrawal in withdrawals {
                try evolve(withdrawal, in: conversation, transaction)
            }
        case .reactionChanged(let target, let reaction, let isOn):
            try ReactionKey.withBytes(conversation, target, entry.header.author, reaction) { key in
                if isOn {
                    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
                    _ = try transaction.put(written.tables.reactions, key: key, value: nothing)
                } else {
                    _ = try transaction.delete(written.tables.reactions, key: key)
                }
            }
            try changeAmendment(of: target, in: conversation, transaction) { $0.count(reaction, isOn: isOn) }
        case .pinChanged(let target, let isOn):
            let key = RowKey(conversation.rawValue, target)
            if isOn {
                try key.withBytes { try put(entry.position, written.tables.pins, $0, transaction) }
            } else {
                try delete(written.tables.pins, key, transaction)
            }
        case .scheduled(_, _, let moment):
            let user = entry.header.author
            try RowKey(UInt64(user), entry.header.sequence).withBytes { key in
                let value = UInt64(bitPattern: moment.microseconds)
                try put(value, written.tables.scheduled, key, transaction)
            }
            try setAlarm(.release, at: moment, conversation, entry.header.sequence, transaction)
        case .scheduleEnded(let sequence, _):
            let user = conversation.personalUser
            guard let moment = try written.scheduled(sequence, of: user) else { return }
            try delete(written.tables.scheduled, RowKey(UInt64(user), sequence), transaction)
            try dropAlarm(at: moment, conversation, sequence, transaction)
        default: break
        }
    }

    private mutating func evolve(
        _ withdrawal: Withdrawal, in conversation: ConversationNumber, _ transaction: borrowing WriteTransaction
    ) throws {
        let sequence = withdrawal.sequence
        try delete(written.tables.amendments, RowKey(conversation.rawValue, sequence), transaction)
        try delete(written.tables.pins, RowKey(conversation.rawValue, sequence), transaction)
        guard withdrawal.wasCounted else { return }
        for level: UInt64 in 0...2 {
            try WithdrawnKey.row(conversation, level, sequence).withBytes { key in
                var word: UInt64 = 0
                if let bytes = try written.transaction.get(written.tables.withdrawn, key: key) {
                    var reader = ByteReader(bytes)
                    word = try reader.uint64()
                }
                word = level == 0 ? word | 1 << (sequence & 63) : word + 1
                try put(word, written.tables.withdrawn, key, transaction)
            }
        }
    }

    /// Forgets what became of messages that have been trimmed.
    func evolveTrimmed(
        _ conversation: ConversationNumber, from first: SequenceNumber, through last: SequenceNumber,
        _ transaction: borrowing WriteTransaction
    ) throws {
        for table in [written.tables.amendments, written.tables.pins] {
            if try written.transaction.count(table) == 0 { continue }
            var found: [SequenceNumber] = []
            do {
                var cursor = try written.transaction.cursor(table)
                var row = try RowKey(conversation.rawValue, first).withBytes { try cursor.seek($0) }
                while let (key, _) = row, RowKey.word(0, of: key) == conversation.rawValue,
                    RowKey.word(1, of: key) <= last
                {
                    found.append(RowKey.word(1, of: key))
                    row = try cursor.next()
                }
            }
            for sequence in found { try delete(table, RowKey(conversation.rawValue, sequence), transaction) }
        }
    }

    private func changeAmendment(
        of sequence: SequenceNumber, in conversation: ConversationNumber, _ transaction: borrowing WriteTransaction,
        _ change: (inout AmendmentRecord) -> Void
    ) throws {
        var record = try written.amendment(of: sequence, in: conversation) ?? AmendmentRecord()
        change(&record)
        let key = RowKey(conversation.rawValue, sequence)
        if record.isEmpty {
            try delete(written.tables.amendments, key, transaction)
        } else {
            try record.put(written.tables.amendments, key, transaction)
        }
    }

    // MARK: Alarms

    mutating func setAlarm(
        _ kind: AlarmKind, at moment: Timestamp, _ conversation: ConversationNumber, _ sequence: SequenceNumber,
        _ transaction: borrowing WriteTransaction
    ) throws {
        try AlarmKey.row(moment, conversation, sequence).withBytes { key in
            try withUnsafeBytes(of: kind.rawValue) {
                _ = try transaction.put(written.tables.alarms, key: key, value: $0)
            }
        }
        areAlarmsChanged = true
    }

    mutating func dropAlarm(
        at moment: Timestamp, _ conversation: ConversationNumber, _ sequence: SequenceNumber,
        _ transaction: borrowing WriteTransaction
    ) throws {
        try delete(written.tables.alarms, AlarmKey.row(moment, conversation, sequence), transaction)
        areAlarmsChanged = true
    }

    // MARK: Rows

    private func putNothing(_ table: Table, _ key: RowKey, _ transaction: borrowing WriteTransaction) throws {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        try key.withBytes { _ = try transaction.put(table, key: $0, value: nothing) }
    }

    func delete(_ table: Table, _ key: RowKey, _ transaction: borrowing WriteTransaction) throws {
        try key.withBytes { _ = try transaction.delete(table, key: $0) }
    }
}

extension Timestamp {
    /// As ``advanced(by:)``, for what is stored as microseconds.
    func advanced(microseconds: UInt64) -> Timestamp {
        advanced(by: .microseconds(Int64(clamping: microseconds)))
    }
}

import TokenIMLMDB

/// What became of messages.
extension WrittenView {
    /// What became of a message beside being withdrawn; nil when nothing did.
    func amendment(of sequence: SequenceNumber, in conversation: ConversationNumber) throws -> AmendmentRecord? {
        try RowKey(conversation.rawValue, sequence).withBytes { key in
            try transaction.get(tables.amendments, key: key).map { try AmendmentRecord($0) }
        }
    }

    /// Whether anything has become of any message that is still there.
    func hasAmendments() throws -> Bool {
        try transaction.count(tables.amendments) > 0 || transaction.count(tables.pins) > 0
    }

    /// Whether a message has been edited, reacted to or pinned.
    func isAmended(_ sequence: SequenceNumber, in conversation: ConversationNumber) throws -> Bool {
        try RowKey(conversation.rawValue, sequence).withBytes { key in
            try transaction.get(tables.amendments, key: key) != nil || transaction.get(tables.pins, key: key) != nil
        }
    }

    func hasReaction(
        _ reaction: String, to sequence: SequenceNumber, of conversation: ConversationNumber, by user: UserNumber
    ) throws -> Bool {
        try ReactionKey.withBytes(conversation, sequence, user, reaction) { key in
            try transaction.get(tables.reactions, key: key) != nil
        }
    }

    /// The reactions to a message, in order of the users' numbers, after a user. `body` returns false to stop.
    func forEachReaction(
        to sequence: SequenceNumber, of conversation: ConversationNumber, after user: UserNumber = 0,
        _ body: (UserNumber, String) throws -> Bool
    ) throws {
        var cursor = try transaction.cursor(tables.reactions)
        var row = try RowKey(conversation.rawValue, sequence, UInt64(user) + 1).withBytes { try cursor.seek($0) }
        while let (key, _) = row, RowKey.word(0, of: key) == conversation.rawValue, RowKey.word(1, of: key) == sequence
        {
            let user = UserNumber(truncatingIfNeeded: RowKey.word(2, of: key))
            guard try body(user, ReactionKey.reaction(of: key)) else { return }
            row = try cursor.next()
        }
    }

    /// The pinned messages of a conversation, in order of their sequences; at most `Limits.pinsPerConversation`.
    func pins(of conversation: ConversationNumber) throws -> [SequenceNumber] {
        var pins: [SequenceNumber] = []
        var cursor = try transaction.cursor(tables.pins)
        var row = try RowKey(conversation.rawValue, 0).withBytes { try cursor.seek($0) }
        while let (key, _) = row, RowKey.word(0, of: key) == conversation.rawValue {
            pins.append(RowKey.word(1, of: key))
            row = try cursor.next()
        }
        return pins
    }

    /// How many messages that counted have been withdrawn above a sequence.
    func withdrawnCount(
        of conversation: ConversationNumber, above sequence: SequenceNumber
    ) throws -> UInt64 {
        if try transaction.count(tables.withdrawn) == 0 { return 0 }
        var cursor = try transaction.cursor(tables.withdrawn)
        let block = sequence >> WithdrawnKey.bits
        var count: UInt64 = 0
        let group = block / 64 + 1
        try WithdrawnKey.forEach(conversation, 0, block..<group * 64, &cursor) { index, mask in
            let above = index > block ? mask : mask & ~(UInt64.max >> (63 - sequence % 64))
            count += UInt64(above.nonzeroBitCount)
        }
        let wide = (group + 63) / 64
        try WithdrawnKey.forEach(conversation, 1, group..<wide * 64, &cursor) { count += $1 }
        try WithdrawnKey.forEach(conversation, 2, wide..<WithdrawnKey.end, &cursor) { count += $1 }
        return count
    }

    /// Whether a message that counted has been withdrawn.
    func isWithdrawn(_ sequence: SequenceNumber, in conversation: ConversationNumber) throws -> Bool {
        try WithdrawnKey.row(conversation, 0, sequence).withBytes { key in
            guard let bytes = try transaction.get(tables.withdrawn, key: key) else { return false }
            var reader = ByteReader(bytes)
            return try reader.uint64() & 1 << (sequence & 63) != 0
        }
    }

    // MARK: What waits

    func burning(_ sequence: SequenceNumber, in conversation: ConversationNumber) throws -> BurningRecord? {
        try RowKey(conversation.rawValue, sequence).withBytes { key in
            try transaction.get(tables.burning, key: key).map { try BurningRecord($0) }
        }
    }

    /// The messages of a direct conversation that wait to be read and burned, or burn, in order of their sequences.
    func forEachBurning(
        in conversation: ConversationNumber, _ body: (SequenceNumber, BurningRecord) throws -> Bool
    ) throws {
        if try transaction.count(tables.burning) == 0 { return }
        var cursor = try transaction.cursor(tables.burning)
        var row = try RowKey(conversation.rawValue, 0).withBytes { try cursor.seek($0) }
        while let (key, value) = row, RowKey.word(0, of: key) == conversation.rawValue {
            guard try body(RowKey.word(1, of: key), try BurningRecord(value)) else { return }
            row = try cursor.next()
        }
    }

    /// The messages that a user has scheduled, by their entries in its personal conversation. `body` returns false to
    /// stop.
    func forEachScheduled(
        by user: UserNumber, after sequence: SequenceNumber = 0, _ body: (SequenceNumber, Timestamp) throws -> Bool
    ) throws {
        var cursor = try transaction.cursor(tables.scheduled)
        if sequence == .max { return }
        var row = try RowKey(UInt64(user), sequence + 1).withBytes { try cursor.seek($0) }
        while let (key, value) = row, RowKey.word(0, of: key) == UInt64(user) {
            var reader = ByteReader(value)
            guard try body(RowKey.word(1, of: key), try reader.timestamp()) else { return }
            row = try cursor.next()
        }
    }

    func scheduled(_ sequence: SequenceNumber, of user: UserNumber) throws -> Timestamp? {
        try RowKey(UInt64(user), sequence).withBytes { key in
            guard let bytes = try transaction.get(tables.scheduled, key: key) else { return nil }
            var reader = ByteReader(bytes)
            return try reader.timestamp()
        }
    }

    /// The first moment at which something is to happen.
    func nextAlarm() throws -> Timestamp? {
        try transaction.first(tables.alarms).map { AlarmKey.moment(of: $0.key) }
    }

    /// What is to happen up to a moment, in order of the moments. `body` returns false to stop.
    func forEachAlarm(
        through moment: Timestamp, _ body: (ConversationNumber, SequenceNumber, AlarmKind) throws -> Bool
    ) throws {
        var cursor = try transaction.cursor(tables.alarms)
        var row = try cursor.first()
        while let (key, value) = row, AlarmKey.moment(of: key) <= moment {
            var reader = ByteReader(value)
            let raw = try reader.uint8()
            guard let kind = AlarmKind(rawValue: raw) else {
                throw IMError(.unreadableStore, "an alarm of unknown kind \(raw)")
            }
            let conversation = ConversationNumber(rawValue: RowKey.word(1, of: key))
            guard try body(conversation, RowKey.word(2, of: key), kind) else { return }
            row = try cursor.next()
        }
    }
}

/// What is to happen at an alarm. Stored.
enum AlarmKind: UInt8 {
    case expire = 1
    case burn = 2
    case release = 3
    /// The user of a personal conversation did not answer, or was not answered; the group in the place of a sequence.
    case lapse = 4
}

/// moment, conversation, sequence
enum AlarmKey {
    // Moments before 1970 sort before the others with their sign bit turned.
    private static let sign: UInt64 = 1 << 63

    static func row(_ moment: Timestamp, _ conversation: ConversationNumber, _ sequence: SequenceNumber) -> RowKey {
        RowKey(UInt64(bitPattern: moment.microseconds) ^ sign, conversation.rawValue, sequence)
    }

    static func moment(of key: UnsafeRawBufferPointer) -> Timestamp {
        Timestamp(microseconds: Int64(bitPattern: RowKey.word(0, of: key) ^ sign))
    }
}

/// conversation, sequence, user, the reaction's bytes
enum ReactionKey {
    static func withBytes<Result>(
        _ conversation: ConversationNumber, _ sequence: SequenceNumber, _ user: UserNumber, _ reaction: String,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24 + reaction.utf8.count)
        for word in [conversation.rawValue, sequence, UInt64(user)] {
            withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
        }
        bytes.append(contentsOf: reaction.utf8)
        return try bytes.withUnsafeBytes(body)
    }

    static func reaction(of key: UnsafeRawBufferPointer) -> String {
        String(decoding: key.dropFirst(24), as: UTF8.self)
    }
}

/// conversation, level and block. On level 0 a row is the mask of 64 sequences; above, the count of 64 rows below.
///
/// So what lies above a sequence is counted in at most 64 steps on each of the two lower levels and one for every
/// quarter million sequences, however many were withdrawn.
enum WithdrawnKey {
    static let bits: UInt64 = 6
    private static let levelShift: UInt64 = 56
    /// Beyond every block of a level.
    static let end: UInt64 = 1 << levelShift

    static func row(_ conversation: ConversationNumber, _ level: UInt64, _ sequence: SequenceNumber) -> RowKey {
        RowKey(conversation.rawValue, level << levelShift | sequence >> (bits * (level + 1)))
    }

    static func forEach(
        _ conversation: ConversationNumber, _ level: UInt64, _ blocks: Range<UInt64>, _ cursor: inout Cursor,
        _ body: (UInt64, UInt64) -> Void
    ) throws {
        var row = try RowKey(conversation.rawValue, level << levelShift | blocks.lowerBound).withBytes {
            try cursor.seek($0)
        }
        while let (key, value) = row, RowKey.word(0, of: key) == conversation.rawValue {
            let word = RowKey.word(1, of: key)
            let index = word & (end - 1)
            guard word >> levelShift == level, index < blocks.upperBound else { return }
            var reader = ByteReader(value)
            body(index, try reader.uint64())
            row = try cursor.next()
        }
    }
}

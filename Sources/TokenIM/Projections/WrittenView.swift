import TokenIMLMDB

/// What the journal and the tables written with it say, at one transaction.
///
/// Not copyable, so that it cannot outlive the snapshot or the batch that it belongs to.
struct WrittenView: ~Copyable {
    let tables: JournalTables
    let transaction: TransactionView

    /// The position of the newest entry; 0 when there is none.
    func lastPosition() throws -> Position {
        try transaction.last(tables.journal).map { RowKey.word(0, of: $0.key) } ?? 0
    }

    func entry(at position: Position) throws -> JournalEntry? {
        try RowKey(position).withBytes { key in
            try transaction.get(tables.journal, key: key).map { try EntryCoding.decode(position, $0) }
        }
    }

    /// The entries above a position, in order. `body` returns false to stop.
    func forEachEntry(above position: Position, _ body: (JournalEntry) throws -> Bool) throws {
        var cursor = try transaction.cursor(tables.journal)
        var row = try RowKey(position + 1).withBytes { try cursor.seek($0) }
        while let (key, value) = row {
            guard try body(try EntryCoding.decode(RowKey.word(0, of: key), value)) else { return }
            row = try cursor.next()
        }
    }

    func record<Value: Record>(_ table: Table, _ key: RowKey) throws -> Value? {
        try key.withBytes { key in try transaction.get(table, key: key).map { try Value($0) } }
    }

    private func number(_ table: Table, named name: String) throws -> UInt64? {
        var copy = name
        return try copy.withUTF8 { bytes in
            try transaction.get(table, key: UnsafeRawBufferPointer(bytes)).map { try Self.number($0) }
        }
    }

    private static func number(_ bytes: UnsafeRawBufferPointer) throws -> UInt64 {
        var reader = ByteReader(bytes)
        return try reader.uint64()
    }

    // MARK: Users

    func user(_ number: UserNumber) throws -> UserRecord? {
        try record(tables.users, RowKey(UInt64(number)))
    }

    func userNumber(_ id: UserID) throws -> UserNumber? {
        try number(tables.userNumbers, named: id.rawValue).map { UserNumber(truncatingIfNeeded: $0) }
    }

    func lastUserNumber() throws -> UserNumber {
        try transaction.last(tables.users).map { UserNumber(truncatingIfNeeded: RowKey.word(0, of: $0.key)) } ?? 0
    }

    /// User numbers in the order of their names' bytes, after a name. `body` returns false to stop.
    func forEachUser(after id: UserID?, _ body: (UserNumber) throws -> Bool) throws {
        var cursor = try transaction.cursor(tables.userNumbers)
        var row: (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)?
        if let id {
            // The smallest name that is greater: the same bytes and a zero, which no name holds.
            let successor = Array(id.rawValue.utf8) + [0]
            row = try successor.withUnsafeBytes { try cursor.seek($0) }
        } else {
            row = try cursor.first()
        }
        while let (_, value) = row {
            guard try body(UserNumber(truncatingIfNeeded: try Self.number(value))) else { return }
            row = try cursor.next()
        }
    }

    // MARK: Devices

    func device(_ number: DeviceNumber) throws -> DeviceRecord? {
        try record(tables.devices, RowKey(UInt64(number)))
    }

    func lastDeviceNumber() throws -> DeviceNumber {
        try transaction.last(tables.devices).map { DeviceNumber(truncatingIfNeeded: RowKey.word(0, of: $0.key)) } ?? 0
    }

    func deviceNumber(_ id: DeviceID, of user: UserNumber) throws -> DeviceNumber? {
        try NamedKey.withBytes(UInt64(user), id.rawValue) { key in
            try transaction.get(tables.deviceNumbers, key: key).map {
                DeviceNumber(truncatingIfNeeded: try Self.number($0))
            }
        }
    }

    /// The devices of a user, in order of their names.
    func devices(of user: UserNumber) throws -> [DeviceNumber] {
        var numbers: [DeviceNumber] = []
        var cursor = try transaction.cursor(tables.deviceNumbers)
        var row = try RowKey(UInt64(user)).withBytes { try cursor.seek($0) }
        while let (key, value) = row, RowKey.word(0, of: key) == UInt64(user) {
            numbers.append(DeviceNumber(truncatingIfNeeded: try Self.number(value)))
            row = try cursor.next()
        }
        return numbers
    }

    // MARK: Groups

    func group(_ number: ConversationNumber) throws -> GroupRecord? {
        try record(tables.groups, RowKey(number))
    }

    func groupNumber(_ id: GroupID) throws -> ConversationNumber? {
        try number(tables.groupNumbers, named: id.rawValue).map { ConversationNumber(rawValue: $0) }
    }

    func nextGroupNumber() throws -> ConversationNumber {
        let last = try transaction.last(tables.groups).map { RowKey.word(0, of: $0.key) }
        return last.map { ConversationNumber(rawValue: $0 + 1) } ?? .group(1)
    }

    func membership(of user: UserNumber, in group: ConversationNumber) throws -> MembershipRecord? {
        try record(tables.members, RowKey(group, user))
    }

    /// The members of a group and those who were, in order of their numbers, after a user. `body` returns false to
    /// stop.
    func forEachMembership(
        in group: ConversationNumber, after user: UserNumber = 0,
        _ body: (UserNumber, MembershipRecord) throws -> Bool
    ) throws {
        var cursor = try transaction.cursor(tables.members)
        var row = try RowKey(group.rawValue, UInt64(user) + 1).withBytes { try cursor.seek($0) }
        while let (key, value) = row, RowKey.word(0, of: key) == group.rawValue {
            let number = UserNumber(truncatingIfNeeded: RowKey.word(1, of: key))
            guard try body(number, try MembershipRecord(value)) else { return }
            row = try cursor.next()
        }
    }

    /// The groups of a user and those that it left (with the position where it did), in order of their numbers, above
    /// one. `body` returns false to stop.
    func forEachGroup(
        of user: UserNumber, after conversation: ConversationNumber = .engine,
        _ body: (ConversationNumber, _ leftAt: Position?) throws -> Bool
    ) throws {
        var cursor = try transaction.cursor(tables.memberships)
        var row = try RowKey(UInt64(user), conversation.rawValue + 1).withBytes { try cursor.seek($0) }
        while let (key, value) = row, RowKey.word(0, of: key) == UInt64(user) {
            let leftAt = try Self.number(value)
            guard try body(ConversationNumber(rawValue: RowKey.word(1, of: key)), leftAt == 0 ? nil : leftAt) else {
                return
            }
            row = try cursor.next()
        }
    }

    // MARK: The rest

    func trim(of conversation: ConversationNumber) throws -> TrimRecord? {
        try record(tables.trims, RowKey(conversation))
    }

    func consumer(_ id: ConsumerID) throws -> Position? {
        try number(tables.consumers, named: id.rawValue)
    }

    /// The entries that a consumer gave back, in order of their positions. `body` returns false to stop.
    func forEachConsumerEntry(of id: ConsumerID, _ body: (Position, ConsumerEntryRecord) throws -> Bool) throws {
        let prefix = NamedKey.bytes(id.rawValue)
        var cursor = try transaction.cursor(tables.consumerEntries)
        var row = try prefix.withUnsafeBytes { try cursor.seek($0) }
        while let (key, value) = row, key.starts(with: prefix), key.count == prefix.count + 8 {
            let position = UInt64(bigEndian: key.loadUnaligned(fromByteOffset: prefix.count, as: UInt64.self))
            guard try body(position, try ConsumerEntryRecord(value)) else { return }
            row = try cursor.next()
        }
    }
}

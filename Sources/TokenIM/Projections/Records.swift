import TokenIMLMDB

/// A row's value: hand-packed, first byte its version.
protocol Record {
    static var version: UInt8 { get }
    func encode(into writer: inout ByteWriter)
    init(reading reader: inout ByteReader) throws
}

extension Record {
    static var version: UInt8 { 1 }

    init(_ bytes: UnsafeRawBufferPointer) throws {
        var reader = ByteReader(bytes)
        let version = try reader.uint8()
        guard version == Self.version else {
            throw IMError(.unreadableStore, "\(Self.self) of version \(version); this engine reads \(Self.version)")
        }
        self = try Self(reading: &reader)
        try reader.finish()
    }

    func put(_ table: Table, _ key: RowKey, _ transaction: borrowing WriteTransaction) throws {
        var writer = ByteWriter(capacity: 128)
        writer.uint8(Self.version)
        encode(into: &writer)
        try key.withBytes { key in _ = try transaction.put(table, key: key, value: writer.bytes) }
    }
}

struct UserRecord: Record, Equatable {
    var id: UserID
    var profile: Profile
    var status: User.Status
    var createdAt: Timestamp
    /// Where the first device of the user starts.
    var createdPosition: Position
    var permissions = Permissions.all
    var presence = PresenceSetting()
    /// How many users are in its address book, and how many it blocks.
    var contactCount: UInt64 = 0
    var blockCount: UInt64 = 0
    /// How far what it wrote has been erased, after it was deleted.
    var erased: ErasurePlace?

    var user: User {
        User(id: id, profile: profile, status: status, permissions: permissions, createdAt: createdAt)
    }

    var standing: Standing {
        Standing(status: status, permissions: permissions, blocksAnybody: blockCount > 0)
    }

    init(id: UserID, profile: Profile, createdAt: Timestamp, createdPosition: Position) {
        self.id = id
        self.profile = profile
        self.status = .active
        self.createdAt = createdAt
        self.createdPosition = createdPosition
    }

    init(reading reader: inout ByteReader) throws {
        id = UserID(trusted: try reader.string())
        profile = try EventCoding.decodeProfile(&reader)
        status = User.Status(rawValue: try reader.uint8())
        createdAt = try reader.timestamp()
        createdPosition = try reader.varint()
        permissions = try Permissions(reading: &reader)
        presence = try PresenceSetting(reading: &reader)
        contactCount = try reader.varint()
        blockCount = try reader.varint()
        if try reader.flag() { erased = try ErasurePlace(reading: &reader) }
    }

    func encode(into writer: inout ByteWriter) {
        writer.string(id.rawValue)
        EventCoding.encode(profile, into: &writer)
        writer.uint8(status.rawValue)
        writer.timestamp(createdAt)
        writer.varint(createdPosition)
        permissions.encode(into: &writer)
        presence.encode(into: &writer)
        writer.varint(contactCount)
        writer.varint(blockCount)
        writer.uint8(erased == nil ? 0 : 1)
        erased?.encode(into: &writer)
    }
}

/// All that a send has to know of a user.
struct Standing {
    var status: User.Status
    var permissions: Permissions
    var blocksAnybody: Bool
}

/// What one user has with another: that it is in the address book, or that it is blocked.
struct RelationRecord: Record, Equatable {
    enum Kind: UInt64 {
        case contact = 1
        case block = 2
    }

    var since: Timestamp
    var alias: String?

    init(since: Timestamp, alias: String? = nil) {
        self.since = since
        self.alias = alias
    }

    init(reading reader: inout ByteReader) throws {
        since = try reader.timestamp()
        alias = try reader.optionalString()
    }

    func encode(into writer: inout ByteWriter) {
        writer.timestamp(since)
        writer.optionalString(alias)
    }
}

struct DeviceRecord: Record, Equatable {
    var user: UserNumber
    var id: DeviceID
    /// Where it began: what lies before was never delivered to it.
    var start: Position
    var details = DeviceDetails()
    /// Kept then too: its number is never given again.
    var isRemoved = false

    init(user: UserNumber, id: DeviceID, start: Position) {
        self.user = user
        self.id = id
        self.start = start
    }

    init(reading reader: inout ByteReader) throws {
        user = try reader.number()
        id = DeviceID(trusted: try reader.string())
        start = try reader.varint()
        details = try DeviceDetails(reading: &reader)
        isRemoved = try reader.flag()
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(user))
        writer.string(id.rawValue)
        writer.varint(start)
        details.encode(into: &writer)
        writer.uint8(isRemoved ? 1 : 0)
    }
}

/// How far somebody has read, and how many messages lie up to there.
struct Marker: Record, Equatable {
    var sequence: SequenceNumber
    var counted: UInt64

    static let none = Marker(sequence: 0, counted: 0)

    init(sequence: SequenceNumber, counted: UInt64) {
        self.sequence = sequence
        self.counted = counted
    }

    init(reading reader: inout ByteReader) throws {
        sequence = try reader.varint()
        counted = try reader.varint()
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(sequence)
        writer.varint(counted)
    }

    /// Markers never go back.
    func advanced(to other: Marker) -> Marker {
        other.sequence > sequence ? other : self
    }
}

/// The trimmed beginning of a conversation.
struct TrimRecord: Record, Equatable {
    /// The entries up to here are gone.
    var through: SequenceNumber
    /// How many of them were messages.
    var counted: UInt64

    init(through: SequenceNumber, counted: UInt64) {
        self.through = through
        self.counted = counted
    }

    init(reading reader: inout ByteReader) throws {
        through = try reader.varint()
        counted = try reader.varint()
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(through)
        writer.varint(counted)
    }
}

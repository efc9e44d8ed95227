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

    var user: User { User(id: id, profile: profile, status: status, createdAt: createdAt) }

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
    }

    func encode(into writer: inout ByteWriter) {
        writer.string(id.rawValue)
        EventCoding.encode(profile, into: &writer)
        writer.uint8(status.rawValue)
        writer.timestamp(createdAt)
        writer.varint(createdPosition)
    }
}

struct DeviceRecord: Record, Equatable {
    var user: UserNumber
    var id: DeviceID
    /// Where it began: what lies before was never delivered to it.
    var start: Position

    init(user: UserNumber, id: DeviceID, start: Position) {
        self.user = user
        self.id = id
        self.start = start
    }

    init(reading reader: inout ByteReader) throws {
        user = try reader.number()
        id = DeviceID(trusted: try reader.string())
        start = try reader.varint()
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(user))
        writer.string(id.rawValue)
        writer.varint(start)
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

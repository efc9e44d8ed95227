import TokenIMLMDB

/// Where a conversation stands.
struct ConversationHead: Equatable {
    /// The newest entry.
    var sequence: SequenceNumber = 0
    /// How many entries up to there count as messages.
    var counted: UInt64 = 0
    /// Where the newest entry stands in the journal.
    var lastPosition: Position = 0
    /// The newest entry that counts as a message, and where it stands; 0 when there is none.
    var lastMessage: SequenceNumber = 0
    var lastMessagePosition: Position = 0
    /// How many messages that counted have been withdrawn.
    var withdrawn: UInt64 = 0
    /// How far the two users of a direct conversation have read. Kept here because a send moves the sender's.
    var low = Marker.none
    var high = Marker.none

    func marker(_ side: DirectSide) -> Marker {
        side == .low ? low : high
    }
}

/// Up to 64 consecutive sequences of a conversation: their positions, and which of them count as messages.
struct TimelineBlock: Equatable {
    static let size: UInt64 = 64

    /// Which block a sequence is in.
    static func index(of sequence: SequenceNumber) -> UInt64 {
        (sequence - 1) / size
    }

    /// How many entries before this block count as messages.
    var countedBefore: UInt64 = 0
    /// Bit n says that the nth entry of the block counts as a message.
    var countedMask: UInt64 = 0
    var positions: [Position] = []

    var isFull: Bool { positions.count == Int(Self.size) }

    /// How many entries of the conversation count as messages, up to and including the nth of this block.
    func counted(through index: Int) -> UInt64 {
        let mask: UInt64 = index >= 63 ? .max : (1 << UInt64(index + 1)) - 1
        return countedBefore + UInt64((countedMask & mask).nonzeroBitCount)
    }

    mutating func append(_ position: Position, isCounted: Bool) {
        if isCounted { countedMask |= 1 << UInt64(positions.count) }
        positions.append(position)
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(countedBefore)
        writer.uint64(countedMask)
        writer.uint8(UInt8(positions.count))
        var previous: Position = 0
        for position in positions {
            writer.varint(position - previous)
            previous = position
        }
    }

    init() {}

    init(reading reader: inout ByteReader) throws {
        countedBefore = try reader.varint()
        countedMask = try reader.uint64()
        let count = Int(try reader.uint8())
        guard count <= Int(Self.size) else { throw IMError(.corrupt, "a timeline block of \(count)") }
        positions.reserveCapacity(Int(Self.size))
        var previous: Position = 0
        for _ in 0..<count {
            let (position, overflow) = previous.addingReportingOverflow(try reader.varint())
            if overflow { throw IMError(.corrupt, "a position beyond 64 bits in a timeline block") }
            positions.append(position)
            previous = position
        }
    }
}

extension TimelineBlock: Record {}

/// The one row that a fold writes for a conversation, however many entries it got.
struct ConversationRow: Record, Equatable {
    var head = ConversationHead()
    /// The block of the newest entry; empty when that filled its block.
    var newest = TimelineBlock()

    init() {}

    init(reading reader: inout ByteReader) throws {
        head = try Self.readHead(&reader)
        newest = try TimelineBlock(reading: &reader)
    }

    /// Reads no further than the head, which is all that most need.
    static func head(of bytes: UnsafeRawBufferPointer) throws -> ConversationHead {
        var reader = ByteReader(bytes)
        let version = try reader.uint8()
        guard version == Self.version else {
            throw IMError(.unreadableStore, "conversation row of version \(version)")
        }
        return try readHead(&reader)
    }

    private static func readHead(_ reader: inout ByteReader) throws -> ConversationHead {
        var head = ConversationHead()
        head.sequence = try reader.varint()
        head.counted = try reader.varint()
        head.lastPosition = try reader.varint()
        head.lastMessage = try reader.varint()
        head.lastMessagePosition = try reader.varint()
        head.withdrawn = try reader.varint()
        head.low = try Marker(reading: &reader)
        head.high = try Marker(reading: &reader)
        return head
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(head.sequence)
        writer.varint(head.counted)
        writer.varint(head.lastPosition)
        writer.varint(head.lastMessage)
        writer.varint(head.lastMessagePosition)
        writer.varint(head.withdrawn)
        head.low.encode(into: &writer)
        head.high.encode(into: &writer)
        newest.encode(into: &writer)
    }
}

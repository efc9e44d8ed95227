import TokenIMLMDB

/// The layout of a journal row. Version 1:
///
///     version 1 | kind 1 | flags 1 | timestamp 8 | conversation 8 | sequence varint
///     [author varint] [device varint] [key: length, bytes; digest 8] | event
///
/// Flags say which of the bracketed parts are there.
enum EntryCoding {
    static let version: UInt8 = 1

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let author = Flags(rawValue: 1)
        static let device = Flags(rawValue: 2)
        static let request = Flags(rawValue: 4)
        static let all: Flags = [.author, .device, .request]
    }

    static func encode(_ header: EntryHeader, _ event: Event, into writer: inout ByteWriter) {
        var flags: Flags = []
        if header.author != 0 { flags.insert(.author) }
        if header.device != 0 { flags.insert(.device) }
        if header.request != nil { flags.insert(.request) }
        writer.uint8(version)
        writer.uint8(EventCoding.kind(of: event).rawValue)
        writer.uint8(flags.rawValue)
        writer.uint64(UInt64(bitPattern: header.timestamp.microseconds))
        writer.uint64(header.conversation.rawValue)
        writer.varint(header.sequence)
        if flags.contains(.author) { writer.varint(UInt64(header.author)) }
        if flags.contains(.device) { writer.varint(UInt64(header.device)) }
        if let request = header.request {
            writer.string(request.key.rawValue)
            writer.uint64(request.digest)
        }
        EventCoding.encode(event, into: &writer)
    }

    static func decode(_ position: Position, _ bytes: UnsafeRawBufferPointer) throws -> JournalEntry {
        var reader = ByteReader(bytes)
        let (kind, header) = try decodeHeader(&reader)
        let event = try EventCoding.decode(kind, &reader)
        try reader.finish()
        return JournalEntry(position: position, header: header, event: event)
    }

    /// Without the request, which those who get the entry are not told.
    static func decodeForDelivery(_ position: Position, _ bytes: UnsafeRawBufferPointer) throws -> JournalEntry {
        var reader = ByteReader(bytes)
        let (kind, header) = try decodeHeader(&reader, keepsRequest: false)
        let event = try EventCoding.decode(kind, &reader)
        try reader.finish()
        return JournalEntry(position: position, header: header, event: event)
    }

    static func decodeHeader(
        _ reader: inout ByteReader, keepsRequest: Bool = true
    ) throws -> (EventCoding.Kind, EntryHeader) {
        let version = try reader.uint8()
        guard version == Self.version else {
            throw IMError(.unreadableStore, "journal row of version \(version); this engine reads \(Self.version)")
        }
        let rawKind = try reader.uint8()
        guard let kind = EventCoding.Kind(rawValue: rawKind) else {
            throw IMError(.unreadableStore, "journal row of unknown kind \(rawKind)")
        }
        let flags = Flags(rawValue: try reader.uint8())
        guard flags.isSubset(of: .all) else {
            throw IMError(.unreadableStore, "journal row with unknown flags \(flags.rawValue)")
        }
        var header = EntryHeader(
            timestamp: Timestamp(microseconds: Int64(bitPattern: try reader.uint64())),
            conversation: ConversationNumber(rawValue: try reader.uint64()),
            sequence: try reader.varint(), author: 0, device: 0, request: nil)
        if flags.contains(.author) { header.author = try reader.number() }
        if flags.contains(.device) { header.device = try reader.number() }
        if flags.contains(.request), !keepsRequest {
            _ = try reader.lengthPrefixed()
            _ = try reader.uint64()
        } else if flags.contains(.request) {
            let key = IdempotencyKey(trusted: try reader.string())
            header.request = EntryHeader.Request(key: key, digest: try reader.uint64())
        }
        guard flags.contains(.author) == (header.author != 0), flags.contains(.device) == (header.device != 0) else {
            throw IMError(.corrupt, "an author or a device that is none")
        }
        return (kind, header)
    }
}

extension ByteReader {
    /// A varint that must fit 32 bits.
    mutating func number() throws -> UInt32 {
        let wide = try varint()
        guard let narrow = UInt32(exactly: wide) else {
            throw IMError(.corrupt, "a number of \(wide) where at most 32 bits are allowed")
        }
        return narrow
    }

    mutating func numbers() throws -> [UInt32] {
        let count = try varint()
        guard count <= UInt64(remaining) else {
            throw IMError(.corrupt, "a list of \(count) in \(remaining) bytes")
        }
        var numbers: [UInt32] = []
        numbers.reserveCapacity(Int(count))
        for _ in 0..<count { numbers.append(try number()) }
        return numbers
    }

    mutating func timestamp() throws -> Timestamp {
        Timestamp(microseconds: Int64(bitPattern: try uint64()))
    }

    /// A byte that is 0 or 1.
    mutating func flag() throws -> Bool {
        let byte = try uint8()
        guard byte < 2 else { throw IMError(.corrupt, "\(byte) where 0 or 1 is expected") }
        return byte == 1
    }
}

extension ByteWriter {
    mutating func numbers(_ numbers: [UInt32]) {
        varint(UInt64(numbers.count))
        for number in numbers { varint(UInt64(number)) }
    }

    mutating func timestamp(_ timestamp: Timestamp) {
        uint64(UInt64(bitPattern: timestamp.microseconds))
    }
}

import TokenIMLMDB

/// A request to join a group, or an invitation to it, that waits for its answer.
struct RequestRecord: Record, Equatable {
    var isInvitation: Bool
    /// The one who asks or invites; 0 for the host.
    var author: UserNumber
    var text: String
    var timestamp: Timestamp
    /// From then on it is as if it were not there.
    var until: Timestamp

    init(isInvitation: Bool, author: UserNumber, text: String, timestamp: Timestamp, until: Timestamp) {
        self.isInvitation = isInvitation
        self.author = author
        self.text = text
        self.timestamp = timestamp
        self.until = until
    }

    init(reading reader: inout ByteReader) throws {
        isInvitation = try reader.flag()
        author = try reader.number()
        text = try reader.string()
        timestamp = try reader.timestamp()
        until = try reader.timestamp()
    }

    func encode(into writer: inout ByteWriter) {
        writer.uint8(isInvitation ? 1 : 0)
        writer.varint(UInt64(author))
        writer.string(text)
        writer.timestamp(timestamp)
        writer.timestamp(until)
    }
}

/// Somebody who may not become a member of a group.
struct BanRecord: Record, Equatable {
    /// Who banned it; 0 for the host.
    var author: UserNumber
    var timestamp: Timestamp

    init(author: UserNumber, timestamp: Timestamp) {
        self.author = author
        self.timestamp = timestamp
    }

    init(reading reader: inout ByteReader) throws {
        author = try reader.number()
        timestamp = try reader.timestamp()
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(author))
        writer.timestamp(timestamp)
    }
}

/// What a group tells all of its members at present.
struct AnnouncementRecord: Record, Equatable {
    var text: String
    /// 0 for the host.
    var author: UserNumber
    var timestamp: Timestamp

    init(text: String, author: UserNumber, timestamp: Timestamp) {
        self.text = text
        self.author = author
        self.timestamp = timestamp
    }

    init(reading reader: inout ByteReader) throws {
        text = try reader.string()
        author = try reader.number()
        timestamp = try reader.timestamp()
    }

    func encode(into writer: inout ByteWriter) {
        writer.string(text)
        writer.varint(UInt64(author))
        writer.timestamp(timestamp)
    }
}

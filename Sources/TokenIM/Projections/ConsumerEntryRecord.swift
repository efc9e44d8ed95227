import TokenIMLMDB

/// An entry that a consumer gave back: parked until a moment, or buried among the dead letters.
struct ConsumerEntryRecord: Record, Equatable {
    var isBuried: Bool
    /// How often it has been given out.
    var deliveries: UInt64
    var notBefore: Timestamp

    init(isBuried: Bool, deliveries: UInt64, notBefore: Timestamp) {
        self.isBuried = isBuried
        self.deliveries = deliveries
        self.notBefore = notBefore
    }

    init(reading reader: inout ByteReader) throws {
        isBuried = try reader.flag()
        deliveries = try reader.varint()
        notBefore = try reader.timestamp()
    }

    func encode(into writer: inout ByteWriter) {
        writer.uint8(isBuried ? 1 : 0)
        writer.varint(deliveries)
        writer.timestamp(notBefore)
    }
}

import TokenIMLMDB

/// Which of 64 consecutive entries a user has deleted for itself.
struct DeletionRecord: Record, Equatable {
    /// Bit n says so of the nth entry of the block.
    var deleted: UInt64 = 0
    /// Those of them that count as messages.
    var counted: UInt64 = 0

    init() {}

    static func bit(of sequence: SequenceNumber) -> UInt64 {
        1 << ((sequence - 1) % TimelineBlock.size)
    }

    /// The bits of a block's entries up to and including a sequence.
    static func bits(of block: UInt64, through sequence: SequenceNumber) -> UInt64 {
        let count = sequence - min(sequence, block * TimelineBlock.size)
        return count >= TimelineBlock.size ? .max : (1 << count) - 1
    }

    /// The sequences that a mask of a block stands for, in order.
    static func sequences(of block: UInt64, _ mask: UInt64) -> [SequenceNumber] {
        var sequences: [SequenceNumber] = []
        var rest = mask
        while rest != 0 {
            sequences.append(block * TimelineBlock.size + UInt64(rest.trailingZeroBitCount) + 1)
            rest &= rest - 1
        }
        return sequences
    }

    init(reading reader: inout ByteReader) throws {
        deleted = try reader.uint64()
        counted = try reader.uint64()
    }

    func encode(into writer: inout ByteWriter) {
        writer.uint64(deleted)
        writer.uint64(counted)
    }
}

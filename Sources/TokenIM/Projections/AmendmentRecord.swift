import TokenIMLMDB

/// What became of a message that is still there.
struct AmendmentRecord: Record, Equatable {
    /// The entries that gave it another content, the newest last.
    var edits: [Position] = []
    /// How often each reaction was given, in the order in which they were given first.
    var reactions: [Reaction] = []

    struct Reaction: Equatable {
        var reaction: String
        var count: UInt64
    }

    var isEmpty: Bool { edits.isEmpty && reactions.isEmpty }

    init() {}

    /// Leaves what was so at a position, as far as that is known.
    mutating func restrict(to position: Position) {
        edits.removeAll { $0 > position }
        reactions = []
    }

    /// Adds one to a reaction, or takes one away.
    mutating func count(_ reaction: String, isOn: Bool) {
        guard let index = reactions.firstIndex(where: { $0.reaction.utf8.elementsEqual(reaction.utf8) }) else {
            if isOn { reactions.append(Reaction(reaction: reaction, count: 1)) }
            return
        }
        reactions[index].count = isOn ? reactions[index].count + 1 : reactions[index].count - 1
        if reactions[index].count == 0 { reactions.remove(at: index) }
    }

    init(reading reader: inout ByteReader) throws {
        var previous: Position = 0
        for _ in 0..<(try reader.varint()) {
            let (position, overflow) = previous.addingReportingOverflow(try reader.varint())
            if overflow { throw IMError(.corrupt, "an edit beyond 64 bits") }
            edits.append(position)
            previous = position
        }
        for _ in 0..<(try reader.varint()) {
            let reaction = try reader.string()
            reactions.append(Reaction(reaction: reaction, count: try reader.varint()))
        }
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(edits.count))
        var previous: Position = 0
        for edit in edits {
            writer.varint(edit - previous)
            previous = edit
        }
        writer.varint(UInt64(reactions.count))
        for reaction in reactions {
            writer.string(reaction.reaction)
            writer.varint(reaction.count)
        }
    }
}

/// A message that is erased some time after the other has read it.
struct BurningRecord: Record, Equatable {
    var author: UserNumber
    /// In microseconds.
    var after: UInt64
    /// When, once it has been read.
    var moment: Timestamp?

    init(author: UserNumber, after: UInt64) {
        self.author = author
        self.after = after
    }

    init(reading reader: inout ByteReader) throws {
        author = try reader.number()
        after = try reader.varint()
        if try reader.uint8() != 0 { moment = try reader.timestamp() }
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(author))
        writer.varint(after)
        writer.uint8(moment == nil ? 0 : 1)
        if let moment { writer.timestamp(moment) }
    }
}

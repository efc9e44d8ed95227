import TokenIMLMDB

/// Writes a working set into the trees, in key order: a conversation's row once, however many entries it got.
struct Fold {
    let tables: FoldedTables
    private var writer = ScratchWriter()

    init(_ tables: FoldedTables) {
        self.tables = tables
    }

    /// Writes everything, and the checkpoint with it.
    func write(_ set: WorkingSet, _ transaction: borrowing WriteTransaction) throws {
        // The order is sorted rather than the cells: moving a cell would retain and release what it holds each time.
        let order = set.cells.indices.map { (set.cells[$0].number, $0) }.sorted { $0.0 < $1.0 }
        try set.cells.withUnsafeBufferPointer { cells in
            for (_, index) in order { try write(cells[index], from: set.first, transaction) }
        }
        for (key, versions) in set.markers.sorted(by: { $0.key < $1.key }) {
            guard let marker = versions.last?.value else { continue }
            try put(marker, tables.markers, RowKey(key.conversation, key.user), transaction)
        }
        for (device, versions) in set.cursors.sorted(by: { $0.key < $1.key }) {
            guard let position = versions.last?.value else { continue }
            if position > 0 {
                try put(position, tables.cursors, RowKey(UInt64(device)), transaction)
            } else {
                _ = try RowKey(UInt64(device)).withBytes { try transaction.delete(tables.cursors, key: $0) }
            }
        }
        for (user, versions) in set.chats.sorted(by: { $0.key < $1.key }) {
            for number in versions.map(\.value).sorted() {
                try RowKey(user, number).withBytes { key in
                    _ = try transaction.put(tables.chats, key: key, value: UnsafeRawBufferPointer(start: nil, count: 0))
                }
            }
        }
        try writeRun(of: set, transaction)
        try put(set.last, tables.checkpoint, RowKey(0), transaction)
    }

    private func write(
        _ cell: borrowing ConversationCell, from first: Position, _ transaction: borrowing WriteTransaction
    ) throws {
        let folded = FoldedView(tables: tables, transaction: transaction.view)
        var row = try folded.row(of: cell.number) ?? ConversationRow()
        guard row.head.sequence == cell.base.sequence else {
            throw IMError(.broken, "conversation \(cell.number.rawValue) was folded out of turn")
        }
        if let entry = cell.entries.first, first + UInt64(entry.offset) <= row.head.lastPosition {
            throw IMError(.corrupt, "conversation \(cell.number.rawValue) is ahead of the checkpoint")
        }
        var counted = row.head.counted
        var sequence = row.head.sequence
        for entry in cell.entries {
            if row.newest.isFull {
                try spill(row.newest, endingAt: sequence, of: cell.number, transaction)
                row.newest = TimelineBlock()
            }
            if row.newest.positions.isEmpty { row.newest.countedBefore = counted }
            let isCounted = cell.base.counted + UInt64(entry.counted) > counted
            row.newest.append(first + UInt64(entry.offset), isCounted: isCounted)
            if isCounted { counted += 1 }
            sequence += 1
        }
        row.head = cell.head(through: .max, first: first)
        try put(row, tables.conversations, RowKey(cell.number), transaction)
    }

    private func spill(
        _ block: TimelineBlock, endingAt sequence: SequenceNumber, of conversation: ConversationNumber,
        _ transaction: borrowing WriteTransaction
    ) throws {
        let key = RowKey(conversation.rawValue, TimelineBlock.index(of: sequence))
        try put(block, tables.timeline, key, transaction)
    }

    private func put(
        _ record: some Record, _ table: Table, _ key: RowKey, _ transaction: borrowing WriteTransaction
    ) throws {
        let bytes = writer.encode(record)
        try key.withBytes { _ = try transaction.put(table, key: $0, value: bytes) }
    }

    private func put(
        _ number: UInt64, _ table: Table, _ key: RowKey, _ transaction: borrowing WriteTransaction
    ) throws {
        try withUnsafeBytes(of: number.bigEndian) { bytes in
            try key.withBytes { _ = try transaction.put(table, key: $0, value: bytes) }
        }
    }

    // MARK: Idempotency keys

    private static let runChunk = 100

    /// Appends the keys of a generation as they are: sorting them into their tree would touch nearly every page of it.
    private func writeRun(of set: WorkingSet, _ transaction: borrowing WriteTransaction) throws {
        var chunk: UInt64 = 0
        var rest = set.keys[...]
        while !rest.isEmpty {
            let bytes = writer.encode(rest.prefix(Self.runChunk))
            try RowKey(set.last, chunk).withBytes { _ = try transaction.put(tables.keyRuns, key: $0, value: bytes) }
            rest = rest.dropFirst(Self.runChunk)
            chunk += 1
        }
    }

    /// Puts keys into their tree. Putting one twice does no harm, so a merge may be cut short and begun again.
    func merge(_ keys: ArraySlice<KeyDigest>, _ transaction: borrowing WriteTransaction) throws {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        for key in keys {
            try RowKey(key.digest, key.position).withBytes {
                _ = try transaction.put(tables.keys, key: $0, value: nothing)
            }
        }
    }

    /// Drops the runs whose keys, up to a position, are all in the tree.
    func dropRuns(through position: Position, _ transaction: borrowing WriteTransaction) throws {
        while let (key, _) = try transaction.view.first(tables.keyRuns), RowKey.word(0, of: key) <= position {
            let copy = RowKey(RowKey.word(0, of: key), RowKey.word(1, of: key))
            try copy.withBytes { _ = try transaction.delete(tables.keyRuns, key: $0) }
        }
    }

    /// Reads the keys that are not in their tree yet.
    static func forEachRunKey(_ view: borrowing FoldedView, _ body: (KeyDigest) -> Void) throws {
        var cursor = try view.transaction.cursor(view.tables.keyRuns)
        var row = try cursor.first()
        while let (_, value) = row {
            var reader = ByteReader(value)
            while reader.remaining > 0 {
                body(KeyDigest(digest: try reader.uint64(), position: try reader.uint64()))
            }
            row = try cursor.next()
        }
    }
}

extension WorkingSet.MemberKey: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        (left.conversation, left.user) < (right.conversation, right.user)
    }
}

/// One buffer for all rows of a fold.
private final class ScratchWriter {
    private var writer = ByteWriter(capacity: 4096)

    /// The bytes are valid until the next call.
    func encode<Value: Record>(_ record: Value) -> UnsafeRawBufferPointer {
        writer.removeAll()
        writer.uint8(Value.version)
        record.encode(into: &writer)
        return writer.bytes
    }

    func encode(_ keys: ArraySlice<KeyDigest>) -> UnsafeRawBufferPointer {
        writer.removeAll()
        for key in keys {
            writer.uint64(key.digest)
            writer.uint64(key.position)
        }
        return writer.bytes
    }
}

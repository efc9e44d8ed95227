import TokenIMLMDB

/// What the folded tables say, at the checkpoint of one transaction.
///
/// Not copyable, so that it cannot outlive the snapshot or the batch that it belongs to.
struct FoldedView: ~Copyable {
    let tables: FoldedTables
    let transaction: TransactionView

    func checkpoint() throws -> Position {
        try RowKey(0).withBytes { key in
            guard let bytes = try transaction.get(tables.checkpoint, key: key) else { return 0 }
            var reader = ByteReader(bytes)
            return try reader.uint64()
        }
    }

    func head(of conversation: ConversationNumber) throws -> ConversationHead? {
        try RowKey(conversation).withBytes { key in
            try transaction.get(tables.conversations, key: key).map { try ConversationRow.head(of: $0) }
        }
    }

    func row(of conversation: ConversationNumber) throws -> ConversationRow? {
        try RowKey(conversation).withBytes { key in
            try transaction.get(tables.conversations, key: key).map { try ConversationRow($0) }
        }
    }

    /// The block that holds a sequence: from the conversation's row when it is the newest, else from the timeline.
    func block(of sequence: SequenceNumber, in conversation: ConversationNumber) throws -> TimelineBlock? {
        guard sequence > 0, let row = try row(of: conversation), sequence <= row.head.sequence else { return nil }
        let index = TimelineBlock.index(of: sequence)
        if index == TimelineBlock.index(of: row.head.sequence), !row.newest.positions.isEmpty { return row.newest }
        return try block(index, in: conversation)
    }

    func block(_ index: UInt64, in conversation: ConversationNumber) throws -> TimelineBlock? {
        try RowKey(conversation.rawValue, index).withBytes { key in
            try transaction.get(tables.timeline, key: key).map { try TimelineBlock($0) }
        }
    }

    func position(of sequence: SequenceNumber, in conversation: ConversationNumber) throws -> Position? {
        guard let block = try block(of: sequence, in: conversation) else { return nil }
        let index = Int((sequence - 1) % TimelineBlock.size)
        return index < block.positions.count ? block.positions[index] : nil
    }

    func counted(through sequence: SequenceNumber, in conversation: ConversationNumber) throws -> UInt64? {
        if sequence == 0 { return 0 }
        return try block(of: sequence, in: conversation)?.counted(through: Int((sequence - 1) % TimelineBlock.size))
    }

    /// The first sequence whose position lies above another. O(log n) rows in the number of blocks.
    func firstSequence(above position: Position, in conversation: ConversationNumber) throws -> SequenceNumber {
        guard let row = try row(of: conversation) else { return 1 }
        if row.head.lastPosition <= position { return row.head.sequence + 1 }
        let newest = TimelineBlock.index(of: row.head.sequence)
        if let first = row.newest.positions.first, first <= position {
            return newest * TimelineBlock.size + UInt64(row.newest.positions.partitioningIndex { $0 > position }) + 1
        }
        // The last block whose first entry is not above the position, among the blocks before the newest.
        var (low, high) = (UInt64(0), row.newest.positions.isEmpty ? newest + 1 : newest)
        while low < high {
            let middle = low + (high - low) / 2
            guard let block = try block(middle, in: conversation), let first = block.positions.first else {
                throw IMError(.corrupt, "timeline block \(middle) of conversation \(conversation.rawValue) is missing")
            }
            if first <= position { low = middle + 1 } else { high = middle }
        }
        guard low > 0, let block = try block(low - 1, in: conversation) else { return 1 }
        return (low - 1) * TimelineBlock.size + UInt64(block.positions.partitioningIndex { $0 > position }) + 1
    }

    func marker(of user: UserNumber, in conversation: ConversationNumber) throws -> Marker? {
        try RowKey(conversation, user).withBytes { key in
            try transaction.get(tables.markers, key: key).map { try Marker($0) }
        }
    }

    func cursor(of device: DeviceNumber) throws -> Position? {
        try RowKey(UInt64(device)).withBytes { key in
            guard let bytes = try transaction.get(tables.cursors, key: key) else { return nil }
            var reader = ByteReader(bytes)
            return try reader.uint64()
        }
    }

    /// The direct conversations of a user, in order of their numbers, above one. `body` returns false to stop.
    func forEachChat(
        of user: UserNumber, after conversation: ConversationNumber = .engine,
        _ body: (ConversationNumber) throws -> Bool
    ) throws {
        var cursor = try transaction.cursor(tables.chats)
        var row = try RowKey(UInt64(user), conversation.rawValue + 1).withBytes { try cursor.seek($0) }
        while let (key, _) = row, RowKey.word(0, of: key) == UInt64(user) {
            guard try body(ConversationNumber(rawValue: RowKey.word(1, of: key))) else { return }
            row = try cursor.next()
        }
    }

    /// The first position under a key digest that `isMatch` accepts.
    func position(ofKey digest: UInt64, where isMatch: (Position) throws -> Bool) throws -> Position? {
        var cursor = try transaction.cursor(tables.keys)
        var row = try RowKey(digest, 0).withBytes { try cursor.seek($0) }
        while let (key, _) = row, RowKey.word(0, of: key) == digest {
            let position = RowKey.word(1, of: key)
            if try isMatch(position) { return position }
            row = try cursor.next()
        }
        return nil
    }
}

import TokenIMLMDB

extension WrittenView {
    /// How a user has a conversation, where something is other than usual.
    func setting(of user: UserNumber, in conversation: ConversationNumber) throws -> SettingRecord? {
        try record(tables.settings, RowKey(user, conversation))
    }

    /// What a user has deleted for itself of one block of a conversation.
    func deletions(
        of user: UserNumber, in conversation: ConversationNumber, block: UInt64
    ) throws -> DeletionRecord? {
        try record(tables.hidden, RowKey(UInt64(user), conversation.rawValue, block))
    }

    /// What a user has deleted for itself of a conversation, block by block from one on. `body` returns false to stop.
    func forEachDeletion(
        of user: UserNumber, in conversation: ConversationNumber, from block: UInt64 = 0,
        _ body: (_ block: UInt64, DeletionRecord) throws -> Bool
    ) throws {
        var reader = try RowReader(tables.hidden, UInt64(user), in: transaction)
        var row = try reader.row(from: conversation.rawValue, block)
        while let (number, block, value) = row, number == conversation.rawValue {
            guard try body(block, try DeletionRecord(value)) else { return }
            row = try reader.next()
        }
    }

    /// Reads the settings of a user, of one conversation after the other in order of their numbers.
    func settings(of user: UserNumber) throws -> SettingReader {
        SettingReader(rows: try RowReader(tables.settings, UInt64(user), in: transaction))
    }
}

/// Reads the settings of a user in order of the conversations' numbers: one search for those that have none.
struct SettingReader: ~Copyable {
    private var rows: RowReader

    init(rows: consuming RowReader) {
        self.rows = rows
    }

    mutating func setting(of conversation: ConversationNumber) throws -> SettingRecord? {
        guard let row = try rows.row(from: conversation.rawValue), row.second == conversation.rawValue else {
            return nil
        }
        return try SettingRecord(row.value)
    }
}

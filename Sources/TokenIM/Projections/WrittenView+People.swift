import TokenIMLMDB

extension WrittenView {
    func relation(
        _ kind: RelationRecord.Kind, of user: UserNumber, with other: UserNumber
    ) throws -> RelationRecord? {
        try record(tables.relations, RowKey(UInt64(user), kind.rawValue, UInt64(other)))
    }

    /// Those with whom a user has something, in order of their numbers, after one. `body` returns false to stop.
    func forEachRelation(
        _ kind: RelationRecord.Kind, of user: UserNumber, after other: UserNumber = 0,
        _ body: (UserNumber, RelationRecord) throws -> Bool
    ) throws {
        var cursor = try transaction.cursor(tables.relations)
        var row = try RowKey(UInt64(user), kind.rawValue, UInt64(other) + 1).withBytes { try cursor.seek($0) }
        while let (key, value) = row, RowKey.word(0, of: key) == UInt64(user), RowKey.word(1, of: key) == kind.rawValue
        {
            let number = UserNumber(truncatingIfNeeded: RowKey.word(2, of: key))
            guard try body(number, try RelationRecord(value)) else { return }
            row = try cursor.next()
        }
    }

    /// When a user was connected last.
    func lastSeen(of user: UserNumber) throws -> Timestamp? {
        try RowKey(UInt64(user)).withBytes { key in
            guard let bytes = try transaction.get(tables.seen, key: key) else { return nil }
            var reader = ByteReader(bytes)
            return try reader.timestamp()
        }
    }
}

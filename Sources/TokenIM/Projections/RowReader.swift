import TokenIMLMDB

/// Reads rows whose keys begin with the same number, in ascending order. Asking for what lies behind the row where it
/// stands costs nothing, so many questions about few rows are cheap.
struct RowReader: ~Copyable {
    typealias Row = (second: UInt64, third: UInt64, value: UnsafeRawBufferPointer)

    private var cursor: Cursor
    private let first: UInt64
    private var row: Row?
    private var hasBegun = false

    init(_ table: Table, _ first: UInt64, in transaction: TransactionView) throws {
        cursor = try transaction.cursor(table)
        self.first = first
    }

    /// The first row from this one on. What is asked for must never lie before what was asked for earlier.
    mutating func row(from second: UInt64, _ third: UInt64 = 0) throws -> Row? {
        if hasBegun {
            guard let row, (row.second, row.third) < (second, third) else { return row }
        }
        hasBegun = true
        // A shorter key comes before all that it begins, so this finds rows of two words and of three.
        let key = third == 0 ? RowKey(first, second) : RowKey(first, second, third)
        take(try key.withBytes { try cursor.seek($0) })
        return row
    }

    /// The row after the one where it stands.
    mutating func next() throws -> Row? {
        if row != nil { take(try cursor.next()) }
        return row
    }

    private mutating func take(_ found: Cursor.Row?) {
        row = found.flatMap { key, value in
            guard RowKey.word(0, of: key) == first else { return nil }
            return (RowKey.word(1, of: key), RowKey.word(2, of: key), value)
        }
    }
}

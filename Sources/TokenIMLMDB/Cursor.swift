internal import CTokenIMLMDB

/// A place in a table, from which rows are read in key order.
///
/// Closes itself. It must not be used after its transaction ended, and the rows that it returns are valid as long as
/// the transaction, in a write transaction only until the next change.
package struct Cursor: ~Copyable {
    /// A row, borrowed from the map.
    package typealias Row = (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)

    /// Where it stands. LMDB goes on from the first row when it is asked to go on from beyond the last.
    private enum Place { case nowhere, beforeFirst, row, behindLast }

    private let handle: OpaquePointer
    private let view: TransactionView
    private let table: Table
    private var place = Place.nowhere

    init(_ view: TransactionView, table: Table) throws(StorageError) {
        var opened: OpaquePointer?
        let code = mdb_cursor_open(view.transaction, table.handle, &opened)
        guard code == MDB_SUCCESS, let opened else {
            throw view.failed(code, "open a cursor on \(table.name)")
        }
        handle = opened
        self.view = view
        self.table = table
    }

    deinit {
        // When a transaction ends, LMDB frees the cursors of a writer, but not those of a reader.
        if view.state.pointee.generation == view.generation {
            mdb_cursor_close(handle)
        } else {
            assertionFailure("a cursor outlived its transaction")
        }
    }

    /// Goes to the first row whose key is `key` or higher; if there is none, behind the last row.
    package mutating func seek(_ key: UnsafeRawBufferPointer) throws(StorageError) -> Row? {
        try move(MDB_SET_RANGE, to: key, orTo: .behindLast)
    }

    /// Goes to the row whose key is `key`; if there is none, nowhere.
    package mutating func find(_ key: UnsafeRawBufferPointer) throws(StorageError) -> Row? {
        try move(MDB_SET_KEY, to: key, orTo: .nowhere)
    }

    /// Goes to the next row; from the last one, behind it, and from nowhere, to the first.
    package mutating func next() throws(StorageError) -> Row? {
        switch place {
        case .row: try move(MDB_NEXT, orTo: .behindLast)
        case .nowhere, .beforeFirst: try first()
        case .behindLast: nil
        }
    }

    /// Goes to the previous row; from the first one, before it, and from nowhere, to the last.
    package mutating func previous() throws(StorageError) -> Row? {
        switch place {
        case .row: try move(MDB_PREV, orTo: .beforeFirst)
        case .nowhere, .behindLast: try last()
        case .beforeFirst: nil
        }
    }

    /// Goes to the row with the lowest key.
    package mutating func first() throws(StorageError) -> Row? { try move(MDB_FIRST, orTo: .nowhere) }

    /// Goes to the row with the highest key.
    package mutating func last() throws(StorageError) -> Row? { try move(MDB_LAST, orTo: .nowhere) }

    private mutating func move(
        _ operation: MDB_cursor_op, to target: UnsafeRawBufferPointer? = nil, orTo otherwise: Place
    ) throws(StorageError) -> Row? {
        view.assertAlive()
        var key = target.map { MDB_val($0) } ?? MDB_val()
        var value = MDB_val()
        let code = mdb_cursor_get(handle, &key, &value, operation)
        if code == MDB_SUCCESS {
            place = .row
            let found = UnsafeRawBufferPointer(key)
            return (found, try SealedValue.open(UnsafeRawBufferPointer(value), key: found, table: table))
        }
        place = otherwise
        if code == MDB_NOTFOUND { return nil }
        throw view.failed(code, "read from \(table.name)")
    }
}

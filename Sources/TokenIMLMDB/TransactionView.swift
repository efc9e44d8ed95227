internal import CTokenIMLMDB

/// What can be asked of a transaction, as a value that can be passed on. Valid while its transaction lives, which
/// debug builds assert.
///
/// The buffers that it returns point into the map. They are valid as long as the transaction, and in a write
/// transaction only until the next change.
package struct TransactionView {
    let transaction: OpaquePointer
    let state: TransactionStatePointer
    let generation: UInt64

    init(_ state: TransactionStatePointer) {
        self.state = state
        transaction = state.pointee.transaction!
        generation = state.pointee.generation
    }

    /// The value of `key`, or nil.
    package func get(
        _ table: Table, key: UnsafeRawBufferPointer
    ) throws(StorageError) -> UnsafeRawBufferPointer? {
        try check(table)
        var name = MDB_val(key)
        var value = MDB_val()
        let code = mdb_get(transaction, table.handle, &name, &value)
        if code == MDB_SUCCESS {
            return try SealedValue.open(UnsafeRawBufferPointer(value), key: key, table: table)
        }
        if code == MDB_NOTFOUND { return nil }
        throw failed(code, "get from \(table.name)")
    }

    /// How many rows the table has. Cost: constant.
    package func count(_ table: Table) throws(StorageError) -> Int {
        try check(table)
        var statistics = MDB_stat()
        let code = mdb_stat(transaction, table.handle, &statistics)
        guard code == MDB_SUCCESS else { throw failed(code, "count \(table.name)") }
        return Int(statistics.ms_entries)
    }

    /// The row with the lowest key, or nil if the table is empty.
    package func first(
        _ table: Table
    ) throws(StorageError) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        var cursor = try cursor(table)
        return try cursor.first()
    }

    /// The row with the highest key, or nil if the table is empty.
    package func last(
        _ table: Table
    ) throws(StorageError) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        var cursor = try cursor(table)
        return try cursor.last()
    }

    /// A cursor that stands nowhere yet. Cost: one allocation.
    package func cursor(_ table: Table) throws(StorageError) -> Cursor {
        try check(table)
        return try Cursor(self, table: table)
    }

    func lend<Result>(_ key: RawSpan, in table: Table, _ body: (RawSpan) throws -> Result) throws -> Result? {
        let value = try key.withUnsafeBytes { bytes throws(StorageError) in try get(table, key: bytes) }
        guard let value else { return nil }
        return try body(value.bytes)
    }

    /// The error for a code of LMDB. A transaction that has come upon a damaged page, or whose change failed, answers
    /// nothing from then on but that it is bad.
    func failed(_ code: Int32, _ operation: String) -> StorageError {
        guard code == MDB_BAD_TXN else { return .lmdb(code, operation: operation, directory: nil) }
        return state.pointee.failure ?? .lmdb(MDB_CORRUPTED, operation: operation, directory: nil)
    }

    func check(_ table: Table) throws(StorageError) {
        assertAlive()
        if table.environment != state.pointee.environment {
            throw StorageError(
                .misuse, operation: "use the table \(table.name)", detail: "it belongs to another environment")
        }
    }

    func assertAlive() {
        assert(state.pointee.generation == generation, "used after its transaction ended")
    }
}

extension MDB_val {
    /// LMDB does not write through the pointers that it is given.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
}

extension UnsafeRawBufferPointer {
    init(_ value: MDB_val) {
        self.init(start: value.mv_data, count: value.mv_size)
    }
}

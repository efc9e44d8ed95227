internal import CTokenIMLMDB

/// How a row is put.
package enum PutMode: Sendable {
    /// In place of the one with the same key, if there is one.
    case replace
    /// After all others: the key is higher than every key of the table. Faster, and fills pages completely.
    case append
    /// Only if there is none with that key.
    case insert
}

/// A change that is being made, and takes effect as a whole when the closure that got it returns.
///
/// It belongs to that closure and its thread, and sees its own changes.
public struct WriteTransaction: ~Copyable {
    private let environment: Environment
    private let state: TransactionStatePointer

    init(environment: Environment) {
        self.environment = environment
        state = environment.writer
    }

    /// What can be asked of it, with the changes made so far. Valid until the transaction ends.
    package var view: TransactionView { TransactionView(state) }

    /// Lends the value of `key`, as changed so far, to `body`, without copying it. `body` must not change anything.
    ///
    /// - Returns: what `body` returned, or nil if there is no such key.
    /// - Throws: `StorageError` of kind `.damaged` if the value is not what was stored; what `body` throws.
    public borrowing func get<Result>(
        _ key: RawSpan, in table: Table, _ body: (RawSpan) throws -> Result
    ) throws -> Result? {
        try view.lend(key, in: table, body)
    }

    /// Puts a row.
    ///
    /// - Parameters:
    ///   - key: 1 to 511 bytes. Neither key nor value may lie in the map: copy what was read before writing it.
    ///   - value: less than 4 GiB. With its key, up to about 2,000 bytes share a page; more take whole pages.
    /// - Returns: false if the mode is `.insert` and the key is there, in which case nothing was changed.
    /// - Throws: `.misuse` for a key of a wrong length, or for `.append` out of order, and the transaction goes on;
    ///   `.mapFull`, `.transactionFull`, `.diskFull` and others, and the transaction can only be undone.
    @discardableResult
    package func put(
        _ table: Table, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, mode: PutMode = .replace
    ) throws(StorageError) -> Bool {
        let view = view
        try view.check(table)
        guard value.count <= SealedValue.maximumPayload else {
            throw StorageError(.misuse, operation: "put into \(table.name)", detail: "the value is too long")
        }
        var flags = UInt32(MDB_RESERVE)
        switch mode {
        case .replace: break
        case .append: flags |= UInt32(MDB_APPEND)
        case .insert: flags |= UInt32(MDB_NOOVERWRITE)
        }
        var name = MDB_val(key)
        var stored = MDB_val(mv_size: value.count + SealedValue.overhead, mv_data: nil)
        let code = mdb_put(view.transaction, table.handle, &name, &stored, flags)
        guard code == MDB_SUCCESS else {
            if code == MDB_KEYEXIST, mode == .insert { return false }
            throw failed(code, "put into \(table.name)")
        }
        SealedValue.write(value, key: key, table: table, to: stored.mv_data)
        return true
    }

    /// Removes a row.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    package func delete(_ table: Table, key: UnsafeRawBufferPointer) throws(StorageError) -> Bool {
        let view = view
        try view.check(table)
        var name = MDB_val(key)
        let code = mdb_del(view.transaction, table.handle, &name, nil)
        if code == MDB_NOTFOUND { return false }
        guard code == MDB_SUCCESS else { throw failed(code, "delete from \(table.name)") }
        return true
    }

    /// Removes all rows. Cost: in proportion to the pages of the table, not to its rows.
    package func clear(_ table: Table) throws(StorageError) {
        let view = view
        try view.check(table)
        let code = mdb_drop(view.transaction, table.handle, 0)
        guard code == MDB_SUCCESS else { throw failed(code, "clear \(table.name)") }
    }

    /// Makes the error for a change that failed, and remembers it unless the transaction is as it was before.
    @inline(never)
    private func failed(_ code: Int32, _ operation: String) -> StorageError {
        let error = StorageError.lmdb(code, operation: operation, directory: environment.directory)
        if error.kind != .misuse, state.pointee.failure == nil { state.pointee.failure = error }
        return error
    }
}

internal import CTokenIMLMDB
internal import Synchronization

extension Environment {
    /// Begins to read the newest committed state.
    ///
    /// The transaction reads that state, whatever is written meanwhile, until the value goes away. It pins the pages of
    /// that state, so it should not live longer than it takes to read a bounded number of rows.
    ///
    /// - Throws: `.closed`, `.readersExhausted` after `EnvironmentOptions.readerWait`, `.outcomeUnknown` if a commit
    ///   failed so badly that the newest state is in doubt.
    /// - Cost: tens of nanoseconds; no system call, except for the first of each reader.
    public func beginRead() throws(StorageError) -> ReadTransaction {
        checkProcess()
        let reader = try claimReader()
        var code = MDB_SUCCESS
        if let transaction = reader.pointee.transaction {
            code = mdb_txn_renew(transaction)
        } else {
            code = mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &reader.pointee.transaction)
        }
        guard code == MDB_SUCCESS else {
            returnReader(reader)
            throw .lmdb(code, operation: "begin a read transaction", directory: directory)
        }
        reader.pointee.generation &+= 1
        reader.pointee.snapshot.store(UInt64(mdb_txn_id(reader.pointee.transaction)), ordering: .relaxed)
        return ReadTransaction(environment: self, reader: reader)
    }

    /// Reads the newest committed state within a closure. See `beginRead()`.
    @discardableResult
    public func read<Result: ~Copyable>(
        _ body: (borrowing ReadTransaction) throws -> Result
    ) throws -> Result {
        let transaction = try beginRead()
        return try body(transaction)
    }

    private enum ReaderClaim {
        case reader(TransactionStatePointer)
        case closed
    }

    private func claimReader() throws(StorageError) -> TransactionStatePointer {
        let claim = monitor.wait(atMost: options.readerWait) { [identifier, options] state -> ReaderClaim? in
            guard state.phase == .open else { return .closed }
            if let reader = state.idleReaders.popLast() {
                state.activeReaders += 1
                return .reader(reader)
            }
            guard state.readers.count < options.maximumReaders else { return nil }
            let reader = TransactionStatePointer.make(environment: identifier)
            state.readers.append(reader)
            state.activeReaders += 1
            return .reader(reader)
        }
        switch claim {
        case .reader(let reader): return reader
        case .closed: throw Self.closedError
        case nil:
            throw StorageError(
                .readersExhausted, operation: "begin a read transaction",
                detail: "\(options.maximumReaders) are running")
        }
    }

    /// Ends a read transaction; its handle waits for the next one.
    func endRead(_ reader: TransactionStatePointer) {
        reader.pointee.generation &+= 1
        reader.pointee.snapshot.store(0, ordering: .relaxed)
        mdb_txn_reset(reader.pointee.transaction)
        returnReader(reader)
    }

    private func returnReader(_ reader: TransactionStatePointer) {
        monitor.withLock { state in
            state.activeReaders -= 1
            state.idleReaders.append(reader)
        }
    }

    static var closedError: StorageError {
        StorageError(.closed, operation: "begin a transaction", detail: "the environment was closed")
    }
}

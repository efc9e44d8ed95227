internal import CTokenIMLMDB

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

extension Environment {
    /// Makes a change, and returns once it is on disk.
    ///
    /// `body` runs on the calling thread, after those of other threads. If it returns, what it did is committed; if it
    /// throws, nothing of it happened. A change that failed for want of space, or because of the disk, cannot be
    /// caught and forgotten: the whole write then throws that failure.
    ///
    /// - Throws: what `body` throws; `.closed`; `.misuse` within another write of the same thread; `.mapFull` or
    ///   `.transactionFull`, and nothing happened; `.outcomeUnknown` if the commit failed otherwise: it may or may not
    ///   be on disk, and every later write throws that too until the environment was closed and opened again.
    /// - Cost: two syncs of the disk.
    @discardableResult
    @available(*, noasync, message: "a write waits for the disk; make it on a thread of its own")
    public func write<Result: ~Copyable>(
        _ body: (borrowing WriteTransaction) throws -> Result
    ) throws -> Result {
        checkProcess()
        try claimWriter()
        var poison: StorageError?
        defer {
            monitor.withLock { state in
                state.writingThread = 0
                if let poison { state.poison = poison }
            }
        }
        try beginWrite()
        let result: Result
        do {
            let transaction = WriteTransaction(environment: self)
            result = try body(transaction)
        } catch {
            undoWrite()
            throw error
        }
        do {
            try commitWrite()
        } catch {
            if error.kind == .outcomeUnknown { poison = error }
            throw error
        }
        return result
    }

    /// Waits until no other thread writes. LMDB would wait as well, but lets the next writer in before it is known
    /// whether the last commit has failed.
    func claimWriter() throws(StorageError) {
        let thread = Self.currentThread
        let refusal = monitor.wait(atMost: nil) { state -> StorageError?? in
            guard state.phase == .open else { return .some(Self.closedError) }
            if let poison = state.poison { return .some(poison) }
            guard state.writingThread != thread else {
                return .some(
                    StorageError(.misuse, operation: "begin a write", detail: "this thread is within another one"))
            }
            guard state.writingThread == 0 else { return nil }
            state.writingThread = thread
            return .some(nil)
        }
        if case .some(.some(let error)) = refusal { throw error }
    }

    private func beginWrite() throws(StorageError) {
        var transaction: OpaquePointer?
        let code = mdb_txn_begin(handle, nil, 0, &transaction)
        guard code == MDB_SUCCESS else {
            throw .lmdb(code, operation: "begin a write", directory: directory)
        }
        writer.pointee.transaction = transaction
        writer.pointee.failure = nil
        writer.pointee.generation &+= 1
    }

    private func undoWrite() {
        mdb_txn_abort(endOfWrite())
    }

    private func commitWrite() throws(StorageError) {
        if let failure = writer.pointee.failure {
            undoWrite()
            throw failure
        }
        // Commits write the two header pages in turn.
        let slot = UInt64(mdb_txn_id(writer.pointee.transaction)) & 1
        let header = headerPage(slot)
        let code = mdb_txn_commit(endOfWrite())
        if code == MDB_SUCCESS { return }
        let error = StorageError.lmdb(code, operation: "commit", directory: directory)
        if error.kind == .mapFull || error.kind == .transactionFull { throw error }
        if code == MDB_BAD_TXN {
            // LMDB marks a transaction that came upon a damaged page, and commits nothing of it.
            throw StorageError(.damaged, code: code, operation: "commit", detail: "a page that was read is damaged")
        }
        if let header { restoreHeaderPage(slot, to: header) }
        throw StorageError(
            .outcomeUnknown, code: code, operation: "commit", detail: "\(error.kind): \(error.detail)")
    }

    private func endOfWrite() -> OpaquePointer? {
        writer.pointee.generation &+= 1
        return writer.pointee.transaction.take()
    }

    /// What is in a header page, 0 or 1.
    private func headerPage(_ number: UInt64) -> [UInt8]? {
        withDataFile { file in
            var bytes = [UInt8](repeating: 0, count: MetaPage.size)
            let count = bytes.withUnsafeMutableBytes { try? file.read(into: $0, at: number * UInt64(pageSize)) }
            return count == MetaPage.size ? bytes : nil
        } ?? nil
    }

    /// Undoes what a failed commit has left in a header page.
    ///
    /// LMDB itself puts the old transaction number back, but leaves the roots of the failed commit beside it: a state
    /// that cannot be told from one whose number was damaged.
    private func restoreHeaderPage(_ number: UInt64, to bytes: [UInt8]) {
        guard headerPage(number) != bytes else { return }
        _ = withDataFile { $0.write(bytes, at: number * UInt64(pageSize)) }
    }
}

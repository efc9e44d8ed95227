internal import CTokenIMLMDB
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

extension Environment {
    /// How full it is and who reads it, now. Once `close()` was called, all sizes but the page's are 0.
    ///
    /// Cost: in proportion to `EnvironmentOptions.maximumReaders`; two system calls.
    public var status: EnvironmentStatus {
        monitor.withLock { state in
            var information = MDB_envinfo()
            var fileBytes: UInt64 = 0
            if state.phase == .open {
                mdb_env_info(handle, &information)
                fileBytes = withDataFile { (try? $0.length()) ?? 0 } ?? 0
            }
            let oldest = state.readers.lazy.map { $0.pointee.snapshot.load(ordering: .relaxed) }.filter { $0 > 0 }.min()
            let newest = UInt64(information.me_last_txnid)
            return EnvironmentStatus(
                pageSize: pageSize,
                mapSize: UInt64(information.me_mapsize),
                usedBytes: state.phase != .open ? 0 : UInt64(information.me_last_pgno + 1) * UInt64(pageSize),
                fileBytes: fileBytes,
                activeReaders: state.activeReaders,
                oldestReaderLag: oldest.map { newest > $0 ? newest - $0 : 0 } ?? 0,
                isPoisoned: state.poison != nil)
        }
    }

    /// Bytes of pages that are free, as of the newest committed state: part of `EnvironmentStatus.usedBytes`.
    ///
    /// Readers that are running can keep the writer from reusing some of them.
    /// Cost: in proportion to the number of free pages; many thousands per millisecond.
    public func reusableBytes() throws(StorageError) -> UInt64 {
        let transaction = try beginRead()
        return try transaction.view.freePages() * UInt64(pageSize)
    }
}

extension TransactionView {
    /// How many pages LMDB's free list names.
    func freePages() throws(StorageError) -> UInt64 {
        assertAlive()
        var cursor: OpaquePointer?
        // The free list is LMDB's first table, and read-only to others.
        var code = mdb_cursor_open(transaction, 0, &cursor)
        guard code == MDB_SUCCESS else { throw .lmdb(code, operation: "read the free list", directory: nil) }
        defer { mdb_cursor_close(cursor) }
        var pages: UInt64 = 0
        var key = MDB_val()
        var value = MDB_val()
        while true {
            code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
            if code == MDB_NOTFOUND { return pages }
            guard code == MDB_SUCCESS, value.mv_size >= MemoryLayout<Int>.size else {
                throw .lmdb(
                    code == MDB_SUCCESS ? MDB_CORRUPTED : code, operation: "read the free list", directory: nil)
            }
            // Each row is a list of page numbers, and begins with how many.
            pages += UInt64(value.mv_data.loadUnaligned(as: Int.self).magnitude)
        }
    }
}

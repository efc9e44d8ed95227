internal import CTokenIMLMDB

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

extension StorageError {
    /// The error for a return code of LMDB, which is either its own (negative) or an `errno`.
    ///
    /// - Parameter directory: where the file lies, to tell a full disk from a failing one.
    @inline(never)
    static func lmdb(_ code: Int32, operation: String, directory: String?) -> StorageError {
        let kind: Kind
        switch code {
        case MDB_MAP_FULL: kind = .mapFull
        case MDB_TXN_FULL, MDB_CURSOR_FULL: kind = .transactionFull
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_PAGE_FULL, MDB_INVALID, MDB_INCOMPATIBLE: kind = .damaged
        case MDB_VERSION_MISMATCH: kind = .versionMismatch
        case MDB_READERS_FULL: kind = .readersExhausted
        case MDB_PANIC: kind = .outcomeUnknown
        case MDB_BAD_TXN, MDB_BAD_VALSIZE, MDB_BAD_DBI, MDB_BAD_RSLOT, MDB_KEYEXIST, MDB_DBS_FULL, EINVAL:
            kind = .misuse
        case MDB_NOTFOUND: kind = .missing
        default: return system(code, operation: operation, directory: directory)
        }
        return StorageError(kind, code: code, operation: operation, detail: String(cString: mdb_strerror(code)))
    }

    /// The error for an `errno`.
    @inline(never)
    static func system(_ code: Int32, operation: String, directory: String?) -> StorageError {
        var detail = String(cString: mdb_strerror(code))
        let kind: Kind
        switch code {
        case ENOSPC, EDQUOT, EFBIG: kind = .diskFull
        case EIO:
            // LMDB turns a short write, which is how a disk fills up, into EIO.
            if let directory, isDiskFull(at: directory) {
                kind = .diskFull
                detail += "; the disk is full"
            } else {
                kind = .inputOutput
            }
        case EBADF, ENXIO, EROFS: kind = .inputOutput
        case ENOENT, ENOTDIR: kind = .missing
        default: kind = .other
        }
        return StorageError(kind, code: code, operation: operation, detail: detail)
    }

    /// Whether less than 64 KiB can still be allocated in `directory`.
    private static func isDiskFull(at directory: String) -> Bool {
        var information = statvfs()
        guard statvfs(directory, &information) == 0 else { return false }
        let free = UInt64(information.f_bavail).multipliedReportingOverflow(by: UInt64(information.f_frsize))
        return !free.overflow && free.partialValue < 65_536
    }
}

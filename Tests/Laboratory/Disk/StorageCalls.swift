import CStorageCalls
import Glibc

/// The calls by which this process changes files: see `storage_calls.h`.
enum StorageCalls {
    /// How a call is made to fail.
    enum Failure: String, CaseIterable {
        case inputOutput = "input-output"
        case noSpace = "no-space"
        /// Of a write only the first half is made.
        case short
        /// It fails after it was made.
        case late
        /// As if the process died within the call, before anything of it was synced; another one goes on.
        case death

        fileprivate var code: storage_failure {
            switch self {
            case .inputOutput: storage_input_output
            case .noSpace: storage_no_space
            case .short: storage_short
            case .late: storage_late
            case .death: storage_death
            }
        }
    }

    /// Which safeguard is taken away.
    enum Weakness: String, CaseIterable {
        /// LMDB's `MDB_NOSYNC`.
        case noSync = "no-sync"
        /// LMDB's `MDB_NOMETASYNC`, with commits acknowledged as if it were not there.
        case noMetaSync = "no-meta-sync"
        /// The engine's own syncs of files and directories do nothing.
        case noFileSync = "no-file-sync"

        /// As of `lmdb.h`.
        fileprivate var flag: UInt32 {
            switch self {
            case .noSync: 0x10000
            case .noMetaSync: 0x40000
            case .noFileSync: 0
            }
        }
    }

    static func watch(_ root: String, keepsLog: Bool = true) { storage_calls_watch(root, keepsLog ? 1 : 0) }

    static func rest() { storage_calls_rest() }

    static func mark(_ number: Int) { storage_calls_mark(Int64(number)) }

    static func fail(_ number: Int, _ failure: Failure, lasts: Bool) {
        storage_calls_fail(UInt64(number), failure.code, lasts ? 1 : 0)
    }

    static func succeed() { storage_calls_fail(0, storage_no_failure, 0) }

    /// Lets the process end, as by `kill -9`, just before or just after a call.
    static func kill(at number: Int, isAfter: Bool) {
        storage_calls_fail(UInt64(number), isAfter ? storage_kill_after : storage_kill_before, 0)
    }

    static var count: Int { Int(storage_calls_count()) }

    static var failedCount: Int { Int(storage_calls_failed()) }

    static func weaken(_ weakness: Weakness?) {
        storage_calls_weaken(weakness?.flag ?? 0)
        storage_calls_ignore_fsync(weakness == .noFileSync ? 1 : 0)
    }

    /// Nil lets files grow again.
    static func limitFiles(to bytes: Int?) throws {
        let code = storage_calls_limit_files(UInt64(bytes ?? 0))
        guard code == 0 else { throw Defect("files cannot be limited: \(code)") }
    }

    /// Everything since watching began.
    static func log() -> StorageLog {
        var bytes: UnsafeRawPointer?
        let count = storage_calls_log(&bytes)
        return StorageLog([UInt8](UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count)))
    }
}

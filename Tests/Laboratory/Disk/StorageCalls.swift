import CStorageCalls
import Glibc

/// The calls by which this process changes files: see `storage_calls.h`.
enum StorageCalls {
    /// How a call is made to fail.
    enum Failure: CaseIterable {
        case inputOutput, noSpace, short, late

        fileprivate var code: storage_failure {
            switch self {
            case .inputOutput: storage_input_output
            case .noSpace: storage_no_space
            case .short: storage_short
            case .late: storage_late
            }
        }
    }

    /// Which safeguard of LMDB is taken away.
    enum Weakness: String, CaseIterable {
        case noSync = "no-sync"
        case noMetaSync = "no-meta-sync"

        /// As of `lmdb.h`.
        fileprivate var flag: UInt32 { self == .noSync ? 0x10000 : 0x40000 }
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

    static func weaken(_ weakness: Weakness?) { storage_calls_weaken(weakness?.flag ?? 0) }

    static func limitFiles(to bytes: Int) { _ = storage_calls_limit_files(UInt64(bytes)) }

    /// Everything since watching began.
    static func log() -> StorageLog {
        var bytes: UnsafeRawPointer?
        let count = storage_calls_log(&bytes)
        return StorageLog([UInt8](UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count)))
    }
}

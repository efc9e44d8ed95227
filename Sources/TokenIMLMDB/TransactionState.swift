internal import CTokenIMLMDB
internal import Synchronization

/// One LMDB transaction handle and what has to be known about it.
///
/// Readers keep theirs for ever and renew it. It lives at a fixed address, so that views can point to it without
/// counting references.
struct TransactionState: ~Copyable {
    /// The handle; of the writer, only while a write transaction runs.
    var transaction: OpaquePointer?
    /// Counts the transactions that have begun or ended on this handle: odd while one runs.
    var generation: UInt64 = 0
    /// Which environment it belongs to.
    let environment: UInt32
    /// LMDB's number of the snapshot that is being read, 0 when none is. Read by other threads.
    let snapshot = Atomic<UInt64>(0)
    /// The failure after which the running write transaction can only be undone.
    var failure: StorageError?

    init(environment: UInt32) { self.environment = environment }
}

typealias TransactionStatePointer = UnsafeMutablePointer<TransactionState>

extension UnsafeMutablePointer where Pointee == TransactionState {
    static func make(environment: UInt32) -> TransactionStatePointer {
        let pointer = TransactionStatePointer.allocate(capacity: 1)
        pointer.initialize(to: TransactionState(environment: environment))
        return pointer
    }

    func destroy() {
        deinitialize(count: 1)
        deallocate()
    }
}

import TokenIMLMDB

/// Takes a snapshot on one thread for another.
final class SnapshotBox: @unchecked Sendable {
    private let core: Core
    private var snapshot: Snapshot?
    private var failure: IMError?

    init(_ core: Core) {
        self.core = core
    }

    /// Called once, before the other thread goes on.
    func take() {
        do throws(IMError) {
            snapshot = try IMError.mapping { try core.snapshot() }
        } catch {
            failure = error
        }
    }

    /// Called once, afterwards.
    func get() throws(IMError) -> Snapshot {
        if let failure { throw failure }
        guard let snapshot = snapshot.take() else { throw IMError(.broken, "no snapshot was taken") }
        return snapshot
    }
}

internal import TokenIMLMDB
internal import TokenIM

/// What goes wrong with the disk under a ``TestEngine``, when a test says so.
///
/// ```swift
/// let test = try TestEngine()
/// test.faults.crash(.afterCommit)
/// // Throws `outcome-unknown`: the message is on disk, and nobody has been told.
/// try? await test.engine.messages.send("hi", from: "alice", to: .user("bob"), key: "1")
/// let again = try TestEngine(reopening: test)
/// // The retry with the same key gets the receipt of the first.
/// ```
///
/// After a crash nothing reaches the disk any more, whatever is still asked of the engine: all changes throw
/// `outcome-unknown`, as they would from a process that has died. Close it and reopen, or let a ``SimulatedNetwork``
/// do that.
public final class StorageFaults: Sendable {
    /// When a crash comes.
    public struct Moment: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        /// Before the commit: nothing of it is on disk.
        public static let beforeCommit = Moment(description: "before commit")
        /// After the commit and before any answer: all of it is on disk, and the caller does not know.
        public static let afterCommit = Moment(description: "after commit")
    }

    private struct State {
        var hasCrashed = false
        var crash: (moment: Moment, commitsUntilThen: Int)?
        var isDiskFull = false
        var commitDuration = Duration.zero
        var spent = Duration.zero
    }

    private let state = Monitor(State())
    private let time: ManualTime

    init(time: ManualTime) {
        self.time = time
    }

    /// Lets the engine crash at a commit: the next one, or after so many others.
    public func crash(_ moment: Moment, skipping commits: Int = 0) {
        state.withLock { $0.crash = (moment, commits) }
    }

    /// Lets the engine crash now, between two commits. What was only in memory is lost: acknowledgements of the last
    /// `Limits.acknowledgementDelay`, sessions, signals.
    public func crashNow() {
        state.withLock { $0.hasCrashed = true }
    }

    /// Whether a crash has come. Reopening clears it.
    public var hasCrashed: Bool { state.withLock { $0.hasCrashed } }

    /// Whether every commit fails for want of room: the change is refused with `storage-full`, nothing of it happens,
    /// and the engine goes on.
    public var isDiskFull: Bool {
        get { state.withLock { $0.isDiskFull } }
        set { state.withLock { $0.isDiskFull = newValue } }
    }

    /// By how much the clock moves in each commit: a slow disk. Alarms that fall due meanwhile ring at the next
    /// advance.
    public var commitDuration: Duration {
        get { state.withLock { $0.commitDuration } }
        set { state.withLock { $0.commitDuration = newValue } }
    }

    /// No more faults. A crash that has come is over only when the engine has been reopened.
    public func clear() {
        state.withLock { state in
            state.crash = nil
            state.isDiskFull = false
            state.commitDuration = .zero
        }
    }

    /// How much time commits have taken since this was asked last.
    func takeSpent() -> Duration {
        state.withLock { state in
            defer { state.spent = .zero }
            return state.spent
        }
    }

    /// Forgets the crash, as the process that has crashed is gone. A full or slow disk stays what it is.
    func restart() {
        state.withLock { state in
            state.hasCrashed = false
            state.crash = nil
        }
    }

    /// Called by the engine at each of its fault points.
    func pass(_ point: FaultPoint) throws {
        let delay = try state.withLock { state throws(StorageError) in
            if state.hasCrashed { throw Self.crashed }
            switch point {
            case .beforeCommit:
                if state.isDiskFull { throw StorageError(.mapFull, operation: "commit", detail: "as the test has it") }
                try Self.reach(.beforeCommit, &state)
                state.spent += state.commitDuration
                return state.commitDuration
            case .afterCommit: try Self.reach(.afterCommit, &state)
            case .beforeFold: break
            }
            return .zero
        }
        if delay > .zero { time.jump(to: time.now().advanced(by: delay)) }
    }

    private static func reach(_ moment: Moment, _ state: inout State) throws(StorageError) {
        guard let crash = state.crash, crash.moment == moment else { return }
        if crash.commitsUntilThen > 0 {
            state.crash = (moment, crash.commitsUntilThen - 1)
            return
        }
        state.crash = nil
        state.hasCrashed = true
        throw crashed
    }

    private static let crashed = StorageError(
        .outcomeUnknown, operation: "commit", detail: "crashed, as the test has it")
}

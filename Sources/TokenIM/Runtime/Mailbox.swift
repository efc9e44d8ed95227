import DequeModule
import Synchronization
import TokenIMLMDB

/// The bounded queue between callers and the writer, in order of arrival.
///
/// A job is accepted when there is room; from then on it will be carried out. Beyond that, callers wait outside, in
/// order, and may still turn back.
final class Mailbox: Sendable {
    private struct State {
        var accepted: [Job] = []
        /// Jobs whose callers are suspended until there is room, each under a ticket.
        var waiting: Deque<(ticket: UInt64, job: Job)> = []
        var nextTicket: UInt64 = 1
        var isClosed = false
    }

    private let state = Monitor(State())
    /// Whether something has been accepted and not been taken; for looking without a lock.
    private let hasAccepted = Atomic(false)
    /// Whether the next job would have to wait outside; likewise.
    private let isCrowded = Atomic(false)
    private let capacity: Int
    private let waitingLimit: Int

    init(_ limits: Limits) {
        capacity = limits.mailboxCapacity
        waitingLimit = limits.waitingCommands
    }

    enum Acceptance {
        case accepted
        /// The caller has to wait; the ticket lets it turn back.
        case waiting(ticket: UInt64)
    }

    /// Hands in a job. When it is refused, nothing of it has happened and the job has been answered.
    ///
    /// - Parameter isOwn: whether it comes from the engine itself, whose jobs are few and always accepted.
    @discardableResult
    func put(_ job: Job, isOwn: Bool = false) -> Acceptance {
        let result = state.withLock { state -> Result<Acceptance, IMError> in
            if state.isClosed { return .failure(IMError(.closed, "the engine is closed")) }
            if isOwn || (state.accepted.count < capacity && state.waiting.isEmpty) {
                state.accepted.append(job)
                hasAccepted.store(true, ordering: .releasing)
                if state.accepted.count >= capacity { isCrowded.store(true, ordering: .relaxed) }
                return .success(.accepted)
            }
            if state.waiting.count >= waitingLimit {
                return .failure(IMError(.overloaded, "\(waitingLimit) callers wait already"))
            }
            defer { state.nextTicket += 1 }
            state.waiting.append((state.nextTicket, job))
            return .success(.waiting(ticket: state.nextTicket))
        }
        switch result {
        case .success(let acceptance): return acceptance
        case .failure(let error):
            job.refuse(error)
            return .accepted
        }
    }

    /// Whether a job would be accepted, as far as can be seen without the lock.
    var hasRoom: Bool { !isCrowded.load(ordering: .relaxed) }

    /// Takes back a job that has not been accepted yet, answering it. Later it is too late, and nothing happens.
    func turnBack(_ ticket: UInt64) {
        let job = state.withLock { state -> Job? in
            guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
            return state.waiting.remove(at: index).job
        }
        job?.refuse(IMError(.cancelled, "cancelled before the engine had accepted the command"))
    }

    /// Waits for jobs and takes all that have been accepted, in place of those that were taken before, whose memory is
    /// used again. None when the mailbox has been closed and drained.
    func take(_ jobs: inout [Job]) {
        lookForAWhile()
        jobs.removeAll(keepingCapacity: true)
        state.wait(atMost: nil) { state -> Void? in
            if state.accepted.isEmpty { return state.isClosed ? () : nil }
            takeAccepted(&state, &jobs)
            return ()
        }
    }

    /// A caller that has just been answered often comes back at once, sooner than a thread that sleeps would wake: so
    /// the writer looks for some tens of microseconds before it goes to sleep.
    private func lookForAWhile() {
        Spinning.look(atMost: Self.looks) { hasAccepted.load(ordering: .acquiring) }
    }

    private static let looks = 1_000

    /// Takes what has been accepted, without waiting.
    func takeNow(_ jobs: inout [Job]) {
        jobs.removeAll(keepingCapacity: true)
        state.withLock { takeAccepted(&$0, &jobs) }
    }

    /// Refuses everything from now on, also what waits outside. What has been accepted is still carried out.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for (_, job) in waiting { job.refuse(IMError(.closed, "the engine is closed")) }
    }

    private func takeAccepted(_ state: inout State, _ jobs: inout [Job]) {
        swap(&jobs, &state.accepted)
        while state.accepted.count < capacity, let next = state.waiting.popFirst() { state.accepted.append(next.job) }
        hasAccepted.store(!state.accepted.isEmpty, ordering: .releasing)
        isCrowded.store(state.accepted.count >= capacity || !state.waiting.isEmpty, ordering: .relaxed)
    }
}

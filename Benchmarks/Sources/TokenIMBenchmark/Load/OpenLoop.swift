import Foundation
import Synchronization

/// Does things at moments that were set beforehand, whether or not the earlier ones are done: so do users, who do not
/// wait for one another. What is late counts from the moment at which it should have begun.
struct OpenLoop: Sendable {
    /// How often something begins, by the second.
    var rate: Double
    var seconds: Double
    /// With so many under way no more are begun: the load is too much.
    var mostUnderWay = 50_000

    /// How many are begun, unless it gets too much.
    var count: Int { max(1, Int(rate * seconds)) }

    struct Outcome: Sendable {
        var begun: Int
        var done: Int
        var failed: Int
        /// From the first moment until the last one was done.
        var seconds: Double
        /// How many were begun by the schedule, and not left out.
        var isComplete: Bool
        /// How late they were begun: what the loop itself, and the system that wakes it, add to what is measured.
        var lateness: Histogram

        var rate: Double { Double(done) / seconds }
    }

    /// - Parameter body: gets the number of what is to be done and its moment.
    func run(
        _ body: @escaping @Sendable (Int, ContinuousClock.Instant) async throws -> Void
    ) async -> Outcome {
        let progress = OpenLoopProgress()
        let first = ContinuousClock.now
        let (begun, lateness) = await withCheckedContinuation { continuation in
            // A thread of its own: the pool's are busy with what has been begun.
            Thread.detachNewThread {
                continuation.resume(returning: self.begin(first, progress, body))
            }
        }
        while progress.underWay > 0 { try? await Task.sleep(for: .milliseconds(1)) }
        let (done, failed) = progress.results
        return Outcome(
            begun: begun, done: done, failed: failed, seconds: first.duration(to: progress.last ?? .now).inSeconds,
            isComplete: begun == count, lateness: lateness)
    }

    /// Returns how many were begun, and how late.
    private func begin(
        _ first: ContinuousClock.Instant, _ progress: OpenLoopProgress,
        _ body: @escaping @Sendable (Int, ContinuousClock.Instant) async throws -> Void
    ) -> (Int, Histogram) {
        var lateness = Histogram()
        for number in 0..<count {
            let moment = first + .seconds(Double(number) / rate)
            let wait = ContinuousClock.now.duration(to: moment).inSeconds
            if wait > 0 { Thread.sleep(forTimeInterval: wait) }
            lateness.note(nanoseconds: moment.duration(to: .now).inNanoseconds)
            guard progress.begin(atMost: mostUnderWay) else { return (number, lateness) }
            Task {
                do {
                    try await body(number, moment)
                    progress.end(isDone: true)
                } catch {
                    progress.end(isDone: false)
                }
            }
        }
        return (count, lateness)
    }
}

/// Counts what has been begun and what is done.
private final class OpenLoopProgress: Sendable {
    private struct State {
        var underWay = 0
        var done = 0
        var failed = 0
        var last: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    var underWay: Int { state.withLock(\.underWay) }
    var results: (done: Int, failed: Int) { state.withLock { ($0.done, $0.failed) } }
    var last: ContinuousClock.Instant? { state.withLock(\.last) }

    func begin(atMost most: Int) -> Bool {
        state.withLock { state in
            guard state.underWay < most else { return false }
            state.underWay += 1
            return true
        }
    }

    func end(isDone: Bool) {
        let now = ContinuousClock.now
        state.withLock { state in
            state.underWay -= 1
            if isDone { state.done += 1 } else { state.failed += 1 }
            state.last = now
        }
    }
}

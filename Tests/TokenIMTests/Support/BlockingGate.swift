import Dispatch

/// Holds up a thread until the test opens it; for work that the engine does on a thread of its own.
final class BlockingGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wait() { semaphore.wait() }

    func open() { semaphore.signal() }
}

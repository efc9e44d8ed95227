import TokenIMLMDB

/// Wakes one waiting task. A ring that comes before the wait is not lost.
final class Doorbell: Sendable {
    private struct State {
        var hasRung = false
        var waiter: UnsafeContinuation<Void, Never>?
    }

    private let state = Monitor(State())

    func ring() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.hasRung = true }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when the bell has rung since the last time, or the task is cancelled. One task at a time; a second one
    /// that comes sends the first on its way.
    func wait() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                let released = state.withLock { state -> UnsafeContinuation<Void, Never>? in
                    if state.hasRung || Task.isCancelled {
                        state.hasRung = false
                        return continuation
                    }
                    defer { state.waiter = continuation }
                    return state.waiter
                }
                released?.resume()
            }
        } onCancel: {
            ring()
        }
    }
}

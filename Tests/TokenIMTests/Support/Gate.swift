import Synchronization
import TokenIM

/// Lets tasks wait for a moment that the test chooses. Waiting does not end when the task is cancelled.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension Configuration {
    /// Threads of its own, and no other expectations of the machine than tests may have.
    static var threadedForTests: Configuration {
        var configuration = Configuration()
        configuration.allowsUnsafeFileSystem = true
        configuration.mapSize = 1 << 30
        return configuration
    }
}

import Glibc

/// A thread that runs a closure: tests of what blocks must not block the threads of Swift's own pool.
final class PosixThread: Sendable {
    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let thread: pthread_t

    init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(body))
        let code = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        precondition(code == 0, "cannot make a thread")
        self.thread = thread
    }

    /// Waits until the closure has returned. To be called once.
    func join() { pthread_join(thread, nil) }
}

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A thread that runs a closure: tests of what blocks must not block the threads of Swift's own pool.
final class PosixThread: Sendable {
    #if canImport(Darwin)
    private nonisolated(unsafe) let thread: pthread_t
    #else
    private let thread: pthread_t
    #endif

    init(_ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(PosixThreadStart(body))
        #if canImport(Darwin)
        var made: pthread_t?
        let code = pthread_create(&made, nil, { run($0) }, start.toOpaque())
        thread = made!
        #else
        var made = pthread_t()
        let code = pthread_create(&made, nil, { run($0!) }, start.toOpaque())
        thread = made
        #endif
        precondition(code == 0, "cannot make a thread")
    }

    /// Waits until the closure has returned. To be called once.
    func join() { pthread_join(thread, nil) }
}

private final class PosixThreadStart: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func run(_ start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<PosixThreadStart>.fromOpaque(start).takeRetainedValue().body()
    return nil
}

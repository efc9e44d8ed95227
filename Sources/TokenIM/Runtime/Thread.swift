#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread of the engine's own: writing waits for the disk, which the tasks' threads must not.
struct Thread: @unchecked Sendable {
    private let handle: pthread_t

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    init(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run)).toOpaque()
        #if canImport(Darwin)
        var handle: pthread_t?
        let code = pthread_create(
            &handle, nil,
            { body in
                Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run()
                return nil
            }, body)
        guard code == 0, let handle else { preconditionFailure("the system gives no more threads") }
        self.handle = handle
        #else
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { body in
                if let body { Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run() }
                return nil
            }, body)
        guard code == 0 else { preconditionFailure("the system gives no more threads") }
        self.handle = handle
        #endif
    }

    /// Waits for its end. Once.
    func join() {
        pthread_join(handle, nil)
    }

    var isCurrent: Bool {
        pthread_equal(handle, pthread_self()) != 0
    }
}

/// Tells threads apart.
struct ThreadIdentity: Equatable, Sendable {
    private let value: UInt

    static var current: ThreadIdentity {
        #if canImport(Darwin)
        ThreadIdentity(value: UInt(bitPattern: pthread_self()))
        #else
        ThreadIdentity(value: UInt(pthread_self()))
        #endif
    }
}

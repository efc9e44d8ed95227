#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// State behind a lock, for which a thread can wait until it has changed.
///
/// `Mutex` cannot be waited on, and the pool of readers has to wait for a returned one. Nor does the thread sanitizer
/// see on Linux what a `Mutex` protects, which is why this module uses this instead of it throughout.
package final class Monitor<State: ~Copyable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    /// Made when somebody waits for the first time: most never do.
    private var condition: UnsafeMutablePointer<pthread_cond_t>?
    // At an address of its own: exclusive access is what the lock is for, and need not be checked at every step.
    @usableFromInline let state: UnsafeMutablePointer<State>
    private var waiters = 0

    package init(_ state: consuming State) {
        self.state = .allocate(capacity: 1)
        self.state.initialize(to: state)
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        if let condition {
            pthread_cond_destroy(condition)
            condition.deallocate()
        }
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Reads or changes the state, and wakes those who wait for a change.
    @inlinable package func withLock<Result: ~Copyable, Failure>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body(&state.pointee)
    }

    @usableFromInline func lock() {
        pthread_mutex_lock(mutex)
    }

    @usableFromInline func unlock() {
        // Woken after the lock is free: they would only run into it.
        let awaited = waiters > 0 ? condition : nil
        pthread_mutex_unlock(mutex)
        if let awaited { pthread_cond_broadcast(awaited) }
    }

    /// Asks `body` again after every change until it has a result, at most as long as `limit` says.
    ///
    /// - Returns: nil when the time was up. Without a limit it waits for ever.
    package func wait<Result>(atMost limit: Duration?, for body: (inout State) -> Result?) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if let result = body(&state.pointee) { return result }
        let deadline = limit.map { ContinuousClock.now + $0 }
        let condition = condition ?? makeCondition()
        waiters += 1
        defer { waiters -= 1 }
        while true {
            if let deadline {
                let rest = deadline - ContinuousClock.now
                guard rest > .zero else { return nil }
                sleep(on: condition, atMost: rest)
            } else {
                pthread_cond_wait(condition, mutex)
            }
            if let result = body(&state.pointee) { return result }
        }
    }

    /// Called with the lock held.
    private func makeCondition() -> UnsafeMutablePointer<pthread_cond_t> {
        let made = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        made.initialize(to: pthread_cond_t())
        #if canImport(Darwin)
        pthread_cond_init(made, nil)
        #else
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(made, &attributes)
        pthread_condattr_destroy(&attributes)
        #endif
        condition = made
        return made
    }

    private func sleep(on condition: UnsafeMutablePointer<pthread_cond_t>, atMost rest: Duration) {
        let (seconds, attoseconds) = rest.components
        var time = timespec()
        #if canImport(Darwin)
        time.tv_sec = Int(min(seconds, 1 << 30))
        time.tv_nsec = Int(attoseconds / 1_000_000_000)
        pthread_cond_timedwait_relative_np(condition, mutex, &time)
        #else
        clock_gettime(CLOCK_MONOTONIC, &time)
        time.tv_sec += Int(min(seconds, 1 << 30))
        time.tv_nsec += Int(attoseconds / 1_000_000_000)
        if time.tv_nsec >= 1_000_000_000 {
            time.tv_sec += 1
            time.tv_nsec -= 1_000_000_000
        }
        pthread_cond_timedwait(condition, mutex, &time)
        #endif
    }
}

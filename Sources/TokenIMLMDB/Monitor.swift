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
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var state: State
    private var waiters = 0

    package init(_ state: consuming State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        #if canImport(Darwin)
        pthread_cond_init(condition, nil)
        #else
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Reads or changes the state, and wakes those who wait for a change.
    package func withLock<Result: ~Copyable, Failure>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            // Woken after the lock is free: they would only run into it.
            let isAwaited = waiters > 0
            pthread_mutex_unlock(mutex)
            if isAwaited { pthread_cond_broadcast(condition) }
        }
        return try body(&state)
    }

    /// Asks `body` again after every change until it has a result, at most as long as `limit` says.
    ///
    /// - Returns: nil when the time was up. Without a limit it waits for ever.
    package func wait<Result>(atMost limit: Duration?, for body: (inout State) -> Result?) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if let result = body(&state) { return result }
        let deadline = limit.map { ContinuousClock.now + $0 }
        waiters += 1
        defer { waiters -= 1 }
        while true {
            if let deadline {
                let rest = deadline - ContinuousClock.now
                guard rest > .zero else { return nil }
                sleep(atMost: rest)
            } else {
                pthread_cond_wait(condition, mutex)
            }
            if let result = body(&state) { return result }
        }
    }

    private func sleep(atMost rest: Duration) {
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

import TokenIMLMDB

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The system's clock.
public struct SystemTime: TimeSource {
    public init() {}

    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm {
        SystemAlarm(clock: self, ring)
    }
}

/// An alarm with a thread of its own, which sleeps until it is due.
private final class SystemAlarm: Alarm {
    private struct State {
        var deadline: Timestamp?
        var isCancelled = false
    }

    private let state: Monitor<State>
    private let thread: Thread

    init(clock: SystemTime, _ ring: @escaping @Sendable () -> Void) {
        let state = Monitor(State())
        self.state = state
        thread = Thread {
            while true {
                // What this closure returns says whether to ring; nil from `wait` means that the time is up.
                let deadline = state.withLock { $0.deadline }
                let limit = deadline.map { max(.zero, $0.duration(since: clock.now())) }
                let isCancelled = state.wait(atMost: limit) { state -> Bool? in
                    if state.isCancelled { return true }
                    return state.deadline != deadline ? false : nil
                }
                if isCancelled == true { return }
                if isCancelled == false { continue }
                let isDue = state.withLock { state in
                    guard let deadline = state.deadline, deadline <= clock.now() else { return false }
                    state.deadline = nil
                    return true
                }
                if isDue { ring() }
            }
        }
    }

    func set(_ deadline: Timestamp?) {
        state.withLock { $0.deadline = deadline }
    }

    func cancel() {
        state.withLock { $0.isCancelled = true }
        if !thread.isCurrent { thread.join() }
    }
}

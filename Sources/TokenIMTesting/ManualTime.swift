internal import Dispatch
internal import TokenIMLMDB
public import TokenIM

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// A clock that stands still until the test moves it.
///
/// ```swift
/// let time = ManualTime()
/// let alarm = time.makeAlarm { print("an hour later") }
/// alarm.set(time.now().advanced(by: .seconds(3_600)))
/// time.advance(by: .seconds(86_400))  // rings, on this thread, before it returns
/// ```
///
/// - Order: alarms ring in the order of their deadlines; those with the same deadline in the order in which they were
///   made. While one rings the clock stands at its deadline, so what it sets is relative to that moment, and rings in
///   the same advance when it is due before the end of it.
/// - An alarm that is set to a moment that has passed rings at the next advance, also by nothing:
///   `advance(by: .zero)`. It never rings within `set`.
/// - Threads: everything may be called from any thread, also from within `ring`, but for ``advance(by:)`` and
///   ``advance(to:)``, which trap there. One advance is under way at a time; a second one waits for it.
/// - An alarm keeps its `ring`, and what that refers to, until it is cancelled or the clock goes away.
public final class ManualTime: TimeSource {
    private struct State {
        var schedule: AlarmSchedule
        var rings: [AlarmSchedule.Number: @Sendable () -> Void] = [:]
        /// The thread that advances, and the alarm whose `ring` it has called and not yet come back from.
        var advancing: Thread?
        var ringing: AlarmSchedule.Number?
        /// Threads that wait for one of these two to change.
        var waiting: [DispatchSemaphore] = []
    }

    private let state: Monitor<State>

    /// A clock that stands at `start`, by default in the year 2023.
    public init(_ start: Timestamp = Timestamp(seconds: 1_700_000_000)) {
        state = Monitor(State(schedule: AlarmSchedule(now: start)))
    }

    /// Where the clock stands; while an alarm rings, the moment to which it was set, or the present one if that had
    /// passed.
    public func now() -> Timestamp {
        state.withLock { $0.schedule.now }
    }

    /// Makes an alarm that rings on the thread that advances the clock. Cost of setting it: O(alarms that are set).
    public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm {
        state.withLock { state in
            let number = state.schedule.makeNumber()
            state.rings[number] = ring
            return ManualAlarm(number: number, time: self)
        }
    }

    /// The earliest deadline that an alarm is set to, which may have passed; nil when none is set.
    ///
    /// A simulation that has nothing else to do goes there: `time.advance(to: max(time.now(), deadline))`.
    public var nextDeadline: Timestamp? {
        state.withLock { $0.schedule.nextDeadline }
    }

    /// Moves the clock forwards by `duration`, and rings what falls due on the way.
    ///
    /// - Precondition: `duration` is not negative; ``jump(to:)`` is for clocks that go wrong.
    public func advance(by duration: Duration) {
        precondition(duration >= .zero, "a clock advances forwards only; jump(to:) sets it back")
        advance { $0.advanced(by: duration) }
    }

    /// Moves the clock forwards to `target`, and rings what falls due on the way.
    ///
    /// - Precondition: `target` is not before ``now()``; ``jump(to:)`` is for clocks that go wrong.
    public func advance(to target: Timestamp) {
        advance { now in
            precondition(target >= now, "a clock advances forwards only; jump(to:) sets it back")
            return target
        }
    }

    /// Sets the clock to any moment, without ringing: the system's clock was wrong, or has become so.
    ///
    /// Alarms keep their deadlines. What is due after a jump forwards rings at the next advance. A jump within an
    /// advance (from a `ring`, or from another thread) ends that advance: the clock stays where the jump has put it.
    public func jump(to moment: Timestamp) {
        state.withLock { $0.schedule.jump(to: moment) }
    }

    private func advance(to target: (Timestamp) -> Timestamp) {
        wait { state in
            precondition(state.advancing != .current, "a clock must not be advanced by the alarm that it rings")
            guard state.advancing == nil else { return false }
            state.schedule.begin(to: target(state.schedule.now))
            state.advancing = .current
            return true
        }
        while let ring = state.withLock({ Self.nextRing(&$0) }) {
            ring()
            change { $0.ringing = nil }
        }
        change { $0.advancing = nil }
    }

    private static func nextRing(_ state: inout State) -> (@Sendable () -> Void)? {
        guard let number = state.schedule.next(), let ring = state.rings[number] else { return nil }
        state.ringing = number
        return ring
    }

    fileprivate func set(_ number: AlarmSchedule.Number, to deadline: Timestamp?) {
        state.withLock { state in
            guard state.rings[number] != nil else { return }
            state.schedule.set(number, to: deadline)
        }
    }

    fileprivate func cancel(_ number: AlarmSchedule.Number) {
        // What `ring` refers to may go away with it, and do whatever it likes then: not while the lock is held.
        let ring = state.withLock { state in
            state.schedule.set(number, to: nil)
            return state.rings.removeValue(forKey: number)
        }
        withExtendedLifetime(ring) {
            wait { $0.ringing != number || $0.advancing == .current }
        }
    }

    /// Asks `isDone` again after every change of who advances or rings, until it says so.
    private func wait(until isDone: (inout State) -> Bool) {
        while true {
            let changed: DispatchSemaphore? = state.withLock { state in
                if isDone(&state) { return nil }
                let changed = DispatchSemaphore(value: 0)
                state.waiting.append(changed)
                return changed
            }
            guard let changed else { return }
            changed.wait()
        }
    }

    /// Changes who advances or rings, and wakes those who wait for that.
    private func change(_ body: (inout State) -> Void) {
        let waiting = state.withLock { state in
            body(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for semaphore in waiting { semaphore.signal() }
    }
}

private struct ManualAlarm: Alarm {
    let number: AlarmSchedule.Number
    let time: ManualTime

    func set(_ deadline: Timestamp?) { time.set(number, to: deadline) }

    func cancel() { time.cancel(number) }
}

/// The identity of a thread that runs.
private struct Thread: Equatable {
    let identity: UInt

    static var current: Thread {
        #if canImport(Darwin)
        Thread(identity: UInt(bitPattern: pthread_self()))
        #else
        Thread(identity: UInt(pthread_self()))
        #endif
    }
}

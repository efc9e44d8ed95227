/// Where the engine gets its time from. The system's clock in production, a clock that the test moves in tests.
///
/// Nothing in the engine reads a clock of its own: expiry, deadlines and timestamps all follow this source, so a test
/// that advances it by a month sees a month's worth of deadlines pass.
public protocol TimeSource: Sendable {
    /// The present moment. It may stand still or jump back; the engine orders its entries all the same.
    func now() -> Timestamp

    /// Makes an alarm that calls `ring` when the moment it has been set to has come.
    ///
    /// One call of `ring` is under way at a time for one alarm. `ring` may set the alarm again.
    func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm
}

/// A timer that rings once for each time it is set.
public protocol Alarm: Sendable {
    /// Rings at `deadline`, or at once when that has passed; `nil` silences it. Replaces what was set before.
    func set(_ deadline: Timestamp?)

    /// Silences the alarm for good. When this returns, `ring` is not running and never will again, unless it is
    /// called from within `ring`, whose call is then the last.
    func cancel()
}

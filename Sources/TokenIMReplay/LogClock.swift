package import TokenIM

/// The time that a log's minutes make: it never goes back, and a minute earlier in the day than the last is tomorrow's.
package struct LogClock: Sendable {
    /// Midnight of the first day, 2000-01-01. Any would do; that it is always the same makes runs repeat.
    private static let firstMidnight: Int64 = 946_684_800

    private var day: Int64 = 0
    private var minute: MinuteOfDay?

    package init() {}

    package var now: Timestamp {
        Timestamp(seconds: Self.firstMidnight + (day * 1440 + Int64(minute?.minutes ?? 0)) * 60)
    }

    package mutating func advance(to next: MinuteOfDay) {
        if let minute, next < minute { day += 1 }
        minute = next
    }
}

/// A moment: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// The engine takes one timestamp for each batch of commands from its ``TimeSource`` and forces it to be greater than
/// every timestamp before it, so entries are ordered by time as they are by position.
public struct Timestamp: Hashable, Comparable, Sendable {
    public var microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    public init(seconds: Int64) {
        self.microseconds = seconds &* 1_000_000
    }

    /// 1970-01-01T00:00:00Z.
    public static let zero = Timestamp(microseconds: 0)

    /// The greatest moment that can be said.
    public static let distantFuture = Timestamp(microseconds: .max)

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The moment `duration` later (or earlier, when negative). Stops at the ends of the range instead of overflowing.
    public func advanced(by duration: Duration) -> Timestamp {
        let (sum, overflow) = microseconds.addingReportingOverflow(duration.wholeMicroseconds)
        guard overflow else { return Timestamp(microseconds: sum) }
        return duration < .zero ? Timestamp(microseconds: .min) : .distantFuture
    }

    /// How long after `earlier` this moment is; negative when it lies before.
    public func duration(since earlier: Timestamp) -> Duration {
        let (difference, overflow) = microseconds.subtractingReportingOverflow(earlier.microseconds)
        return .microseconds(overflow ? (self < earlier ? .min : .max) : difference)
    }
}

extension Duration {
    /// Whole microseconds, rounded towards zero, stopping at the ends of `Int64`.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}

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

extension Timestamp: CustomStringConvertible {
    /// As in RFC 3339, in UTC: `2026-11-21T10:39:47.000123Z`, with as many decimals as it has.
    public var description: String {
        let day: Int64 = 86_400_000_000
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: day)
        let (days, rest) = remainder < 0 ? (quotient - 1, remainder + day) : (quotient, remainder)
        let date = Self.date(days)
        let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000)
        let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, to: 2) }
        var decimals = fraction == 0 ? "" : "." + Self.padded(fraction, to: 6)
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return [Self.padded(date.year, to: 4), Self.padded(date.month, to: 2), Self.padded(date.day, to: 2)]
            .joined(separator: "-") + "T" + time.joined(separator: ":") + decimals + "Z"
    }

    private static func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The date so many days after 1970-01-01, in the Gregorian calendar, also of the time before it.
    ///
    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the leap day is the
    /// last of its year, and come in eras of 400.
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
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

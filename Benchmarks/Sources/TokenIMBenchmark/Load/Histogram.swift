import Synchronization

/// How often which durations were met, each known to within three hundredths. It takes the same room for any number.
struct Histogram: Sendable {
    private static let steps = 32
    private var counts = [UInt32](repeating: 0, count: 64 * steps)
    private(set) var count = 0
    private(set) var longest: UInt64 = 0

    mutating func note(nanoseconds: UInt64) {
        counts[Self.index(of: nanoseconds)] += 1
        count += 1
        longest = max(longest, nanoseconds)
    }

    mutating func add(_ other: Histogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        longest = max(longest, other.longest)
    }

    /// Nanoseconds that a share (0 … 1) of all does not exceed; the longest for 1.
    func percentile(_ share: Double) -> Double {
        guard count > 0 else { return .nan }
        var rest = Int((Double(count) * share).rounded(.up))
        for (index, number) in counts.enumerated() {
            rest -= Int(number)
            if rest <= 0 { return min(Double(Self.greatest(in: index)), Double(longest)) }
        }
        return Double(longest)
    }

    // Below 32 each has a place of its own; above, each doubling has 32 places.

    private static func index(of value: UInt64) -> Int {
        guard value >= UInt64(steps) else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - 5
        return (shift + 1) * steps + Int(value >> UInt64(shift)) - steps
    }

    private static func greatest(in index: Int) -> UInt64 {
        guard index >= steps else { return UInt64(index) }
        let shift = UInt64(index / steps - 1)
        return (UInt64(index % steps + steps) << shift) + (1 << shift) - 1
    }
}

/// A histogram that many write to.
final class SharedHistogram: Sendable {
    private let histogram = Mutex(Histogram())

    var value: Histogram { histogram.withLock(\.self) }

    func note(_ duration: Duration) {
        let nanoseconds = duration.inNanoseconds
        histogram.withLock { $0.note(nanoseconds: nanoseconds) }
    }

    func add(_ other: Histogram) {
        histogram.withLock { $0.add(other) }
    }
}

extension Work {
    /// The usual percentiles of what a histogram holds.
    static func rows(
        _ measure: String, _ parameters: [Parameter], _ histogram: Histogram,
        percentiles: [Double] = [0.5, 0.99, 0.999, 1], aims: [Double: Aim] = [:]
    ) -> [Row] {
        percentiles.map { share in
            row(
                measure, [.percentile(share)] + parameters, histogram.percentile(share) / 1e3, "µs", aim: aims[share],
                note: "\(Figure.text(Double(histogram.count))) samples")
        }
    }
}

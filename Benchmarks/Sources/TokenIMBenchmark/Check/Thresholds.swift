import Foundation

/// A figure that does not depend on how fast a machine is.
struct Counter: Codable {
    var name: String
    var value: Double
    /// By what share it may get worse.
    var tolerance: Double
    var better: Direction

    init(_ name: String, _ value: Double, tolerance: Double, better: Direction = .less) {
        self.name = name
        self.value = (value * 1_000).rounded() / 1_000
        self.tolerance = tolerance
        self.better = better
    }

    /// Whether a new value is worse than this one by more than is tolerated.
    func isWorse(_ new: Counter) -> Bool {
        let slack = abs(value) * tolerance + 0.001
        return better == .less ? new.value > value + slack : new.value < value - slack
    }

    /// Whether a new value is better by more than chance.
    func isBetter(_ new: Counter) -> Bool {
        let slack = abs(value) * tolerance + 0.001
        return better == .less ? new.value < value - slack : new.value > value + slack
    }
}

/// What the counters were when somebody last looked at them and agreed.
struct Thresholds: Codable {
    var counters: [Counter]

    init(_ counters: [Counter]) {
        self.counters = counters
    }

    init(file: String) throws {
        self = try JSONDecoder().decode(Thresholds.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }

    func write(to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: file))
    }

    /// With new values, and with what is known of counters that were not counted this time.
    func updated(_ new: [Counter]) -> Thresholds {
        let old = counters.filter { counter in !new.contains { $0.name == counter.name } }
        return Thresholds(new + old)
    }
}

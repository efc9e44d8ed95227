import TokenIM

/// Sends with so many messages in flight: as many tasks, each of which sends its next message when the one before is on
/// disk.
struct Load {
    let engine: Engine
    let traffic: Traffic
    let inFlight: Int
    var timing = Timing.none
    /// Whether all is done but to send, which is what the load itself costs.
    var isIdle = false

    enum Timing {
        case none
        /// How often a message took how long.
        case counted
        /// When each message was handed in and how long it took.
        case listed
    }

    enum Extent {
        case duration(Duration)
        case messages(Int)
    }

    struct Outcome: Sendable {
        var count = 0
        var seconds = 0.0
        var histogram = Histogram()
        var latencies: [Latency] = []

        var rate: Double { Double(count) / seconds }
    }

    /// When a message was handed in, and how long it took to its receipt.
    struct Latency: Sendable {
        var began: ContinuousClock.Instant
        var duration: Duration

        var ended: ContinuousClock.Instant { began + duration }
    }

    /// What one task has sent, and when it was done.
    private struct Part {
        var count = 0
        var ended: ContinuousClock.Instant
        var latencies: [Latency] = []
    }

    func run(_ extent: Extent) async throws -> Outcome {
        // Some for all: each of ten thousand tasks would want too much room, and one would be waited for.
        let histograms = (0..<(timing == .counted ? 16 : 1)).map { _ in SharedHistogram() }
        let began = ContinuousClock.now
        let parts = try await withThrowingTaskGroup(of: Part.self) { group in
            for index in 0..<inFlight {
                group.addTask { [self] in
                    let histogram = histograms[index % histograms.count]
                    switch extent {
                    case .duration(let duration):
                        return try await send(histogram) { $1 < began + duration }
                    case .messages(let count):
                        let share = count / inFlight + (index < count % inFlight ? 1 : 0)
                        return try await send(histogram) { count, _ in count < share }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        var outcome = Outcome()
        outcome.seconds = began.duration(to: parts.map(\.ended).max() ?? began).inSeconds
        outcome.count = parts.reduce(0) { $0 + $1.count }
        outcome.latencies = parts.flatMap(\.latencies)
        if timing == .counted { for histogram in histograms { outcome.histogram.add(histogram.value) } }
        return outcome
    }

    /// One message after the other, while `goesOn` says so of the number that have been sent and the moment.
    private func send(
        _ histogram: SharedHistogram, while goesOn: (Int, ContinuousClock.Instant) -> Bool
    ) async throws -> Part {
        var source = MessageSource(traffic)
        var part = Part(ended: .now)
        while goesOn(part.count, part.ended) {
            let message = try source.next()
            let began = timing == .none ? nil : ContinuousClock.now
            if !isIdle {
                try await engine.messages.send(
                    message.content, from: message.sender, to: message.target, key: message.key)
            }
            part.ended = .now
            part.count += 1
            guard let began else { continue }
            let duration = began.duration(to: part.ended)
            if timing == .counted {
                histogram.note(duration)
            } else {
                part.latencies.append(Latency(began: began, duration: duration))
            }
        }
        return part
    }
}

extension Duration {
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// None when it is less than nothing.
    var inNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000
    }
}

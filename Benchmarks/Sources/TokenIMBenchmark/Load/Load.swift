import TokenIM

/// Sends with so many messages in flight: as many tasks, each of which sends its next message when the one before is on
/// disk.
struct Load {
    let engine: Engine
    let traffic: Traffic
    let inFlight: Int
    /// Whether the latency of each message is noted.
    var isTimed = false

    enum Extent {
        case duration(Duration)
        case messages(Int)
    }

    struct Outcome: Sendable {
        var count = 0
        var seconds = 0.0
        var latencies: [Latency] = []

        var rate: Double { Double(count) / seconds }
    }

    /// When a message was handed in, and how long it took to its receipt.
    struct Latency: Sendable {
        var began: ContinuousClock.Instant
        var duration: Duration

        var ended: ContinuousClock.Instant { began + duration }
    }

    func run(_ extent: Extent) async throws -> Outcome {
        let began = ContinuousClock.now
        var outcome = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for index in 0..<inFlight {
                group.addTask { [self] in
                    switch extent {
                    case .duration(let duration):
                        try await send { _ in ContinuousClock.now < began + duration }
                    case .messages(let count):
                        try await send { $0 < count / inFlight + (index < count % inFlight ? 1 : 0) }
                    }
                }
            }
            return try await group.reduce(into: Outcome()) { sum, part in
                sum.count += part.count
                sum.latencies += part.latencies
            }
        }
        outcome.seconds = began.duration(to: .now).inSeconds
        return outcome
    }

    /// One message after the other, while `goesOn` says so of the number that have been sent.
    private func send(while goesOn: (Int) -> Bool) async throws -> Outcome {
        var source = MessageSource(traffic)
        var outcome = Outcome()
        while goesOn(outcome.count) {
            let message = try source.next()
            let began = isTimed ? ContinuousClock.now : nil
            try await engine.messages.send(
                message.content, from: message.sender, to: message.target, key: message.key)
            if let began { outcome.latencies.append(Latency(began: began, duration: began.duration(to: .now))) }
            outcome.count += 1
        }
        return outcome
    }
}

extension Duration {
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

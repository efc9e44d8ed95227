import ArgumentParser
import TokenIM

/// How fast a device that was away gets what has piled up.
struct CatchUpBenchmark: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "catch-up", abstract: "Reading a long offline queue, acknowledged.")

    @Option(help: "Messages that wait for the device.")
    var pending = 1_000_000
    @Option(help: "Direct conversations that they came through.")
    var conversations = 1_000
    @Option(help: "Rounds, each with a new device; the median counts. At most 20.")
    var rounds = 3
    @OptionGroup var output: OutputOptions

    func measure() async throws -> [Row] {
        Progress.say("Sending \(Figure.text(Double(pending))) messages to one user")
        let store = try BenchmarkStore()
        let engine = store.engine
        let users = try await engine.createUsers(conversations + 1)
        try await engine.preload(pending, .direct(of: users[0], with: users.dropFirst()), isOneSided: true)
        try await engine.fold()
        var rates: [[Double]] = [[], [], []]
        for round in 0..<max(1, min(20, rounds)) {
            for (index, window) in [4_096, 64, 4_096].enumerated() {
                let device = try DeviceID("device-\(round)-\(index)")
                var options = SessionOptions()
                options.start = .creation
                options.window = window
                let session = try await engine.connect(users[0], device: device, options: options)
                defer { session.close() }
                let seconds = try await Measure.seconds {
                    try await index == 0 ? receiveInBatches(session) : receiveOneByOne(session)
                }
                rates[index].append(Double(pending) / seconds)
            }
        }
        let batches = "batches of receive(), each acknowledged, window 4,096"
        let elements = "the asynchronous sequence, each delivery acknowledged"
        return [
            row(batches, rates[0], "deliveries/s", aim: .atLeast(1_000_000)),
            row("\(elements), window 64", rates[1], "deliveries/s", aim: .atLeast(300_000)),
            row("\(elements), window 4,096", rates[2], "deliveries/s", aim: .atLeast(300_000)),
        ]
    }

    struct Incomplete: Error {
        var received: Int
    }

    private func receiveInBatches(_ session: Session) throws {
        var received = 0
        while received < pending {
            let batch = try session.receive()
            guard let last = batch.last else { throw Incomplete(received: received) }
            for delivery in batch where delivery.message != nil { received += 1 }
            try session.acknowledge(through: last.position)
        }
    }

    private func receiveOneByOne(_ session: Session) async throws {
        var received = 0
        for try await delivery in session.deliveries {
            if delivery.message != nil { received += 1 }
            session.acknowledge(delivery)
            if received == pending { return }
        }
        throw Incomplete(received: received)
    }
}

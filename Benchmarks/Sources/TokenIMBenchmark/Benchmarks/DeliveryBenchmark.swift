import ArgumentParser
import TokenIM

/// How soon a message reaches those who are online, and how many deliveries a second that makes.
struct DeliveryBenchmark: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "delivery", abstract: "From the call of send to the hands of sessions that are online.")

    @Option(help: "Messages whose way is timed, one after the other.")
    var messages = 10_000
    @Option(help: "Deliveries of each round of throughput.")
    var deliveries = 1_000_000
    @Option(parsing: .upToNextOption, help: "Sessions of a group that are online.")
    var sessions = [1, 100, 1_000]
    @Option(help: "Messages in flight, for throughput.")
    var inFlight = 100
    @Option(help: "Rounds of throughput; the median counts.")
    var rounds = 3
    @OptionGroup var output: OutputOptions

    func measure() async throws -> [Row] {
        var rows = try await timeOne()
        for count in sessions { rows.append(try await throughput(to: count)) }
        return rows
    }

    private func timeOne() async throws -> [Row] {
        Progress.say("Timing \(Figure.text(Double(messages))) messages to one session")
        let store = try BenchmarkStore()
        let engine = store.engine
        let users = try await engine.createUsers(2)
        var source = MessageSource(.direct(of: users[1], with: users.prefix(1)), isOneSided: true)
        let session = try await engine.connect(users[1], device: "phone")
        let receiver = Task { try await moments(of: messages, session) }
        var began: [ContinuousClock.Instant] = []
        var accepted: [ContinuousClock.Instant] = []
        for _ in 0..<messages {
            let message = try source.next()
            began.append(.now)
            try await engine.messages.send(
                message.content, from: message.sender, to: message.target, key: message.key)
            accepted.append(.now)
        }
        let received = try await receiver.value
        session.close()
        return rows(
            "send to its receipt", seconds: zip(began, accepted).map { $0.duration(to: $1).inSeconds }, unit: "µs")
            + rows(
                "send to its delivery", seconds: zip(began, received).map { $0.duration(to: $1).inSeconds }, unit: "µs")
    }

    /// When each of so many messages arrived.
    private func moments(of count: Int, _ session: Session) async throws -> [ContinuousClock.Instant] {
        var moments: [ContinuousClock.Instant] = []
        for try await delivery in session.deliveries {
            if delivery.message != nil { moments.append(.now) }
            session.acknowledge(delivery)
            if moments.count == count { break }
        }
        return moments
    }

    private func throughput(to count: Int) async throws -> Row {
        let each = max(1, deliveries / count)
        Progress.say("\(Figure.text(Double(each))) messages to \(Figure.text(Double(count))) sessions")
        let store = try BenchmarkStore()
        let engine = store.engine
        let users = try await engine.createUsers(count)
        let senders = try await engine.createUsers(10, prefix: "sender")
        try await engine.createGroup("everyone", of: senders + users)
        var rates: [Double] = []
        for round in 0..<max(1, rounds) {
            var open: [Session] = []
            for user in users {
                var options = SessionOptions()
                options.start = .head
                open.append(try await engine.connect(user, device: DeviceID("device-\(round)"), options: options))
            }
            let load = Load(engine: engine, traffic: .group("everyone", from: senders), inFlight: inFlight)
            let seconds = try await Measure.seconds {
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for session in open {
                        group.addTask { try await moments(of: each, session).count }
                    }
                    _ = try await load.run(.messages(each))
                    try await group.waitForAll()
                }
            }
            rates.append(Double(each * count) / seconds)
            for session in open { session.close() }
        }
        let name = count == 1 ? "1 session" : "\(Figure.text(Double(count))) sessions"
        return row(
            "live throughput to \(name) of a group", rates, "deliveries/s",
            note: "\(Figure.text(Double(each))) messages, \(inFlight) in flight, window 64")
    }
}

import TokenIM

/// How fast a device that was away gets what has piled up.
struct CatchUpWork: Work {
    static let name = "catch-up"
    static let title = "a device that was away reads its queue, acknowledged"
    static let meetsServers = true

    /// How a device reads.
    private struct Manner {
        var name: String
        var window: Int
        var aim: Double
        var isInBatches: Bool

        var parameters: [Parameter] { [Parameter(name, ""), Parameter("window", window)] }
    }

    private static let manners = [
        Manner(name: "in batches", window: 4_096, aim: 1_000_000, isInBatches: true),
        Manner(name: "one by one", window: 64, aim: 300_000, isInBatches: false),
        Manner(name: "one by one", window: 4_096, aim: 300_000, isInBatches: false),
    ]

    func measure(_ plan: Plan) async throws -> [Row] {
        let pending = plan.preload(20_000, 200_000, 1_000_000)
        Progress.say("Sending \(Figure.text(Double(pending))) messages to one user")
        let store = try BenchmarkStore()
        let engine = store.engine
        let users = try await engine.createUsers(1_001)
        try await engine.preload(pending, .direct(to: users[0], from: users.dropFirst()))
        try await engine.fold()
        let contest = try Contest.joining(plan)
        contest.prepare(conversations: plan.conversations, messages: plan.prepared, body: 256)
        let theirPending = min(pending, plan.prepared)
        let devices = Devices()
        let ours = Self.manners.map { manner in
            { () async throws -> Double? in
                Progress.say("\(manner.name), window \(manner.window)")
                var options = SessionOptions()
                options.start = .creation
                options.window = manner.window
                let session = try await engine.connect(users[0], device: devices.next(), options: options)
                defer { session.close() }
                let seconds = try await Measure.seconds {
                    try await manner.isInBatches
                        ? Self.receiveInBatches(session, pending) : Self.receiveOneByOne(session, pending)
                }
                return Double(pending) / seconds
            }
        }
        let theirs = contest.contenders.map { contender in
            { () async throws -> Double? in
                contest.measure(contender, "catch-up", ["--messages", "\(theirPending)"])?.rate
            }
        }
        // A user has at most 64 devices.
        let rates = try await Turns.take(min(20, plan.rounds(1, 2, 5)), ours + theirs)
        var rows: [Row] = []
        for (manner, rates) in zip(Self.manners, rates) {
            rows.append(
                Self.row("deliveries taken up", manner.parameters, rates, "deliveries/s", aim: .atLeast(manner.aim)))
        }
        for (contender, theirs) in zip(contest.contenders, rates.dropFirst(ours.count)) where !theirs.isEmpty {
            rows.append(
                Self.row(
                    "deliveries taken up", Self.manners[0].parameters, theirs, "deliveries/s",
                    contender: contender.name, note: contender.note))
            rows.append(
                Row(
                    Self.name, "in batches, TokenIM ÷ the other", [], ratioOf: rates[0], to: theirs,
                    contender: contender.name, note: contender.note))
        }
        return rows
    }

    /// Names of devices that have not been there.
    private final class Devices {
        private var count = 0

        func next() throws -> DeviceID {
            count += 1
            return try DeviceID("device-\(count)")
        }
    }

    struct Incomplete: Error {
        var received: Int
    }

    private static func receiveInBatches(_ session: Session, _ pending: Int) throws {
        var received = 0
        while received < pending {
            let batch = try session.receive()
            guard let last = batch.last else { throw Incomplete(received: received) }
            for delivery in batch where delivery.message != nil { received += 1 }
            try session.acknowledge(through: last.position)
        }
    }

    private static func receiveOneByOne(_ session: Session, _ pending: Int) async throws {
        var received = 0
        for try await delivery in session.deliveries {
            if delivery.message != nil { received += 1 }
            session.acknowledge(delivery)
            if received == pending { return }
        }
        throw Incomplete(received: received)
    }
}

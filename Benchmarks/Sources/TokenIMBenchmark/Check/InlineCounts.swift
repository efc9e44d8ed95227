import TokenIM
import TokenIMTesting

/// Counts on an engine without threads, on a clock that stands: the same each time.
struct InlineCounts {
    private static let group: GroupID = "everyone"
    private static let exact = 0.005

    func counters() async throws -> [Counter] {
        let direct = try await sends(toGroup: false)
        let group = try await sends(toGroup: true)
        return try await direct + group + batch() + deliveries()
    }

    /// An engine with some users, a group of them all, and one message in each conversation.
    static func makeTest() async throws -> (test: TestEngine, users: [UserID], traffic: Traffic) {
        let test = try TestEngine { $0.mapSize = 8 << 30 }
        let users = try await test.engine.createUsers(1_000)
        try await test.engine.createGroup(group, of: users)
        let traffic = Traffic.direct(among: users, conversations: 500)
        try await test.engine.preload(2_000, traffic)
        try await test.engine.fold()
        return (test, users, traffic)
    }

    static func outgoing(_ count: Int, _ traffic: Traffic) throws -> [MessageSource.Outgoing] {
        var source = MessageSource(traffic)
        return try (0..<count).map { _ in try source.next() }
    }

    // MARK: Sending

    private func sends(toGroup: Bool) async throws -> [Counter] {
        let (test, users, direct) = try await Self.makeTest()
        let traffic = toGroup ? Traffic.group(Self.group, from: users) : direct
        for message in try Self.outgoing(300, traffic) { try await Self.send(message, test.engine) }
        let count = 1_000.0
        let messages = try Self.outgoing(Int(count), traffic)
        let counts = try await CallCounts.of {
            for message in messages { try await Self.send(message, test.engine) }
        }
        let name = toGroup ? "to a group of 1,000" : "direct"
        return [
            Counter("send \(name), alone: allocations", counts.allocations / count, tolerance: Self.exact),
            Counter("send \(name), alone: bytes allocated", counts.allocatedBytes / count, tolerance: 0.02),
            Counter("send \(name), alone: bytes written", counts.writtenBytes / count, tolerance: 0.02),
            Counter("send \(name), alone: writes", counts.writes / count, tolerance: 0.02),
            Counter("send \(name), alone: commits", counts.commits / count, tolerance: Self.exact),
            Counter("send \(name), alone: syncs per commit", counts.syncs / counts.commits, tolerance: Self.exact),
        ]
    }

    static func send(_ message: MessageSource.Outgoing, _ engine: Engine) async throws {
        try await engine.messages.send(message.content, from: message.sender, to: message.target, key: message.key)
    }

    /// A thousand in one commit.
    static func sendTogether(_ messages: [MessageSource.Outgoing], _ engine: Engine) async throws {
        try await engine.transaction { transaction in
            for message in messages {
                try transaction.send(message.content, from: message.sender, to: message.target, key: message.key)
            }
        }
    }

    private func batch() async throws -> [Counter] {
        let (test, _, traffic) = try await Self.makeTest()
        try await Self.sendTogether(Self.outgoing(1_000, traffic), test.engine)
        let count = 10_000.0
        let batches = try (0..<10).map { _ in try Self.outgoing(1_000, traffic) }
        let counts = try await CallCounts.of {
            for batch in batches { try await Self.sendTogether(batch, test.engine) }
        }
        return [
            Counter("send direct, 1,000 in a commit: allocations", counts.allocations / count, tolerance: 0.01),
            Counter("send direct, 1,000 in a commit: bytes written", counts.writtenBytes / count, tolerance: 0.02),
            Counter("send direct, 1,000 in a commit: syncs per commit", counts.syncs / counts.commits, tolerance: 0.01),
        ]
    }

    // MARK: Receiving

    private func deliveries() async throws -> [Counter] {
        let (test, users, _) = try await Self.makeTest()
        let engine = test.engine
        let traffic = Traffic.direct(to: users[0], from: users[1...100])
        let session = try await engine.connect(users[0], device: "phone")
        while let last = try session.receive().last { session.acknowledge(last) }
        var (received, allocations) = (0.0, 0.0)
        for round in 0..<110 {
            for message in try Self.outgoing(64, traffic) { try await Self.send(message, engine) }
            let counts = try await CallCounts.of {
                let batch = try session.receive()
                if let last = batch.last { session.acknowledge(last) }
                if round >= 10 { received += Double(batch.count) }
            }
            if round >= 10 { allocations += counts.allocations }
        }
        session.close()
        let live = Counter("delivery, live, 64 at a time: allocations", allocations / received, tolerance: 0.01)
        return [live, try await catchUp(engine, users[0], traffic)]
    }

    private func catchUp(_ engine: Engine, _ user: UserID, _ traffic: Traffic) async throws -> Counter {
        try await engine.preload(20_000, traffic)
        try await engine.fold()
        var options = SessionOptions()
        options.start = .creation
        options.window = 4_096
        let session = try await engine.connect(user, device: "tablet", options: options)
        var received = 0.0
        let counts = try await CallCounts.of {
            while true {
                let batch = try session.receive()
                guard let last = batch.last else { break }
                received += Double(batch.count)
                try session.acknowledge(through: last.position)
            }
        }
        session.close()
        return Counter("delivery, catching up: allocations", counts.allocations / received, tolerance: 0.01)
    }
}

import TokenIM
import TokenIMTesting

/// A user who has been written to, on an engine without threads of its own.
final class Stage: Sendable {
    static let text = Content.text(String(repeating: "a", count: 256))

    let user: UserID = "reader-0000000001"
    let others: [UserID]
    private let test: TestEngine
    private let random = SeededRandom(seed: 1)

    var engine: Engine { test.engine }

    init(messages: Int) async throws {
        test = try TestEngine { $0.mapSize = 16 << 30 }
        others = try (0..<100).map { try UserID("writer-\(1_000_000_000 + $0)") }
        let (user, others) = (user, others)
        try await test.engine.transaction { transaction in
            for user in [user] + others { try transaction.createUser(user) }
            try transaction.send(Self.text, from: user, to: .user(others[0]), key: "first")
            for number in 0..<messages {
                let sender = others[number % others.count]
                try transaction.send(Self.text, from: sender, to: .user(user), key: try IdempotencyKey("old-\(number)"))
            }
        }
        try await test.engine.fold()
    }

    func nextKey() throws -> IdempotencyKey { try IdempotencyKey("new-\(random.next())") }

    /// Sends so many messages, 1,000 in a commit.
    func send(_ count: Int) async throws {
        for start in stride(from: 0, to: count, by: 1_000) {
            try await engine.transaction { [self] transaction in
                for number in 0..<min(1_000, count - start) {
                    let target = Target.user(others[number % others.count])
                    try transaction.send(Self.text, from: user, to: target, key: try nextKey())
                }
            }
        }
    }

    /// What a new device of the user gets of what has piled up: at most so many deliveries.
    func catchUp(_ count: Int) async throws -> Int {
        var options = SessionOptions()
        options.start = .creation
        let device: DeviceID = "watch"
        let session = try await engine.connect(user, device: device, options: options)
        var received = 0
        while received < count {
            let batch = try session.receive()
            guard let last = batch.last else { break }
            received += batch.count
            try session.acknowledge(through: last.position)
        }
        session.close()
        try await engine.perform(.removeDevice(device, of: user), by: .host)
        return received
    }
}

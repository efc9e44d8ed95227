import Testing
import TokenIM
import TokenIMTesting

/// Everything at once on an engine with its threads. Meant for the thread sanitizer as much as for what it asserts:
/// `TSAN_OPTIONS=suppressions=$PWD/Tests/ThreadSanitizer.supp swift test --sanitize=thread --filter ConcurrencyTests`.
@Suite struct StressTests {
    private static let users: [UserID] = ["ada", "ben", "chloe", "dev"]
    /// What may befall a request while sessions replace each other and the engine closes.
    private static let expected: Set<IMError.Code> = [
        .closed, .sessionClosed, .sessionReplaced, .sessionKicked, .overloaded, .notFound, .notMember, .alreadyMember,
        .messageGone, .acknowledgementAhead, .receiveInProgress, .cancelled,
    ]

    private func open(_ directory: TemporaryDirectory, mailbox: Int = 8) async throws -> Engine {
        var configuration = Configuration()
        configuration.allowsUnsafeFileSystem = true
        configuration.mapSize = 1 << 28
        // Small, so that folds, full mailboxes and full windows come often.
        configuration.limits.foldEntries = 10
        configuration.limits.keyMergeEntries = 40
        configuration.limits.mailboxCapacity = mailbox
        configuration.limits.batchCommands = 5
        configuration.limits.sessionWindow = 4
        return try Engine(directory: directory.path + "/store", configuration: configuration)
    }

    private func prepare(_ engine: Engine) async throws {
        for user in Self.users { try await engine.users.create(user) }
        try await engine.groups.create("lake", owner: "ada", members: ["ben", "chloe"])
        try await engine.consumers.create("outbox", from: .beginning)
    }

    /// Does something again and again until it has been done often enough or the engine is closed.
    private static func repeating(
        _ count: Int, _ body: (Int) async throws -> Void
    ) async throws {
        for number in 0..<count {
            do {
                try await body(number)
            } catch let error as IMError {
                if error.code == .closed { return }
                guard expected.contains(error.code) else { throw error }
            }
        }
    }

    /// Sends, and returns the texts that were accepted.
    private static func send(_ count: Int, from user: UserID, on engine: Engine) async throws -> [String] {
        var accepted: [String] = []
        try await repeating(count) { number in
            let text = "\(user) \(number)"
            let target: Target = number % 3 == 0 && user != "dev" ? .group("lake") : .user(users[number % 4])
            try await engine.messages.send(.text(text), from: user, to: target, key: try IdempotencyKey(text))
            accepted.append(text)
        }
        return accepted
    }

    private static func amend(_ count: Int, on engine: Engine) async throws {
        try await repeating(count) { number in
            let sequence = SequenceNumber(2 + number / 3)
            let change: Change =
                switch number % 6 {
                case 0: .edit(sequence, in: .group("lake"), .text("edited \(number)"))
                case 1: .react("yes", to: sequence, in: .group("lake"))
                case 2: .recall(sequence, in: .group("lake"))
                case 3: .addMembers(["dev"], to: "lake")
                case 4: .removeMember("dev", from: "lake")
                default: .pinConversation(.group("lake"), isOn: number % 4 == 1)
                }
            let isOfUser = number % 6 == 1 || number % 6 == 5
            try await engine.perform(change, by: isOfUser ? .user("ben") : .host)
        }
    }

    private static func read(_ count: Int, on engine: Engine) async throws {
        try await repeating(count) { number in
            let user = users[number % 3]
            let page = try engine.messages.history(of: .group("lake"), for: user, limit: 1_000)
            let sequences = page.entries.map(\.sequence)
            #expect(zip(sequences, sequences.dropFirst()).allSatisfy { $0 + 1 == $1 })
            let items = try engine.inbox.list(user)
            #expect(Set(items.map(\.conversation)).count == items.count)
            _ = try engine.presence.of(user)
            await Task.yield()
        }
    }

    /// Connects over and over, takes what there is, acknowledges, and leaves.
    private static func pump(_ count: Int, _ user: UserID, _ device: DeviceID, on engine: Engine) async throws {
        var last: Position = 0
        try await repeating(count) { number in
            let session = try await engine.connect(user, device: device)
            for _ in 0..<6 {
                for delivery in try session.receive() {
                    last = max(last, delivery.position)
                    session.acknowledge(delivery)
                }
                try session.setTyping(number % 2 == 0, in: .group("lake"))
                _ = try session.receiveSignals()
                await Task.yield()
            }
            if number % 2 == 0 { session.close() }
        }
    }

    private static func fold(_ count: Int, on engine: Engine) async throws {
        try await repeating(count) { number in
            try await engine.fold()
            _ = try await engine.transaction { transaction in
                let key = try IdempotencyKey("order \(number)")
                return try transaction.send(.text("order \(number)"), from: "ada", to: .user("ben"), key: key)
            }
            if number % 4 == 3 { #expect(try await engine.verify().findings.isEmpty) }
        }
    }

    private static func consume(_ count: Int, on engine: Engine) async throws {
        let outbox = try engine.consumers.get("outbox")
        try await repeating(count) { number in
            let deliveries = try await outbox.receive(maximum: 7)
            if number % 5 == 0, let first = deliveries.first { try await outbox.reject(first.position, delay: .zero) }
            try await outbox.acknowledge(deliveries.dropFirst(number % 5 == 0 ? 1 : 0).map(\.position))
        }
    }

    private func everything(
        _ count: Int, on engine: Engine, closingAfter sends: Int? = nil
    ) async throws -> [String] {
        try await withThrowingTaskGroup(of: [String].self) { tasks in
            for user in Self.users { tasks.addTask { try await Self.send(count, from: user, on: engine) } }
            func add(_ body: @escaping @Sendable () async throws -> Void) {
                tasks.addTask {
                    try await body()
                    return []
                }
            }
            add { try await Self.amend(count, on: engine) }
            for _ in 0..<2 { add { try await Self.read(count, on: engine) } }
            for device in ["phone", "tablet"] as [DeviceID] {
                // Two of one device replace each other.
                for _ in 0..<2 { add { try await Self.pump(count / 4, "ben", device, on: engine) } }
            }
            add { try await Self.fold(count / 4, on: engine) }
            add { try await Self.consume(count / 2, on: engine) }
            if let sends {
                tasks.addTask {
                    while engine.head < Position(sends) { await Task.yield() }
                    engine.close()
                    return []
                }
            }
            return try await tasks.reduce(into: []) { $0 += $1 }
        }
    }

    private func texts(_ engine: Engine) throws -> [String] {
        var texts: [String] = []
        for user in Self.users {
            var conversations = Self.users.map { Conversation.direct(user, $0) }
            if user == "ada" { conversations.append(.group("lake")) }
            for conversation in conversations {
                let page = try? engine.messages.history(of: conversation, for: user, limit: 1_000)
                texts += page?.entries.compactMap { $0.kind == .message ? $0.message?.text : nil } ?? []
            }
        }
        return texts
    }

    @Test func everythingAtOnceLeavesASoundStore() async throws {
        let directory = try TemporaryDirectory()
        let engine = try await open(directory)
        try await prepare(engine)
        let accepted = try await everything(60, on: engine)
        #expect(accepted.count == 240)
        #expect(try await engine.verify().findings.isEmpty)
        engine.close()
    }

    /// Whatever is under way when an engine closes: what was accepted is there, and nobody waits for ever.
    @Test(arguments: [20, 60, 110, 170, 250]) func closingDuringEverything(position: Int) async throws {
        let directory = try TemporaryDirectory()
        let engine = try await open(directory, mailbox: position % 3 == 0 ? 1 : 8)
        try await prepare(engine)
        let accepted = try await everything(80, on: engine, closingAfter: position)
        await #expect(throws: IMError.self) { try await engine.fold() }
        let reopened = try await open(directory)
        defer { reopened.close() }
        #expect(try await reopened.verify().findings.isEmpty)
        // What was edited or recalled since does not say what was sent.
        let there = Set(try texts(reopened))
        let direct = accepted.filter { text in
            let number = text.split(separator: " ").last.flatMap { Int($0) } ?? 0
            return number % 3 != 0 || text.hasPrefix("dev")
        }
        #expect(direct.allSatisfy { there.contains($0) })
    }

    /// A verification that the end of the engine overtakes says so, or comes to its own end.
    @Test func closingDuringAVerification() async throws {
        for round in 0..<20 {
            let directory = try TemporaryDirectory()
            let engine = try await open(directory)
            try await prepare(engine)
            async let verification = engine.verify()
            for _ in 0..<(round * 20) { await Task.yield() }
            engine.close()
            do {
                #expect(try await verification.isSound)
            } catch let error as IMError {
                #expect(error.code == .closed)
            }
        }
    }

    @Test func twoVerificationsAtOnce() async throws {
        let directory = try TemporaryDirectory()
        let engine = try await open(directory)
        defer { engine.close() }
        try await prepare(engine)
        for _ in 0..<10 {
            async let one = engine.verify()
            async let other = engine.verify()
            let verifications = try await [one, other]
            #expect(verifications.allSatisfy { $0.isSound })
        }
    }
}

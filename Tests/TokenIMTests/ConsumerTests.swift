import Testing
import TokenIM
import TokenIMTesting

/// Named durable places of the host in the journal.
@Suite struct ConsumerTests {
    private func makeEngine(_ configure: (inout Configuration) -> Void = { _ in }) async throws -> TestEngine {
        let test = try TestEngine(configure: configure)
        try await test.engine.users.create("alice")
        try await test.engine.users.create("bob")
        return test
    }

    private func say(_ texts: String..., in test: TestEngine) async throws {
        for text in texts {
            try await test.engine.messages.send(.text(text), from: "alice", to: .user("bob"), key: IdempotencyKey(text))
        }
    }

    private func texts(_ deliveries: [ConsumerDelivery]) -> [String] {
        deliveries.compactMap { $0.entry.message?.text }
    }

    @Test func aConsumerBeginsWhereItIsToldTo() async throws {
        let test = try await makeEngine()
        try await say("before", in: test)
        let all = try await test.engine.consumers.create("all", from: .beginning)
        let new = try await test.engine.consumers.create("new")
        try await say("after", in: test)
        #expect(try await texts(all.receive()) == ["before", "after"])
        #expect(try await texts(new.receive()) == ["after"])
        await expect(.alreadyExists) { try await test.engine.consumers.create("all") }
        await expect(.notFound) { try test.engine.consumers.get("other") }
    }

    @Test func theEnginesOwnBookkeepingIsLeftOut() async throws {
        let test = try await makeEngine()
        let consumer = try await test.engine.consumers.create("all", from: .beginning)
        let phone = try await test.engine.connect("bob", device: "phone")
        try await say("hi", in: test)
        for delivery in try phone.receive() { phone.acknowledge(delivery) }
        phone.close()
        let given = try await consumer.receive()
        #expect(given.map(\.entry.kind) == [.userCreated, .userCreated, .message])
        try await consumer.acknowledge(given.map(\.position))
        #expect(try await consumer.receive().isEmpty)
    }

    @Test func whatIsAcknowledgedDoesNotComeAgainAlsoAfterReopening() async throws {
        let test = try await makeEngine()
        let consumer = try await test.engine.consumers.create("push")
        try await say("1", "2", "3", in: test)
        let given = try await consumer.receive(maximum: 2)
        #expect(texts(given) == ["1", "2"])
        try await consumer.acknowledge(given.map(\.position))
        #expect(consumer.floor == given[1].position)
        test.engine.close()
        let again = try TestEngine(reopening: test)
        #expect(try await texts(again.engine.consumers.get("push").receive()) == ["3"])
        #expect(try await again.engine.verify().isSound)
    }

    @Test func whatIsInFlightIsNotGivenTwiceAndComesAgainAfterACrash() async throws {
        let test = try await makeEngine()
        let consumer = try await test.engine.consumers.create("push")
        try await say("1", "2", in: test)
        #expect(try await texts(consumer.receive()) == ["1", "2"])
        #expect(try await consumer.receive().isEmpty)
        test.engine.close()
        let again = try TestEngine(reopening: test)
        #expect(try await texts(again.engine.consumers.get("push").receive()) == ["1", "2"])
    }

    @Test func acknowledgingOutOfOrderMovesTheFloorWhenTheGapCloses() async throws {
        let test = try await makeEngine()
        let consumer = try await test.engine.consumers.create("push")
        try await say("1", "2", "3", in: test)
        let given = try await consumer.receive()
        let before = consumer.floor
        try await consumer.acknowledge([given[1].position, given[2].position])
        #expect(consumer.floor == given[0].position - 1 && consumer.floor >= before)
        try await consumer.acknowledge([given[0].position])
        #expect(consumer.floor == given[2].position)
    }

    @Test func whatIsHeldTooLongIsGivenOutAgain() async throws {
        let test = try await makeEngine()
        let consumer = try await test.engine.consumers.create("push")
        try await say("1", in: test)
        #expect(try await consumer.receive().first?.deliveries == 1)
        test.time.advance(by: .seconds(29))
        #expect(try await consumer.receive().isEmpty)
        test.time.advance(by: .seconds(1))
        #expect(try await consumer.receive().first?.deliveries == 2)
    }

    @Test func whatIsGivenBackRestsAndOthersGoOnMeanwhile() async throws {
        let test = try await makeEngine()
        let consumer = try await test.engine.consumers.create("push")
        try await say("1", "2", in: test)
        let given = try await consumer.receive()
        try await consumer.reject(given[0].position)
        try await consumer.acknowledge([given[1].position])
        #expect(consumer.floor == given[1].position)
        #expect(try await consumer.receive().isEmpty)
        test.time.advance(by: .seconds(1))
        let again = try await consumer.receive()
        #expect(texts(again) == ["1"] && again.first?.deliveries == 2)
        try await consumer.reject(again[0].position, delay: .seconds(60))
        test.time.advance(by: .seconds(59))
        #expect(try await consumer.receive().isEmpty)
        test.time.advance(by: .seconds(1))
        #expect(try await consumer.receive().first?.deliveries == 3)
        await expect(.notFound) { try await consumer.reject(given[1].position) }
    }

    @Test func whatFailsTooOftenGoesToTheDeadLettersAndComesBackFromThere() async throws {
        let test = try await makeEngine { $0.limits.consumerDeliveries = 2 }
        let consumer = try await test.engine.consumers.create("push")
        try await say("1", "2", in: test)
        for _ in 0..<2 {
            for delivery in try await consumer.receive() where delivery.entry.message?.text == "1" {
                try await consumer.reject(delivery.position, delay: .zero)
            }
        }
        let letters = try consumer.deadLetters()
        #expect(texts(letters) == ["1"] && letters.first?.deliveries == 2)
        test.engine.close()
        let again = try TestEngine(reopening: test) { $0.limits.consumerDeliveries = 2 }
        let reopened = try again.engine.consumers.get("push")
        #expect(try texts(reopened.deadLetters()) == ["1"])
        try await reopened.requeue(letters[0].position)
        #expect(try reopened.deadLetters().isEmpty)
        #expect(try await texts(reopened.receive()) == ["1", "2"])
        try await reopened.reject(letters[0].position, delay: .zero)
        _ = try await reopened.receive()
        try await reopened.reject(letters[0].position, delay: .zero)
        try await reopened.purge(letters[0].position)
        #expect(try reopened.deadLetters().isEmpty)
        await expect(.notFound) { try await reopened.purge(letters[0].position) }
        #expect(try await again.engine.verify().isSound)
    }

    @Test func anEntryHeldTooLongTooOftenGoesToTheDeadLetters() async throws {
        let test = try await makeEngine { $0.limits.consumerDeliveries = 2 }
        let consumer = try await test.engine.consumers.create("push")
        try await say("1", in: test)
        for _ in 0..<2 {
            #expect(try await consumer.receive().count == 1)
            test.time.advance(by: .seconds(30))
        }
        #expect(try await consumer.receive().isEmpty)
        #expect(try texts(consumer.deadLetters()) == ["1"])
    }

    @Test func inFlightIsBounded() async throws {
        let test = try await makeEngine { $0.limits.consumerInFlight = 2 }
        let consumer = try await test.engine.consumers.create("push")
        try await say("1", "2", "3", in: test)
        let given = try await consumer.receive(maximum: .max)
        #expect(texts(given) == ["1", "2"])
        #expect(try await consumer.receive().isEmpty)
        try await consumer.acknowledge([given[0].position])
        #expect(try await texts(consumer.receive()) == ["3"])
        await expect(.malformedArgument) { try await consumer.receive(maximum: 0) }
    }

    @Test func aHostTransactionSettlesAnEntryTogetherWithItsEffect() async throws {
        let test = try await makeEngine { $0.hostTables = ["sent"] }
        let consumer = try await test.engine.consumers.create("push")
        try await say("1", "2", in: test)
        let given = try await consumer.receive(maximum: 1)
        let position = given[0].position
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await test.engine.transaction { transaction in
                try transaction.put([1], for: [1], in: "sent")
                try transaction.acknowledge("push", through: position)
                throw Failure()
            }
        }
        try await test.engine.transaction { transaction in
            #expect(try transaction.get([1], from: "sent") == nil)
            try transaction.put([1], for: [1], in: "sent")
            try transaction.acknowledge("push", through: position)
        }
        #expect(try await texts(consumer.receive()) == ["2"])
        #expect(consumer.floor == position)
        await expect(.acknowledgementAhead) {
            try await test.engine.transaction { try $0.acknowledge("push", through: 1_000_000) }
        }
    }

    @Test func aDeletedConsumerIsGoneWithItsLetters() async throws {
        let test = try await makeEngine { $0.limits.consumerDeliveries = 1 }
        let consumer = try await test.engine.consumers.create("push")
        try await say("1", in: test)
        try await consumer.reject(try #require(try await consumer.receive().first).position)
        try await test.engine.consumers.delete("push")
        await expect(.notFound) { try await consumer.receive() }
        let anew = try await test.engine.consumers.create("push")
        #expect(try anew.deadLetters().isEmpty)
        #expect(try await test.engine.verify().isSound)
    }

    @Test func aWaitingConsumerIsWoken() async throws {
        let directory = try TemporaryDirectory()
        var configuration = Configuration()
        configuration.allowsUnsafeFileSystem = true
        let engine = try Engine(directory: directory.path + "/store", configuration: configuration)
        defer { engine.close() }
        try await engine.users.create("alice")
        let consumer = try await engine.consumers.create("push")
        async let given = consumer.next()
        try await engine.messages.send("hi", from: "alice", to: .user("alice"), key: "1")
        #expect(try await texts(given) == ["hi"])
    }
}

import Testing
import TokenIM
import TokenIMTesting

@Suite struct VerifyTests {
    @Test func aStoreVerifies() async throws {
        let test = try TestEngine {
            $0.limits.foldEntries = 7; $0.limits.keyMergeEntries = 20
        }
        let engine = test.engine
        for name in ["alice", "bob", "carol"] { try await engine.users.create(try UserID(name)) }
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        let phone = try await engine.connect("bob", device: "phone")
        for number in 0..<300 {
            try await engine.messages.send(
                .text("\(number)"), from: number % 2 == 0 ? "alice" : "bob", to: .group("team"), key: .init("\(number)")
            )
            try await engine.messages.send(.text("\(number)"), from: "carol", to: .user("bob"), key: .init("\(number)"))
            if number == 100 { try await engine.groups.add(["carol"], to: "team") }
            if number % 10 == 3 { for delivery in try phone.receive() { phone.acknowledge(delivery) } }
            if number % 50 == 3 { test.time.advance(by: .seconds(2)) }
        }
        try await engine.groups.remove("bob", from: "team")
        try await engine.messages.markRead(.direct("bob", "carol"), through: 100, by: "bob")
        #expect(try await engine.messages.trim(.direct("bob", "carol"), through: 90) == 90)
        let consumer = try await engine.consumers.create("push", from: .beginning)
        let given = try await consumer.receive(maximum: 10)
        #expect(given.count == 10)
        try await consumer.acknowledge(given.prefix(5).map(\.position))
        try await consumer.reject(given[5].position)
        let verification = try await engine.verify()
        #expect(verification.findings == [])
        #expect(verification.entries == engine.head)
        #expect(try engine.inbox.item("bob", .direct("bob", "carol"))?.unread == 200)
        engine.close()
        let again = try TestEngine(reopening: test)
        #expect(try await again.engine.verify().findings.map(\.description) == [])
        #expect(try again.engine.inbox.item("bob", .direct("bob", "carol"))?.unread == 200)
    }
}

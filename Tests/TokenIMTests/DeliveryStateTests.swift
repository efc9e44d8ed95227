import Testing
import TokenIM
import TokenIMTesting

@Suite struct DeliveryStateTests {
    private let chat = Conversation.direct("alice", "bob")

    private func state(_ engine: Engine, _ sequence: SequenceNumber) throws -> String {
        let state = try engine.messages.state(of: sequence, in: chat, for: "bob")
        return state.isRead ? "read" : state.isDelivered ? "delivered" : "accepted"
    }

    @Test func anEntryIsAcceptedThenDeliveredThenRead() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        try await engine.say(1...3, from: "alice", to: .user("bob"))
        #expect(try (1...3).map { try state(engine, $0) } == ["accepted", "accepted", "accepted"])
        let phone = try await engine.connect("bob", device: "phone")
        let deliveries = try phone.receive()
        #expect(try (1...3).map { try state(engine, $0) } == ["accepted", "accepted", "accepted"])
        phone.acknowledge(deliveries[1])
        test.time.advance(by: .seconds(1))
        #expect(try (1...3).map { try state(engine, $0) } == ["delivered", "delivered", "accepted"])
        try await phone.markRead(chat, through: 1)
        #expect(try (1...3).map { try state(engine, $0) } == ["read", "delivered", "accepted"])
        try await engine.messages.markRead(chat, through: 3, by: "bob")
        #expect(try state(engine, 3) == "read")
        #expect(try engine.messages.state(of: 3, in: chat, for: "bob").isDelivered)
    }

    @Test func aDeviceThatBeginsLaterHasNotGotWhatCameBefore() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        let phone = try await engine.connect("bob", device: "phone")
        phone.close()
        try await engine.say("1", from: "alice", to: .user("bob"))
        let tablet = try await engine.connect("bob", device: "tablet")
        #expect(try tablet.drain().isEmpty)
        #expect(try state(engine, 1) == "accepted")
        try await engine.say("2", from: "alice", to: .user("bob"))
        _ = try tablet.drain()
        test.time.advance(by: .seconds(1))
        #expect(try state(engine, 1) == "accepted")
        #expect(try state(engine, 2) == "delivered")
    }

    @Test func theSendersOwnIsRead() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        try await engine.say("1", from: "alice", to: .user("bob"))
        #expect(try engine.messages.state(of: 1, in: chat, for: "alice").isRead)
    }

    @Test func whatOneDoesNotSeeHasNoState() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob", "carol")
        try await engine.say("1", from: "alice", to: .user("bob"))
        await expect(.notFound) { try engine.messages.state(of: 1, in: chat, for: "carol") }
        await expect(.notFound) { try engine.messages.state(of: 0, in: chat, for: "bob") }
        await expect(.notFound) { try engine.messages.state(of: 2, in: chat, for: "bob") }
        await expect(.unknownUser) { try engine.messages.state(of: 1, in: chat, for: "nobody") }
        await expect(.notFound) { try engine.messages.state(of: 1, in: .group("g"), for: "bob") }
    }
}

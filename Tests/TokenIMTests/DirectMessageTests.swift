import Testing
import TokenIM
import TokenIMTesting

@Suite struct DirectMessageTests {
    @Test func aMessageArrivesAfterTheFirstLogin() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        let receipt = try await engine.messages.send("hi bob", from: "alice", to: .user("bob"), key: "1")
        #expect(receipt.sequence == 1)
        #expect(receipt.position == 3)
        #expect(receipt.conversation == .direct("alice", "bob"))
        let phone = try await engine.connect("bob", device: "phone")
        let deliveries = try phone.receive()
        #expect(deliveries.count == 1)
        let delivery = try #require(deliveries.first)
        #expect(delivery.position == receipt.position)
        #expect(delivery.conversation == receipt.conversation)
        #expect(delivery.sequence == 1)
        #expect(delivery.timestamp == receipt.timestamp)
        #expect(delivery.gap == nil)
        #expect(delivery.message?.sender == "alice")
        #expect(delivery.message?.content == "hi bob")
        #expect(delivery.message?.replyTo == nil)
        #expect(delivery.entry?.author == "alice")
        #expect(delivery.entry?.kind == .message)
    }

    @Test func bothDirectionsAreOneConversation() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("bob", "alice")
        let one = try await engine.say("1", from: "alice", to: .user("bob"))
        let other = try await engine.say("2", from: "bob", to: .user("alice"))
        #expect(one.conversation == other.conversation)
        #expect(other.sequence == 2)
        #expect(try engine.texts(of: .direct("bob", "alice"), for: "alice") == ["1", "2"])
        #expect(try engine.texts(of: .direct("alice", "bob"), for: "bob") == ["1", "2"])
    }

    @Test func sequencesAreDenseInEachConversationAndPositionsOverAll() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob", "carol")
        var positions: [Position] = []
        var sequences: [UserID: [SequenceNumber]] = [:]
        for number in 1...12 {
            let friend: UserID = number % 3 == 0 ? "carol" : "bob"
            let receipt = try await engine.say("\(number)", from: "alice", to: .user(friend))
            positions.append(receipt.position)
            sequences[friend, default: []].append(receipt.sequence)
        }
        #expect(positions == Array(4...15))
        #expect(sequences["bob"] == Array(1...8))
        #expect(sequences["carol"] == Array(1...4))
        #expect(engine.head == 15)
    }

    @Test func aUserMaySendToItself() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice")
        try await engine.say("milk", from: "alice", to: .user("alice"))
        #expect(try engine.texts(of: .direct("alice", "alice"), for: "alice") == ["milk"])
        let inbox = try engine.inbox.list("alice")
        #expect(inbox.map(\.conversation) == [.direct("alice", "alice")])
        #expect(inbox.map(\.unread) == [0])
        let (phone, tablet) = (
            try await engine.connect("alice", device: "phone"), try await engine.connect("alice", device: "tablet")
        )
        #expect(try phone.drainTexts() == ["milk"])
        try await phone.send("bread", to: .user("alice"), key: "bread")
        #expect(try tablet.drainTexts() == ["bread"])
        #expect(try phone.drainTexts() == [])
    }

    @Test func aMessageMayAnswerOneOfTheSameConversation() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        try await engine.say("question", from: "alice", to: .user("bob"))
        try await engine.say("answer", from: "bob", to: .user("alice"), replyTo: 1)
        let entries = try engine.messages.history(of: .direct("alice", "bob"), for: "alice").entries
        #expect(entries.map { $0.message?.replyTo } == [nil, 1])
        await expect(.notFound) { try await engine.say("x", from: "bob", to: .user("alice"), replyTo: 3) }
    }

    @Test func customContentIsHandedOverByteByByte() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        let content = Content.custom(type: "sealed/1", bytes: Array(0...255))
        try await engine.messages.send(content, from: "alice", to: .user("bob"), key: "1")
        try await engine.messages.send(.custom(type: "ping", bytes: []), from: "alice", to: .user("bob"), key: "2")
        let contents = try engine.messages.history(of: .direct("alice", "bob"), for: "bob").entries
            .compactMap { $0.message?.content }
        #expect(contents == [content, .custom(type: "ping", bytes: [])])
        #expect(contents.first?.custom?.bytes == Array(0...255))
        #expect(contents.first?.text == nil)
    }

    @Test func textKeepsItsBytes() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        let text = "e\u{301}\u{0}\n\u{1F469}\u{200D}\u{1F680}"
        try await engine.messages.send(.text(text), from: "alice", to: .user("bob"), key: "1")
        let found = try engine.messages.history(of: .direct("alice", "bob"), for: "bob").entries.first?.message?.text
        #expect(found.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test func whoIsNotThereNeitherSendsNorReceives() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice")
        await expect(.unknownUser) { try await engine.say("1", from: "alice", to: .user("bob")) }
        await expect(.unknownUser) { try await engine.say("1", from: "bob", to: .user("alice")) }
        #expect(engine.head == 1)
    }

    @Test func aRefusedMessageLeavesNoTrace() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        await expect(.notFound) { try await engine.say("1", from: "alice", to: .user("bob"), key: "k", replyTo: 1) }
        #expect(engine.head == 2)
        let receipt = try await engine.say("other", from: "alice", to: .user("bob"), key: "k")
        #expect(receipt.sequence == 1)
        #expect(!receipt.isDuplicate)
    }

    @Test func malformedContentIsRefused() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        for content in [Content.text(""), .custom(type: "", bytes: [1]), .custom(type: "a\n", bytes: [1])] {
            await expect(.malformedContent) {
                try await engine.messages.send(content, from: "alice", to: .user("bob"), key: "1")
            }
        }
    }
}

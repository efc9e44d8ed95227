import Testing
import TokenIM
import TokenIMTesting

@Suite struct ReadMarkerTests {
    private let chat = Conversation.direct("alice", "bob")

    private func test() async throws -> TestEngine {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob", "carol")
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        for number in 1...6 {
            try await engine.say("\(number)", from: "alice", to: .user("bob"))
            try await engine.say("g\(number)", from: "alice", to: .group("team"))
        }
        return test
    }

    @Test func aMarkerNeverGoesBack() async throws {
        let test = try await test()
        let engine = test.engine
        for conversation in [chat, .group("team")] {
            try await engine.messages.markRead(conversation, through: 4, by: "bob")
            let head = engine.head
            for sequence in [4, 3, 0] as [SequenceNumber] {
                try await engine.messages.markRead(conversation, through: sequence, by: "bob")
                #expect(try engine.inbox.item("bob", conversation)?.readThrough == 4)
            }
            #expect(engine.head == head)
        }
    }

    @Test func sendingMovesOnesOwnMarker() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say("mine", from: "bob", to: .group("team"))
        #expect(try engine.inbox.item("bob", .group("team"))?.readThrough == 8)
        #expect(try engine.inbox.item("bob", .group("team"))?.unread == 0)
        try await engine.messages.markRead(.group("team"), through: 3, by: "bob")
        #expect(try engine.inbox.item("bob", .group("team"))?.readThrough == 8)
    }

    @Test func aMarkerBeyondTheNewestEntryIsRefused() async throws {
        let test = try await test()
        let engine = test.engine
        await expect(.markerAhead) { try await engine.messages.markRead(chat, through: 7, by: "bob") }
        await expect(.markerAhead) { try await engine.messages.markRead(.group("team"), through: 8, by: "bob") }
        try await engine.messages.markRead(.group("team"), through: 7, by: "bob")
    }

    @Test func onlyWhatOneSeesCanBeMarked() async throws {
        let test = try await test()
        let messages = test.engine.messages
        await expect(.notFound) { try await messages.markRead(chat, through: 1, by: "carol") }
        await expect(.notFound) { try await messages.markRead(.group("team"), through: 1, by: "carol") }
        await expect(.notFound) { try await messages.markRead(.group("nowhere"), through: 1, by: "bob") }
        await expect(.notFound) { try await messages.markRead(.direct("bob", "nobody"), through: 1, by: "bob") }
        await expect(.unknownUser) { try await messages.markRead(chat, through: 1, by: "nobody") }
        await expect(.malformedArgument) { try await messages.markRead(.personal("bob"), through: 1, by: "bob") }
    }

    @Test func aMarkerReachesTheUsersOtherDevices() async throws {
        let test = try await test()
        let engine = test.engine
        let (phone, tablet) = (
            try await engine.connect("bob", device: "phone"), try await engine.connect("bob", device: "tablet")
        )
        let alice = try await engine.connect("alice", device: "phone")
        for session in [phone, tablet, alice] { _ = try session.drain() }
        let receipt = try await phone.markRead(.group("team"), through: 5)
        #expect(receipt.conversation == .personal("bob"))
        #expect(try phone.drain().isEmpty)
        #expect(try alice.drain().isEmpty)
        let deliveries = try tablet.drain()
        #expect(deliveries.kinds == [.readMarkerMoved])
        #expect(deliveries.first?.entry?.subject == .group("team"))
        #expect(deliveries.first?.entry?.through == 5)
        #expect(deliveries.first?.position == receipt.position)
    }

    @Test func markersSurviveFoldsAndReopening() async throws {
        let stage = try Stage { $0.limits.foldEntries = 5 }
        try await stage.engine.create("alice", "bob")
        try await stage.engine.groups.create("team", owner: "alice", members: ["bob"])
        for number in 1...40 {
            try await stage.engine.say("\(number)", from: "alice", to: .user("bob"))
            try await stage.engine.say("g\(number)", from: "alice", to: .group("team"))
            if number % 3 == 0 {
                let sequence = SequenceNumber(number - 1)
                try await stage.engine.messages.markRead(chat, through: sequence, by: "bob")
                try await stage.engine.messages.markRead(.group("team"), through: sequence, by: "bob")
            }
            if number % 13 == 0 { try stage.reopen() }
            let read = max(0, number / 3 * 3 - 1)
            #expect(try stage.engine.inbox.item("bob", chat)?.unread == UInt64(number - read))
            #expect(try stage.engine.inbox.item("bob", chat)?.readThrough == SequenceNumber(read))
            let groupItem = try stage.engine.inbox.item("bob", .group("team"))
            // The first entry of the group is no message.
            #expect(groupItem?.unread == UInt64(number - max(0, read - 1)))
            #expect(groupItem?.readThrough == SequenceNumber(read))
        }
        #expect(try await stage.engine.verify().findings.map(\.description) == [])
    }
}

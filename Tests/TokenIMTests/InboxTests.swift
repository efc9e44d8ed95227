import Testing
import TokenIM
import TokenIMTesting

@Suite struct InboxTests {
    private func test() async throws -> TestEngine {
        let test = try TestEngine()
        try await test.engine.create("alice", "bob", "carol", "dave")
        return test
    }

    @Test func theMostRecentConversationComesFirst() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.groups.create("team", owner: "carol", members: ["alice"])
        try await engine.say("1", from: "bob", to: .user("alice"))
        try await engine.say("2", from: "dave", to: .user("alice"))
        #expect(
            try engine.inbox.list("alice").map(\.conversation) == [
                .direct("alice", "dave"), .direct("alice", "bob"), .group("team"),
            ])
        try await engine.say("3", from: "alice", to: .group("team"))
        let items = try engine.inbox.list("alice")
        #expect(items.map(\.conversation) == [.group("team"), .direct("alice", "dave"), .direct("alice", "bob")])
        #expect(items.map { $0.lastMessage?.message?.text } == ["3", "2", "1"])
        #expect(items.map(\.activity) == [8, 7, 6])
        #expect(items.map(\.headSequence) == [2, 1, 1])
    }

    @Test func whatOneSendsIsNeverUnread() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        try await engine.say(1...3, from: "bob", to: .user("alice"))
        try await engine.say(4...6, from: "bob", to: .group("team"))
        #expect(try engine.inbox.total("alice") == 6)
        #expect(try engine.inbox.total("bob") == 0)
        try await engine.say("answer", from: "alice", to: .user("bob"))
        #expect(try engine.inbox.item("alice", .direct("alice", "bob"))?.unread == 0)
        #expect(try engine.inbox.item("alice", .direct("alice", "bob"))?.readThrough == 4)
        #expect(try engine.inbox.item("bob", .direct("alice", "bob"))?.unread == 1)
        try await engine.say("all", from: "alice", to: .group("team"))
        #expect(try engine.inbox.total("alice") == 0)
        #expect(try engine.inbox.total("bob") == 2)
    }

    @Test func noticesDoNotCount() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        try await engine.groups.add(["carol"], to: "team")
        try await engine.groups.setRole(.admin, of: "carol", in: "team")
        try await engine.groups.update("team", Profile(name: "T"))
        #expect(try engine.inbox.item("bob", .group("team"))?.unread == 0)
        try await engine.say("1", from: "alice", to: .group("team"))
        try await engine.groups.remove("carol", from: "team")
        let item = try #require(try engine.inbox.item("bob", .group("team")))
        #expect(item.unread == 1)
        #expect(item.lastMessage?.message?.text == "1")
        #expect(item.headSequence == 6)
    }

    @Test func readingLeavesWhatLiesBehindTheMarker() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...9, from: "bob", to: .user("alice"))
        for through in 1...9 as ClosedRange<SequenceNumber> {
            try await engine.messages.markRead(.direct("alice", "bob"), through: through, by: "alice")
            let item = try #require(try engine.inbox.item("alice", .direct("alice", "bob")))
            #expect(item.unread == 9 - through)
            #expect(item.readThrough == through)
            #expect(try engine.inbox.total("alice") == 9 - through)
        }
    }

    @Test func pagesPutTogetherAreTheWholeInbox() async throws {
        let test = try await test()
        let engine = test.engine
        for number in 1...11 {
            let id = try UserID("friend-\(number)")
            try await engine.create(id)
            try await engine.say("\(number)", from: id, to: .user("alice"))
        }
        let all = try engine.inbox.list("alice").map(\.conversation)
        #expect(all.count == 11)
        var pages: [Conversation] = []
        var place: InboxPlace?
        while true {
            let page = try engine.inbox.list("alice", after: place, limit: 4)
            pages += page.map(\.conversation)
            place = page.last?.place
            if page.count < 4 { break }
        }
        #expect(pages == all)
    }

    @Test func onlyTheUnreadCanBeAskedFor() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say("1", from: "bob", to: .user("alice"))
        try await engine.say("2", from: "carol", to: .user("alice"))
        try await engine.say("3", from: "dave", to: .user("alice"))
        try await engine.messages.markRead(.direct("alice", "carol"), through: 1, by: "alice")
        #expect(
            try engine.inbox.list("alice", onlyUnread: true).map(\.conversation) == [
                .direct("alice", "dave"), .direct("alice", "bob"),
            ])
        #expect(try engine.inbox.list("alice", onlyUnread: true, limit: 1).count == 1)
    }

    @Test func aConversationComesIntoTheInboxWithItsFirstMessage() async throws {
        let test = try await test()
        let engine = test.engine
        #expect(try engine.inbox.list("alice").isEmpty)
        #expect(try engine.inbox.item("alice", .direct("alice", "bob")) == nil)
        #expect(try engine.inbox.item("alice", .personal("alice")) == nil)
        #expect(try engine.inbox.item("alice", .group("nowhere")) == nil)
        #expect(try engine.inbox.item("alice", .direct("alice", "nobody")) == nil)
        try await engine.say("1", from: "alice", to: .user("bob"))
        #expect(try engine.inbox.item("bob", .direct("alice", "bob"))?.unread == 1)
        #expect(try engine.inbox.item("carol", .direct("alice", "bob")) == nil)
    }

    @Test func askingForWhatCannotBeIsRefused() async throws {
        let test = try await test()
        let engine = test.engine
        await expect(.unknownUser) { try engine.inbox.list("nobody") }
        await expect(.unknownUser) { try engine.inbox.total("nobody") }
        await expect(.unknownUser) { try engine.inbox.item("nobody", .group("g")) }
        await expect(.malformedArgument) { try engine.inbox.list("alice", limit: -1) }
        await expect(.requestTooLarge) { try engine.inbox.list("alice", limit: 1_001) }
    }

    @Test func whatWasTrimmedIsNotUnread() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...10, from: "bob", to: .user("alice"))
        _ = try await engine.messages.trim(.direct("alice", "bob"), through: 4)
        #expect(try engine.inbox.item("alice", .direct("alice", "bob"))?.unread == 6)
        try await engine.messages.markRead(.direct("alice", "bob"), through: 2, by: "alice")
        #expect(try engine.inbox.item("alice", .direct("alice", "bob"))?.unread == 6)
        try await engine.messages.markRead(.direct("alice", "bob"), through: 5, by: "alice")
        #expect(try engine.inbox.item("alice", .direct("alice", "bob"))?.unread == 5)
        _ = try await engine.messages.trim(.direct("alice", "bob"), through: 10)
        let item = try #require(try engine.inbox.item("alice", .direct("alice", "bob")))
        #expect(item.unread == 0)
        #expect(item.lastMessage == nil)
    }
}

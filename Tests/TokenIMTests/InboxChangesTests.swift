import Testing
import TokenIM
import TokenIMTesting

/// What became of an inbox since a position.
@Suite struct InboxChangesTests {
    private let chat = Conversation.direct("alice", "bob")
    private let other = Conversation.direct("alice", "carol")
    private let team = Conversation.group("team")

    private func stage(_ configure: (inout Configuration) -> Void = { _ in }) async throws -> TestEngine {
        let test = try TestEngine(configure: configure)
        try await test.engine.create("alice", "bob", "carol", "dave")
        try await test.engine.groups.create("team", owner: "bob", members: ["alice"])
        try await test.engine.say("1", from: "bob", to: .user("alice"))
        try await test.engine.say("2", from: "carol", to: .user("alice"))
        return test
    }

    @Test func fromTheBeginningItIsTheWholeInbox() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let changes = try engine.inbox.changes(of: "alice", since: 0)
        #expect(changes.items.map(\.conversation) == [team, chat, other])
        #expect(changes.items.map(\.unread) == [0, 1, 1])
        #expect(changes.gone.isEmpty && changes.isComplete)
        #expect(changes.position == engine.head)
        let none = try engine.inbox.changes(of: "alice", since: changes.position)
        #expect(none.items.isEmpty && none.gone.isEmpty && none.isComplete)
        #expect(none.position == changes.position)
    }

    @Test func everyKindOfChangeIsFound() async throws {
        let stage = try await stage()
        let engine = stage.engine
        var position = engine.head
        func changed(_ expected: [Conversation], _ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation)
            throws
        {
            let changes = try engine.inbox.changes(of: "alice", since: position)
            #expect(changes.items.map(\.conversation) == expected, comment, sourceLocation: sourceLocation)
            #expect(changes.isComplete, sourceLocation: sourceLocation)
            position = changes.position
        }
        try await engine.say("3", from: "bob", to: .user("alice"))
        try changed([chat], "a message")
        try await engine.say("4", from: "alice", to: .user("carol"))
        try changed([other], "one's own message")
        try await engine.messages.markRead(chat, through: 2, by: "alice")
        try changed([chat], "a marker")
        try await engine.messages.markRead(chat, through: 1, by: "bob")
        try changed([], "another's marker")
        try await engine.perform(.recall(2, in: chat), by: .user("bob"))
        try changed([chat], "a recall")
        for change in [
            Change.pinConversation(team), .pinConversation(team, isOn: false), .muteConversation(team), .archive(team),
            .hide(team), .markUnread(team), .setDraft("x", in: team), .setDraft(nil, in: team),
            .deleteForMe([1], in: team), .clear(team, through: 1),
        ] {
            try await engine.perform(change, by: .user("alice"))
            try changed([team], "\(change)")
        }
        try await engine.groups.add(["dave"], to: "team")
        try changed([team], "a notice")
        _ = try await engine.messages.trim(chat, through: 1)
        try changed([chat], "a trim")
        try await engine.users.update("alice", Profile(name: "A"))
        _ = try await engine.connect("alice", device: "phone")
        try await engine.perform(.setDraft("x", in: .direct("alice", "dave")), by: .user("alice"))
        try changed([], "what is in no list")
    }

    @Test func aGroupThatOneIsNoLongerInIsGone() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let position = engine.head
        try await engine.perform(.pinConversation(team), by: .user("alice"))
        try await engine.groups.remove("alice", from: "team")
        try await engine.say("3", from: "bob", to: .group("team"))
        let changes = try engine.inbox.changes(of: "alice", since: position)
        #expect(changes.items.isEmpty)
        #expect(changes.gone == [team])
        try await engine.groups.add(["alice"], to: "team")
        let back = try engine.inbox.changes(of: "alice", since: changes.position)
        #expect(back.items.map(\.conversation) == [team])
        #expect(back.gone.isEmpty)
        #expect(try engine.inbox.changes(of: "alice", since: position).gone.isEmpty)
    }

    @Test func pagesLeaveNothingOut() async throws {
        let stage = try await stage { $0.limits.pageSize = 3 }
        let engine = stage.engine
        // More entries about few conversations than one call looks at, and more conversations than one call returns.
        for number in 1...8 {
            let id = try UserID("friend-\(number)")
            try await engine.create(id)
            try await engine.say("\(number + 10)", from: id, to: .user("alice"))
            try await engine.perform(.pinConversation(chat, isOn: number % 2 == 1), by: .user("alice"))
            try await engine.messages.markRead(.direct("alice", id), through: 1, by: "alice")
        }
        for limit in 1...3 {
            var position: Position = 0
            var states: [Conversation: UInt64] = [:]
            var calls = 0
            while true {
                let changes = try engine.inbox.changes(of: "alice", since: position, limit: limit)
                #expect(changes.items.count + changes.gone.count <= limit)
                for item in changes.items { states[item.conversation] = item.unread }
                position = changes.position
                calls += 1
                if changes.isComplete { break }
                try #require(calls < 100)
            }
            #expect(position == engine.head)
            #expect(states.count == 11)
            #expect(states.values.reduce(0, +) == 2)
        }
    }

    @Test func askingForWhatCannotBeIsRefused() async throws {
        let stage = try await stage()
        let engine = stage.engine
        await expect(.unknownUser) { try engine.inbox.changes(of: "nobody", since: 0) }
        await expect(.malformedArgument) { try engine.inbox.changes(of: "alice", since: engine.head + 1) }
        await expect(.malformedArgument) { try engine.inbox.changes(of: "alice", since: .max) }
        await expect(.malformedArgument) { try engine.inbox.changes(of: "alice", since: 0, limit: 0) }
        await expect(.requestTooLarge) { try engine.inbox.changes(of: "alice", since: 0, limit: 1_001) }
    }
}

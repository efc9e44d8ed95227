import Testing
import TokenIM
import TokenIMTesting

/// How many unread messages call a user by name, and what its inbox shows of the newest.
@Suite struct MentionInboxTests {
    private let chat = Conversation.direct("alice", "bob")
    private let team = Conversation.group("team")

    private func stage(_ configure: @escaping (inout Configuration) -> Void = { _ in }) async throws -> Stage {
        let stage = try Stage(configure)
        try await stage.engine.create("alice", "bob", "carol")
        var policies = GroupPolicies()
        policies.mentioningAll = .all
        try await stage.engine.groups.create("team", owner: "bob", members: ["alice"], policies: policies)
        return stage
    }

    private func say(
        _ text: String, to target: Target, _ mentions: Mentions, by user: UserID = "bob", on engine: Engine
    ) async throws {
        try await engine.messages.send(
            .text(text), from: user, to: target, key: try IdempotencyKey(text), mentions: mentions)
    }

    private func mentions(_ user: UserID, _ conversation: Conversation, _ engine: Engine) throws -> UInt64? {
        try engine.inbox.item(user, conversation)?.mentions
    }

    @Test func mentionsAreCountedWhileTheyAreUnread() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await say("1", to: .group("team"), .users("alice"), on: engine)
        try await say("2", to: .group("team"), .none, on: engine)
        try await say("3", to: .group("team"), .all, on: engine)
        try await say("4", to: .group("team"), Mentions(["alice"], isAll: true), on: engine)
        try await say("5", to: .group("team"), .users("bob"), on: engine)
        try await say("6", to: .user("alice"), .users("alice"), on: engine)
        #expect(try engine.inbox.list("alice").map(\.mentions) == [1, 3])
        #expect(try mentions("bob", team, engine) == 0)
        try await engine.messages.markRead(team, through: 3, by: "alice")
        #expect(try mentions("alice", team, engine) == 2)
        try stage.reopen()
        #expect(try stage.engine.inbox.list("alice").map(\.mentions) == [1, 2])
        #expect(try stage.engine.inbox.changes(of: "alice", since: 0).items.map(\.mentions) == [1, 2])
        try await say("7", to: .group("team"), .all, by: "alice", on: stage.engine)
        #expect(try mentions("alice", team, stage.engine) == 0)
        #expect(try mentions("bob", team, stage.engine) == 1)
    }

    @Test func aMentionThatOneDoesNotSeeDoesNotCount() async throws {
        let stage = try await stage()
        let engine = stage.engine
        for number in 1...6 { try await say("\(number)", to: .group("team"), .all, on: engine) }
        try await engine.groups.add(["carol"], to: "team")
        #expect(try mentions("carol", team, engine) == 0)
        try await say("7", to: .group("team"), .all, on: engine)
        #expect(try mentions("carol", team, engine) == 1)
        #expect(try mentions("alice", team, engine) == 7)
        try await engine.perform(.deleteForMe([4, 9], in: team), by: .user("alice"))
        #expect(try mentions("alice", team, engine) == 5)
        try await engine.perform(.recall(6, in: team), by: .user("bob"))
        #expect(try mentions("alice", team, engine) == 4)
        try await engine.perform(.clear(team, through: 3), by: .user("alice"))
        #expect(try mentions("alice", team, engine) == 2)
        _ = try await engine.messages.trim(team, through: 5)
        #expect(try mentions("alice", team, engine) == 1)
        #expect(try engine.inbox.item("alice", team)?.unread == 1)
        #expect(try await engine.verify().findings.map(\.description) == [])
    }

    @Test func countingStopsAtItsLimit() async throws {
        let stage = try await stage { $0.limits.countedMentions = 3 }
        let engine = stage.engine
        for number in 1...3 {
            try await say("a\(number)", to: .group("team"), .all, on: engine)
            #expect(try mentions("alice", team, engine) == UInt64(min(3, number * 2 - 1)))
            try await say("b\(number)", to: .group("team"), .users("alice"), on: engine)
        }
        #expect(try mentions("alice", team, engine) == 3)
        #expect(try engine.inbox.item("alice", team)?.unread == 6)
    }

    @Test func theNewestMessageIsShownAsItIsNow() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await say("1", to: .user("alice"), .none, on: engine)
        try await say("2", to: .user("alice"), .none, on: engine)
        try await engine.perform(.edit(2, in: chat, "two"), by: .user("bob"))
        #expect(try engine.inbox.item("alice", chat)?.lastMessage?.message?.text == "two")
        try await engine.perform(.pin(2, in: chat), by: .user("alice"))
        #expect(try engine.inbox.item("bob", chat)?.lastMessage?.message?.isPinned == true)
        #expect(try engine.messages.pinned(in: chat, for: "alice").map(\.sequence) == [2])
        try await engine.perform(.deleteForMe([2], in: chat), by: .user("alice"))
        #expect(try engine.messages.pinned(in: chat, for: "alice").isEmpty)
        #expect(try engine.messages.pinned(in: chat, for: "bob").map(\.sequence) == [2])
        #expect(try engine.inbox.item("alice", chat)?.lastMessage?.message?.text == "1")
        try await engine.perform(.recall(2, in: chat), by: .user("bob"))
        #expect(try engine.inbox.item("bob", chat)?.lastMessage?.kind == .erased)
    }
}

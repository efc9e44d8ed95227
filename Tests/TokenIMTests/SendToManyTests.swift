import Testing
import TokenIM
import TokenIMTesting

/// One message to many, and messages sent on.
@Suite struct SendToManyTests {
    private func test(_ configure: (inout Configuration) -> Void = { _ in }) async throws -> TestEngine {
        let test = try TestEngine(configure: configure)
        try await test.engine.create("alice", "bob", "carol", "dave")
        try await test.engine.groups.create("team", owner: "alice", members: ["bob"])
        try await test.engine.groups.create("secret", owner: "carol")
        return test
    }

    @Test(arguments: [true, false])
    func everyTargetHasItsResult(_ isInline: Bool) async throws {
        let test = try await test { $0.runtime = isInline ? .inline : .threaded }
        let targets: [Target] = [.user("bob"), .group("secret"), .user("nobody"), .group("team"), .user("carol")]
        let results = try await test.engine.messages.send("hi all", from: "alice", toAll: targets, key: "k")
        #expect(results.count == 5)
        #expect(try results[0].get().conversation == .direct("alice", "bob"))
        #expect(results[1].code == .notFound)
        #expect(results[2].code == .unknownUser)
        #expect(try results[3].get().conversation == .group("team"))
        #expect(try results[4].get().sequence == 1)

        // A retry sends what was not sent, in whatever order the targets come.
        try await test.engine.create("nobody")
        let head = test.engine.head
        let again = try await test.engine.messages.send("hi all", from: "alice", toAll: targets.reversed(), key: "k")
        #expect(test.engine.head == head + 1)
        #expect(again.map { (try? $0.get().isDuplicate) ?? false } == [true, true, false, false, true])
        let other = try await test.engine.messages.send("other", from: "alice", toAll: [.user("bob")], key: "k")
        #expect(other[0].code == .idempotencyConflict)
        #expect(try await test.engine.verify().isSound)
    }

    @Test func whatConcernsAllIsRefusedAsAWhole() async throws {
        let test = try await test { $0.limits.targetsPerSend = 2 }
        let messages = test.engine.messages
        await expect(.requestTooLarge) {
            try await messages.send("x", from: "alice", toAll: [.user("a"), .user("b"), .user("c")], key: "k")
        }
        await expect(.malformedArgument) {
            try await messages.send("x", from: "alice", toAll: [.user("bob"), .user("bob")], key: "k")
        }
        #expect(try await messages.send("x", from: "alice", toAll: [], key: "k").isEmpty)
        #expect(
            try await messages.send("", from: "alice", toAll: [.user("bob")], key: "k")[0].code == .malformedContent)
    }

    // MARK: Forwarding

    @Test func aForwardedMessageKeepsItsFirstOriginAndItsPresentContent() async throws {
        let test = try await test()
        let sent = try await test.engine.say("helo", from: "alice", to: .user("bob"))
        try await test.engine.perform(.edit(1, in: .direct("alice", "bob"), "hello"), by: .user("alice"))
        try await test.engine.perform(.forward(1, of: .direct("alice", "bob"), to: .user("carol")), by: .user("bob"))
        try await test.engine.perform(.forward(1, of: .direct("bob", "carol"), to: .user("dave")), by: .user("carol"))
        let message = try #require(
            try test.engine.messages.history(of: .direct("carol", "dave"), for: "dave").entries.last?.message)
        #expect(message.text == "hello")
        #expect(message.sender == "carol")
        #expect(message.origin?.author == "alice")
        #expect(message.origin?.timestamp == sent.timestamp)
        #expect(try await test.engine.verify().isSound)
    }

    @Test func whatOneDoesNotSeeOrMayNotKeepIsNotForwarded() async throws {
        let test = try await test()
        try await test.engine.messages.send(
            "burn", from: "alice", to: .user("bob"), key: "k", options: MessageOptions(burnsAfterReading: .zero))
        let chat = Conversation.direct("alice", "bob")
        await expect(.notAllowed) {
            try await test.engine.perform(.forward(1, of: chat, to: .user("carol")), by: .user("bob"))
        }
        await expect(.notFound) {
            try await test.engine.perform(.forward(1, of: chat, to: .user("dave")), by: .user("carol"))
        }
        try await test.engine.say("recalled", from: "alice", to: .user("bob"))
        try await test.engine.perform(.recall(2, in: chat), by: .user("alice"))
        await expect(.messageGone) {
            try await test.engine.perform(.forward(2, of: chat, to: .user("carol")), by: .user("bob"))
        }
        await expect(.malformedArgument) {
            try await test.engine.perform(.forward(1, of: chat, to: .user("carol")), by: .host)
        }
    }
}

extension Result where Failure == IMError {
    fileprivate var code: IMError.Code? {
        if case .failure(let error) = self { error.code } else { nil }
    }
}

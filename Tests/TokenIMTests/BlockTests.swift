import Testing
import TokenIM
import TokenIMTesting

@Suite struct BlockTests {
    private func stage(_ configure: @escaping (inout Configuration) -> Void = { _ in }) async throws -> Stage {
        let stage = try Stage(configure)
        try await stage.engine.create("alice", "bob", "carol", "dave")
        return stage
    }

    @Test func aBlockedSenderIsRefusedUntilUnblocked() async throws {
        let stage = try await stage()
        try await stage.engine.perform(.block("bob"), by: .user("alice"))
        try stage.reopen()
        let engine = stage.engine
        let head = engine.head
        await expect(.blocked) { try await engine.say("1", from: "bob", to: .user("alice")) }
        #expect(engine.head == head)
        // Nobody else is, nor the other way, nor oneself.
        try await engine.say("2", from: "carol", to: .user("alice"))
        try await engine.say("3", from: "alice", to: .user("bob"))
        try await engine.say("4", from: "alice", to: .user("alice"))
        try await engine.perform(.block("bob", isOn: false), by: .user("alice"))
        try await engine.say("5", from: "bob", to: .user("alice"))
        #expect(try engine.texts(of: .direct("alice", "bob"), for: "alice") == ["3", "5"])
        #expect(try await engine.verify().isSound)
    }

    @Test func aBlockHoldsInTheTransactionThatMakesIt() async throws {
        let stage = try await stage()
        try await stage.engine.transaction { transaction in
            try transaction.perform(.block("bob"), by: .user("alice"))
            do throws(IMError) {
                try transaction.send("1", from: "bob", to: .user("alice"), key: "1")
                Issue.record("nothing was refused")
            } catch {
                #expect(error.code == .blocked)
            }
            try transaction.perform(.block("bob", isOn: false), by: .user("alice"))
            try transaction.send("2", from: "bob", to: .user("alice"), key: "2")
        }
        #expect(try stage.engine.texts(of: .direct("alice", "bob"), for: "alice") == ["2"])
    }

    @Test func aBlockThatDidNotHappenDoesNotHold() async throws {
        struct Regret: Error {}
        let stage = try await stage()
        try? await stage.engine.transaction { transaction in
            try transaction.perform(.block("bob"), by: .user("alice"))
            throw Regret()
        }
        try await stage.engine.say("1", from: "bob", to: .user("alice"))
    }

    @Test func aBlockedUserMayNotEditForwardOrTypeThere() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let phone = try await engine.connect("bob", device: "phone")
        let receipt = try await phone.send("1", to: .user("alice"), key: "1")
        try await engine.perform(.block("bob"), by: .user("alice"))
        await expect(.blocked) { try await phone.perform(.edit(receipt.sequence, in: receipt.conversation, "2")) }
        await expect(.blocked) {
            try await phone.perform(.forward(receipt.sequence, of: receipt.conversation, to: .user("alice")))
        }
        await expect(.blocked) { try phone.setTyping(true, in: .direct("alice", "bob")) }
        try phone.setTyping(true, in: .direct("bob", "carol"))
        #expect(try engine.texts(of: .direct("alice", "bob"), for: "alice") == ["1"])
    }

    @Test func aScheduledMessageOfABlockedUserIsNotSent() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let moment = stage.time.now().advanced(by: .seconds(10))
        try await engine.messages.send(
            "later", from: "bob", to: .user("alice"), key: "1", options: MessageOptions(scheduledFor: moment))
        try await engine.perform(.block("bob"), by: .user("alice"))
        stage.time.advance(by: .seconds(11))
        #expect(try engine.inbox.total("alice") == 0)
        #expect(try engine.history(of: .personal("bob"), for: "bob").last?.outcome == "refused: blocked")
    }

    @Test func whoIsBlockedCannotPutTheOtherIntoAGroup() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.block("bob"), by: .user("alice"))
        let phone = try await engine.connect("bob", device: "phone")
        try await phone.groups.create("team", owner: "bob", members: ["carol"])
        let head = engine.head
        await expect(.blocked) { try await phone.groups.add(["alice"], to: "team") }
        await expect(.blocked) { try await phone.groups.create("club", owner: "bob", members: ["alice"]) }
        #expect(engine.head == head)
        // The host may, and in a group one hears everybody.
        try await engine.groups.add(["alice"], to: "team")
        try await engine.say("hi", from: "bob", to: .group("team"))
    }

    @Test func theListTellsWhomOneBlocks() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let phone = try await engine.connect("alice", device: "phone")
        for user in ["dave", "bob", "carol"] as [UserID] { try await phone.perform(.block(user)) }
        try await phone.perform(.setContact("bob"))
        #expect(try phone.blockedUsers(limit: 2) == ["bob", "carol"])
        #expect(try phone.blockedUsers(after: "carol") == ["dave"])
        #expect(try engine.users.blocked(by: "bob").isEmpty)
        #expect(try phone.contacts().map(\.user) == ["bob"])
        await expect(.unknownUser) { try engine.users.blocked(by: "nobody") }
    }

    @Test func whatMakesNoSenseIsRefusedAndLeavesNoTrace() async throws {
        let stage = try await stage { $0.limits.blocksPerUser = 1 }
        let engine = stage.engine
        try await engine.perform(.block("bob"), by: .user("alice"))
        let head = engine.head
        #expect(try await engine.perform(.block("bob"), by: .user("alice")).isDuplicate)
        #expect(try await engine.perform(.block("carol", isOn: false), by: .user("alice")).isDuplicate)
        await expect(.limitReached) { try await engine.perform(.block("carol"), by: .user("alice")) }
        await expect(.malformedArgument) { try await engine.perform(.block("alice"), by: .user("alice")) }
        await expect(.malformedArgument) { try await engine.perform(.block("bob"), by: .host) }
        await expect(.unknownUser) { try await engine.perform(.block("nobody"), by: .user("alice")) }
        await expect(.unknownUser) { try await engine.perform(.block("nobody", isOn: false), by: .user("alice")) }
        #expect(engine.head == head)
        try await engine.users.delete("bob")
        await expect(.limitReached) { try await engine.perform(.block("carol"), by: .user("alice")) }
        try await engine.perform(.block("bob", isOn: false), by: .user("alice"))
        try await engine.perform(.block("carol"), by: .user("alice"))
    }
}

import Testing
import TokenIM
import TokenIMTesting

/// What senders hear, who has read, messages for those who are connected, whom a message has not reached.
@Suite struct LiveReceiptTests {
    private let chat = Conversation.direct("alice", "bob")

    private func test(_ configure: (inout Configuration) -> Void = { _ in }) async throws -> TestEngine {
        let test = try TestEngine(configure: configure)
        try await test.engine.create("alice", "bob", "carol", "dave")
        try await test.engine.groups.create("team", owner: "alice", members: ["bob", "carol"])
        return test
    }

    private func told(_ session: Session) throws -> [String] {
        try session.receiveSignals().filter { $0.kind != .presence }
            .map { "\($0.kind) \($0.user) \($0.through.map { "\($0)" } ?? $0.content?.text ?? "")" }
    }

    // MARK: Receipts

    @Test func senderHearsOfDeliveryAndReading() async throws {
        let test = try await test()
        let laptop = try await test.engine.connect("alice", device: "laptop")
        let phone = try await test.engine.connect("bob", device: "phone")
        for number in 1...3 { try await laptop.send(.text("\(number)"), to: .user("bob"), key: try .init("\(number)")) }
        let got = try phone.receive().filter { $0.message != nil }
        try phone.acknowledge(through: got[1].position)
        #expect(try told(laptop) == [])
        test.time.advance(by: .seconds(1))
        #expect(try told(laptop) == ["delivered bob 2"])
        phone.acknowledge(got[2])
        test.time.advance(by: .seconds(1))
        #expect(try told(laptop) == ["delivered bob 3"])
        try await phone.markRead(chat, through: 2)
        try await phone.markRead(chat, through: 3)
        #expect(try told(laptop) == ["read bob 3"])
        #expect(try told(phone) == [])
    }

    @Test func whatADeviceAcknowledgesByPollingIsToldToo() async throws {
        let test = try await test()
        let laptop = try await test.engine.connect("alice", device: "laptop")
        try await test.engine.devices.register("phone", of: "bob")
        let receipt = try await laptop.send("hi", to: .user("bob"), key: "1")
        try await test.engine.devices.acknowledge("phone", of: "bob", through: receipt.position)
        #expect(try told(laptop) == ["delivered bob 1"])
        #expect(try test.engine.messages.state(of: 1, in: chat, for: "bob").isDelivered)
    }

    @Test func deliveryIsToldWhenTheOtherComesOnlineAndNotOfGroups() async throws {
        let test = try await test()
        let laptop = try await test.engine.connect("alice", device: "laptop")
        try await laptop.send("hi", to: .user("bob"), key: "1")
        try await laptop.send("hi", to: .group("team"), key: "2")
        try await laptop.send("to myself", to: .user("alice"), key: "3")
        let phone = try await test.engine.connect("bob", device: "phone")
        _ = try phone.drain()
        test.time.advance(by: .seconds(1))
        try await test.engine.messages.markRead(.group("team"), through: 2, by: "bob")
        #expect(try told(laptop) == ["delivered bob 1"])
        // Who is not connected is told nothing, and nothing piles up.
        laptop.close()
        try await test.engine.messages.markRead(chat, through: 1, by: "bob")
        let again = try await test.engine.connect("alice", device: "laptop")
        #expect(try told(again) == [])
        #expect(try test.engine.messages.state(of: 1, in: chat, for: "bob").isRead)
    }

    @Test func membersMayAskWhoHasReadWhereReceiptsAreOn() async throws {
        let test = try await test { $0.limits.readersExamined = 2 }
        let sent = try await test.engine.say("read me", from: "alice", to: .group("team"))
        try await test.engine.messages.markRead(.group("team"), through: sent.sequence, by: "carol")
        func readers(_ last: UserID? = nil, for user: UserID = "bob") throws -> ReadersPage {
            try test.engine.messages.readers(of: sent.sequence, in: .group("team"), for: user, after: last)
        }
        let first = try readers()
        #expect(first.readers == [])
        #expect(first.next == "bob")
        let second = try readers(first.next)
        #expect(second.readers == ["carol"])
        #expect(second.next == nil)
        try await test.engine.groups.add(["dave"], to: "team")
        try await test.engine.messages.markRead(.group("team"), through: sent.sequence, by: "bob")
        #expect(try readers().readers == ["bob"])
        await expect(.notFound) { try readers(for: "dave") }
        try await test.engine.say("direct", from: "alice", to: .user("bob"))
        await expect(.malformedArgument) { try test.engine.messages.readers(of: 1, in: chat, for: "alice") }
        var policies = GroupPolicies()
        policies.hasReadReceipts = false
        try await test.engine.perform(.setPolicies(policies, of: "team"), by: .user("alice"))
        await expect(.notAllowed) { try readers() }
    }

    // MARK: Transient messages

    @Test func transientMessagesReachThoseWhoAreConnectedAndAreNotKept() async throws {
        let test = try await test()
        let laptop = try await test.engine.connect("alice", device: "laptop")
        let tablet = try await test.engine.connect("alice", device: "tablet")
        let phone = try await test.engine.connect("bob", device: "phone")
        let head = test.engine.head
        #expect(try await laptop.sendTransient("one", to: .user("bob")) == 1)
        #expect(try await laptop.sendTransient("two", to: .group("team"), needsReceiver: true) == 1)
        #expect(try await test.engine.messages.sendTransient("three", from: "carol", to: .group("team")) == 2)
        #expect(try told(phone) == ["message alice one", "message alice two", "message carol three"])
        #expect(try told(tablet) == ["message alice one", "message alice two", "message carol three"])
        #expect(try told(laptop) == ["message carol three"])
        #expect(test.engine.head == head)
    }

    @Test func transientMessagesAreJudgedAsOthersAre() async throws {
        let test = try await test()
        let messages = test.engine.messages
        #expect(try await messages.sendTransient("x", from: "alice", to: .user("bob")) == 0)
        await expect(.nobodyConnected) {
            try await messages.sendTransient("x", from: "alice", to: .user("bob"), needsReceiver: true)
        }
        await expect(.notFound) { try await messages.sendTransient("x", from: "dave", to: .group("team")) }
        await expect(.unknownUser) { try await messages.sendTransient("x", from: "alice", to: .user("nobody")) }
        await expect(.malformedContent) { try await messages.sendTransient("", from: "alice", to: .user("bob")) }
        try await test.engine.perform(.block("alice"), by: .user("bob"))
        await expect(.blocked) { try await messages.sendTransient("x", from: "alice", to: .user("bob")) }
    }

    // MARK: Whom a message has not reached

    @Test func aConsumerSeesWhomAMessageHasNotReached() async throws {
        let test = try await test()
        let push = try await test.engine.consumers.create("push")
        try await test.engine.devices.register("phone", of: "bob", platform: "ios", pushToken: "token-b")
        try await test.engine.devices.register("phone", of: "carol", pushToken: "token-c")
        try await test.engine.messages.send(
            "hello", from: "alice", to: .group("team"), key: "1", mentions: .users("carol"))
        try await test.engine.messages.send(
            "quiet", from: "alice", to: .group("team"), key: "2", options: MessageOptions(isSilent: true))
        try await test.engine.say("direct", from: "alice", to: .user("bob"))
        #expect(try await push.receiveUnreached().isEmpty)
        // Bob's phone gets everything in time.
        let waiting = try test.engine.devices.receive("phone", of: "bob")
        try await test.engine.devices.acknowledge("phone", of: "bob", through: try #require(waiting.last?.position))
        test.time.advance(by: .seconds(31))
        let found = try await push.receiveUnreached()
        #expect(found.map(\.delivery.entry.message?.text) == ["hello"])
        #expect(found[0].users.map(\.user) == ["carol"])
        #expect(found[0].users[0].isMentioned)
        #expect(found[0].users[0].devices.map(\.pushToken) == ["token-c"])
        #expect(found[0].next == nil)
        try await push.acknowledge(found.map(\.delivery.position))
        #expect(try await push.receiveUnreached().isEmpty)
    }

    @Test func whoHasMutedOrReadOrIsSuspendedIsLeftOut() async throws {
        let test = try await test { $0.limits.unreachedPerMessage = 2 }
        let push = try await test.engine.consumers.create("push")
        try await test.engine.groups.add(["dave"], to: "team")
        try await test.engine.perform(.muteConversation(.group("team"), until: .distantFuture), by: .user("bob"))
        try await test.engine.users.suspend("carol")
        try await test.engine.say("one", from: "alice", to: .group("team"))
        test.time.advance(by: .seconds(31))
        let found = try await push.receiveUnreached()
        #expect(found.count == 1)
        // Two members a call: alice herself and bob, who has muted it.
        #expect(found[0].users.isEmpty)
        let next = try #require(found[0].next)
        let more = try push.unreached(of: found[0], after: next)
        #expect(more.users.map(\.user) == ["dave"])
        try await push.acknowledge([found[0].delivery.position])
        let two = try await test.engine.say("two", from: "alice", to: .user("bob"))
        try await test.engine.messages.markRead(chat, through: two.sequence, by: "bob")
        test.time.advance(by: .seconds(31))
        #expect(try await push.receiveUnreached().isEmpty)
    }
}

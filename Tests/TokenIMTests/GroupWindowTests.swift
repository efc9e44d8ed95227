import Testing
import TokenIM
import TokenIMTesting

/// What newcomers, removed and returned members see, in history, inbox and deliveries.
@Suite struct GroupWindowTests {
    private func test() async throws -> TestEngine {
        let test = try TestEngine()
        try await test.engine.create("alice", "bob", "carol")
        try await test.engine.groups.create("team", owner: "alice", members: ["bob"])
        return test
    }

    @Test func aNewcomerSeesTheGroupFromItsJoiningOn() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...5, from: "alice", to: .group("team"))
        let phone = try await engine.connect("carol", device: "phone")
        _ = try phone.drain()
        try await engine.groups.add(["carol"], to: "team")
        #expect(try engine.inbox.item("carol", .group("team"))?.unread == 0)
        #expect(try engine.inbox.item("carol", .group("team"))?.lastMessage == nil)
        try await engine.say(6...8, from: "alice", to: .group("team"))
        let entries = try engine.history(of: .group("team"), for: "carol")
        #expect(entries.map(\.sequence) == [7, 8, 9, 10])
        #expect(entries.map(\.kind) == [.membersAdded, .message, .message, .message])
        #expect(try engine.inbox.item("carol", .group("team"))?.unread == 3)
        #expect(try engine.inbox.item("carol", .group("team"))?.lastMessage?.message?.text == "8")
        let deliveries = try phone.drain()
        #expect(deliveries.kinds == [.membersAdded, .message, .message, .message])
        #expect(deliveries.texts == ["6", "7", "8"])
    }

    @Test func joiningDeliversNothingOfBeforeToADeviceThatWasOffline() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...5, from: "alice", to: .group("team"))
        try await engine.groups.add(["carol"], to: "team")
        try await engine.say(6...7, from: "alice", to: .group("team"))
        #expect(try await engine.connect("carol", device: "phone").drainTexts() == ["6", "7"])
    }

    @Test func aRemovedMemberSeesNothingNewerAndIsToldInItsPersonalConversation() async throws {
        let test = try await test()
        let engine = test.engine
        let (phone, bobsPhone) = (
            try await engine.connect("alice", device: "phone"), try await engine.connect("bob", device: "phone")
        )
        try await engine.say(1...2, from: "alice", to: .group("team"))
        try await phone.groups.remove("bob", from: "team")
        try await engine.say(3...4, from: "alice", to: .group("team"))
        #expect(try engine.history(of: .group("team"), for: "bob").map(\.sequence) == [1, 2, 3])
        #expect(try engine.inbox.item("bob", .group("team")) == nil)
        #expect(try engine.inbox.total("bob") == 0)
        let deliveries = try bobsPhone.drain()
        #expect(deliveries.texts == ["1", "2"])
        #expect(deliveries.kinds == [.groupCreated, .message, .message, .removedFromGroup])
        #expect(deliveries.last?.conversation == .personal("bob"))
        #expect(deliveries.last?.entry?.subject == .group("team"))
        #expect(deliveries.last?.entry?.author == "alice")
        let entries = try engine.history(of: .group("team"), for: "alice")
        #expect(entries.map(\.kind) == [.groupCreated, .message, .message, .memberRemoved, .message, .message])
        #expect(entries[3].members == ["bob"])
    }

    @Test func aRemovedMemberGetsWhatCameBeforeItsRemovalWhenItConnectsAgain() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...2, from: "alice", to: .group("team"))
        try await engine.groups.remove("bob", from: "team")
        try await engine.say(3...4, from: "alice", to: .group("team"))
        let deliveries = try await engine.connect("bob", device: "phone").drain()
        #expect(deliveries.texts == ["1", "2"])
        #expect(deliveries.kinds.last == .removedFromGroup)
    }

    @Test func aRemovedMemberCannotFindOutHowTheGroupGoesOn() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.groups.remove("bob", from: "team")
        try await engine.say(1...4, from: "alice", to: .group("team"))
        let phone = try await engine.connect("bob", device: "phone")
        await expect(.notFound) { try await phone.markRead(.group("team"), through: 3) }
        await expect(.notFound) { try await phone.markRead(.group("team"), through: 300) }
        await expect(.notFound) { try await phone.send("x", to: .group("team"), key: "k") }
        await expect(.notFound) { try phone.setTyping(true, in: .group("team")) }
        await expect(.notFound) { try engine.messages.state(of: 3, in: .group("team"), for: "bob") }
        #expect(try phone.groups.get("team") == nil)
        await expect(.notFound) { try phone.groups.members(of: "team") }
        #expect(try engine.messages.history(of: .group("team"), for: "bob", after: 1).entries.isEmpty)
    }

    @Test func whoLeavesIsToldOnItsOtherDevices() async throws {
        let test = try await test()
        let engine = test.engine
        let (phone, tablet) = (
            try await engine.connect("bob", device: "phone"), try await engine.connect("bob", device: "tablet")
        )
        _ = try phone.drain()
        _ = try tablet.drain()
        try await phone.groups.leave("bob", "team")
        #expect(try phone.drain().isEmpty)
        #expect(try tablet.drain().kinds == [.removedFromGroup])
        #expect(try engine.history(of: .group("team"), for: "alice").last?.kind == .memberLeft)
    }

    @Test func aMemberWhoReturnsSeesBothStretchesAndNotWhatLiesBetween() async throws {
        let test = try await test()
        let engine = test.engine
        let phone = try await engine.connect("bob", device: "phone")
        try await engine.say(1...3, from: "alice", to: .group("team"))
        try await engine.groups.remove("bob", from: "team")
        try await engine.say(4...6, from: "alice", to: .group("team"))
        try await engine.groups.add(["bob"], to: "team")
        #expect(try engine.inbox.item("bob", .group("team"))?.unread == 0)
        try await engine.say(7...9, from: "alice", to: .group("team"))
        let sequences: [SequenceNumber] = [1, 2, 3, 4, 9, 10, 11, 12]
        #expect(try engine.history(of: .group("team"), for: "bob", page: 3).map(\.sequence) == sequences)
        #expect(try engine.history(of: .group("team"), for: "bob", page: 1).map(\.sequence) == sequences)
        var forwards: [SequenceNumber] = []
        while true {
            let page = try engine.messages.history(
                of: .group("team"), for: "bob", after: forwards.last ?? 0, limit: 3)
            forwards += page.entries.map(\.sequence)
            if page.isComplete { break }
        }
        #expect(forwards == sequences)
        #expect(try engine.inbox.item("bob", .group("team"))?.unread == 3)
        #expect(try phone.drain().texts == ["1", "2", "3", "7", "8", "9"])
        for sequence in 5...8 as ClosedRange<SequenceNumber> {
            await expect(.notFound) { try engine.messages.state(of: sequence, in: .group("team"), for: "bob") }
        }
    }

    @Test func comingAndGoingInTheMiddleOfTheOfflineQueueLeavesOutWhatLiesBetween() async throws {
        let test = try await test()
        let engine = test.engine
        for round in 0..<5 {
            try await engine.say("in \(round)", from: "alice", to: .group("team"))
            try await engine.groups.remove("bob", from: "team")
            try await engine.say("out \(round)", from: "alice", to: .group("team"))
            if round == 2 { try await engine.fold() }
            try await engine.groups.add(["bob"], to: "team")
        }
        let texts = try await engine.connect("bob", device: "phone").drainTexts()
        #expect(texts == (0..<5).map { "in \($0)" })
        #expect(try engine.texts(of: .group("team"), for: "bob", page: 2) == texts)
    }

    @Test func theOldestOfMoreThan32StretchesIsForgotten() async throws {
        let test = try await test()
        let engine = test.engine
        for round in 0..<33 {
            try await engine.say("\(round)", from: "alice", to: .group("team"))
            try await engine.groups.remove("bob", from: "team")
            try await engine.groups.add(["bob"], to: "team")
        }
        #expect(try engine.texts(of: .group("team"), for: "bob") == (2..<33).map { "\($0)" })
    }

    @Test func aNewcomerMayAnswerWhatItHasNotSeenButNothingThatIsNotThere() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say("secret", from: "alice", to: .group("team"))
        try await engine.groups.add(["carol"], to: "team")
        await expect(.notFound) { try await engine.say("what?", from: "carol", to: .group("team"), replyTo: 4) }
        try await engine.say("ah", from: "carol", to: .group("team"), replyTo: 2)
        #expect(try engine.texts(of: .group("team"), for: "carol") == ["ah"])
    }

    @Test func whoWasNeverAMemberSeesNothing() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say("secret", from: "alice", to: .group("team"))
        await expect(.notFound) { try engine.messages.history(of: .group("team"), for: "carol") }
        await expect(.notFound) { try engine.messages.state(of: 1, in: .group("team"), for: "carol") }
        #expect(try engine.inbox.item("carol", .group("team")) == nil)
        #expect(try await engine.connect("carol", device: "phone").drain().kinds == [])
    }
}

import Testing
import TokenIM
import TokenIMTesting

/// Edits, recalls, reactions, pins.
@Suite struct AmendmentTests {
    private let chat = Conversation.direct("alice", "bob")
    private let team = Conversation.group("team")

    private func stage(_ configure: @escaping (inout Configuration) -> Void = { _ in }) async throws -> Stage {
        let stage = try Stage(configure)
        try await stage.engine.create("alice", "bob", "carol", "dave")
        try await stage.engine.groups.create("team", owner: "alice", members: ["bob", "carol"])
        return stage
    }

    private func last(_ engine: Engine, for user: UserID = "bob") throws -> Message {
        try #require(try engine.messages.history(of: chat, for: user).entries.last { $0.kind == .message }?.message)
    }

    private func expectSound(_ stage: Stage) async throws {
        #expect(try await stage.engine.verify().findings.isEmpty)
        try stage.reopen()
        #expect(try await stage.engine.verify().findings.isEmpty)
    }

    // MARK: Edits

    @Test func whoHasLeftSeesNothingNewer() async throws {
        let stage = try await stage()
        let (engine, messages) = (stage.engine, stage.engine.messages)
        let sent = try await engine.say("one", from: "alice", to: .group("team")).sequence
        try await engine.perform(.edit(sent, in: team, .text("two")), by: .user("alice"))
        try await engine.perform(.react("+", to: sent, in: team), by: .user("bob"))
        try await engine.groups.remove("carol", from: "team")
        try await engine.perform(.edit(sent, in: team, .text("three")), by: .user("alice"))
        try await engine.perform(.pin(sent, in: team), by: .user("alice"))
        try await messages.markRead(team, through: sent, by: "bob")
        let seen = try #require(try messages.history(of: team, for: "carol").entries.first { $0.sequence == sent })
        #expect(seen.message?.text == "two")
        #expect(seen.message?.reactions == [])
        #expect(seen.message?.isPinned == false)
        #expect(try messages.reactions(to: sent, in: team, for: "carol") == [])
        #expect(try messages.pinned(in: team, for: "carol") == [])
        #expect(try messages.readers(of: sent, in: team, for: "carol").readers == [])
        #expect(try messages.readers(of: sent, in: team, for: "alice").readers == ["bob"])
        // Taking back is for all, and coming back shows all.
        try await engine.groups.add(["carol"], to: "team")
        let again = try messages.history(of: team, for: "carol").entries.first { $0.sequence == sent }?.message
        #expect(again?.text == "three")
        #expect(again?.reactions.map(\.count) == [1])
        #expect(again?.isPinned == true)
        try await engine.groups.remove("carol", from: "team")
        try await engine.perform(.recall(sent, in: team), by: .user("alice"))
        #expect(
            try messages.history(of: team, for: "carol").entries.first { $0.sequence == sent }?.kind == .erased)
        try await expectSound(stage)
    }

    @Test func historyShowsTheNewestEditAndDevicesGetEach() async throws {
        let stage = try await stage()
        let phone = try await stage.engine.connect("bob", device: "phone")
        let sent = try await stage.engine.say("helo", from: "alice", to: .user("bob"))
        for text in ["hallo", "hello"] {
            try await stage.engine.perform(.edit(sent.sequence, in: chat, .text(text)), by: .user("alice"))
        }
        let message = try last(stage.engine)
        #expect(message.text == "hello")
        #expect(message.editedAt != nil)
        let deliveries = try phone.drain()
        #expect(deliveries.suffix(3).map { $0.message?.text } == ["helo", "hallo", "hello"])
        #expect(deliveries.suffix(2).kinds == [.edited, .edited])
        #expect(deliveries.last?.entry?.targets == [sent.sequence])
        #expect(try stage.engine.inbox.total("bob") == 1)
        try await expectSound(stage)
        #expect(try last(stage.engine).text == "hello")
    }

    @Test func onlyTheAuthorEditsAndOnlyInTime() async throws {
        let stage = try await stage { $0.limits.editsPerMessage = 2 }
        let sent = try await stage.engine.say("a", from: "alice", to: .user("bob"))
        let head = stage.engine.head
        func edit(_ sequence: SequenceNumber, by user: UserID, _ text: String = "b") async throws {
            try await stage.engine.perform(.edit(sequence, in: chat, .text(text)), by: .user(user))
        }
        await expect(.notAllowed) { try await edit(sent.sequence, by: "bob") }
        await expect(.notFound) { try await edit(sent.sequence, by: "carol") }
        await expect(.notFound) { try await edit(99, by: "alice") }
        await expect(.notFound) { try await edit(0, by: "alice") }
        await expect(.notFound) { try await edit(.max, by: "alice") }
        await expect(.malformedContent) { try await edit(sent.sequence, by: "alice", "") }
        #expect(stage.engine.head == head)
        try await edit(sent.sequence, by: "alice")
        try await edit(sent.sequence, by: "alice")
        await expect(.limitReached) { try await edit(sent.sequence, by: "alice") }
        stage.time.advance(by: .seconds(24 * 3_600 + 1))
        await expect(.tooLate) { try await edit(sent.sequence, by: "alice") }
        try await expectSound(stage)
    }

    // MARK: Recall

    @Test func aRecalledMessageIsGoneForAllAndNoLongerCounts() async throws {
        let stage = try await stage()
        for number in 1...3 { try await stage.engine.say("secret \(number)", from: "alice", to: .user("bob")) }
        try await stage.engine.perform(.edit(2, in: chat, "secret too"), by: .user("alice"))
        #expect(try stage.engine.inbox.total("bob") == 3)
        try await stage.engine.perform(.recall(2, in: chat), by: .user("alice"))
        #expect(try stage.engine.inbox.total("bob") == 2)
        let entries = try stage.engine.messages.history(of: chat, for: "bob").entries
        #expect(entries.map(\.kind) == [.message, .erased, .message, .erased, .withdrawn])
        #expect(entries[1].erasure == .recalled)
        #expect(entries[4].targets == [2])
        #expect(entries[4].erasure == .recalled)
        #expect(!entries.contains { $0.message?.text == "secret 2" || $0.message?.text == "secret too" })

        // A device that was offline never sees it, and learns of the recall.
        let phone = try await stage.engine.connect("bob", device: "phone")
        #expect(try phone.drainTexts() == ["secret 1", "secret 3"])
        try await stage.engine.messages.markRead(chat, through: 1, by: "bob")
        #expect(try stage.engine.inbox.total("bob") == 1)
        try await expectSound(stage)
        #expect(try stage.engine.inbox.total("bob") == 1)
    }

    @Test func aRecallBelowTheMarkerChangesNoCount() async throws {
        let stage = try await stage()
        for number in 1...200 { try await stage.engine.say("\(number)", from: "alice", to: .user("bob")) }
        try await stage.engine.messages.markRead(chat, through: 130, by: "bob")
        for sequence in [1, 64, 65, 128, 129, 130] as [SequenceNumber] {
            try await stage.engine.perform(.recall(sequence, in: chat), by: .host)
            #expect(try stage.engine.inbox.total("bob") == 70)
        }
        for (index, sequence) in ([131, 191, 192, 193, 200] as [SequenceNumber]).enumerated() {
            try await stage.engine.perform(.recall(sequence, in: chat), by: .host)
            #expect(try stage.engine.inbox.total("bob") == 69 - UInt64(index))
            if index == 2 { try await stage.engine.fold() }
        }
        try await expectSound(stage)
        #expect(try stage.engine.inbox.total("bob") == 65)
    }

    @Test func recallHasItsTimeAndItsModerators() async throws {
        let stage = try await stage()
        try await stage.engine.groups.setRole(.admin, of: "bob", in: "team")
        func say(_ text: String, _ user: UserID) async throws -> SequenceNumber {
            try await stage.engine.say(text, from: user, to: .group("team")).sequence
        }
        let (carols, bobs, alices) = (
            try await say("c", "carol"), try await say("b", "bob"), try await say("a", "alice")
        )
        func recall(_ sequence: SequenceNumber, by user: UserID) async throws {
            try await stage.engine.perform(.recall(sequence, in: team), by: .user(user))
        }
        await expect(.notAllowed) { try await recall(bobs, by: "carol") }
        await expect(.notAllowed) { try await recall(alices, by: "bob") }
        await expect(.notFound) { try await recall(alices, by: "dave") }
        stage.time.advance(by: .seconds(301))
        await expect(.tooLate) { try await recall(carols, by: "carol") }
        try await recall(carols, by: "bob")
        try await recall(bobs, by: "alice")
        let head = stage.engine.head
        let again = try await stage.engine.perform(.recall(bobs, in: team), by: .user("alice"))
        #expect(again.isDuplicate)
        #expect(stage.engine.head == head)
        await expect(.messageGone) {
            try await stage.engine.perform(.edit(bobs, in: team, "x"), by: .user("bob"))
        }
        await expect(.messageGone) {
            try await stage.engine.perform(.react("+", to: bobs, in: team), by: .user("bob"))
        }
        await expect(.messageGone) {
            try await stage.engine.perform(.pin(bobs, in: team), by: .user("alice"))
        }
        try await expectSound(stage)
    }

    // MARK: Reactions and pins

    @Test func reactionsAreCountedOncePerUser() async throws {
        let stage = try await stage { $0.limits.reactionKindsPerMessage = 2 }
        let sent = try await stage.engine.say("cake?", from: "alice", to: .user("bob"))
        func react(_ reaction: String, _ user: UserID, _ isOn: Bool = true) async throws -> Receipt {
            try await stage.engine.perform(
                .react(reaction, to: sent.sequence, in: chat, isOn: isOn), by: .user(user))
        }
        #expect(try await !react("👍", "bob").isDuplicate)
        #expect(try await react("👍", "bob").isDuplicate)
        #expect(try await !react("👍", "alice").isDuplicate)
        #expect(try await !react("🎂", "bob").isDuplicate)
        await expect(.limitReached) { try await react("🍰", "alice") }
        await expect(.malformedArgument) { try await react("", "alice") }
        await expect(.malformedArgument) { try await react(String(repeating: "x", count: 65), "alice") }
        await expect(.malformedArgument) { try await react("a\u{0}", "alice") }
        await expect(.notFound) { try await react("👍", "carol") }
        var message = try last(stage.engine, for: "alice")
        #expect(message.reactions.map(\.reaction) == ["👍", "🎂"])
        #expect(message.reactions.map(\.count) == [2, 1])
        #expect(message.reactions.map(\.isMine) == [true, false])
        let messages = stage.engine.messages
        #expect(
            try messages.reactions(to: sent.sequence, in: chat, for: "bob").map { "\($0.user) \($0.reaction)" }
                == ["alice 👍", "bob 🎂", "bob 👍"])
        #expect(
            try messages.reactions(to: sent.sequence, in: chat, for: "bob", after: "alice", limit: 1).map(\.reaction)
                == ["🎂", "👍"])
        await expect(.notFound) { try messages.reactions(to: sent.sequence, in: chat, for: "carol") }
        _ = try await react("👍", "bob", false)
        _ = try await react("👍", "alice", false)
        message = try last(stage.engine)
        #expect(message.reactions.map(\.reaction) == ["🎂"])
        try await expectSound(stage)
        #expect(try last(stage.engine).reactions.map(\.count) == [1])
    }

    @Test func pinsAreListedAndGoWithTheirMessage() async throws {
        let stage = try await stage { $0.limits.pinsPerConversation = 2 }
        for number in 1...3 { try await stage.engine.say("\(number)", from: "alice", to: .user("bob")) }
        func pin(_ sequence: SequenceNumber, _ isOn: Bool = true) async throws -> Receipt {
            try await stage.engine.perform(.pin(sequence, in: chat, isOn: isOn), by: .user("bob"))
        }
        func pinned() throws -> [String?] {
            try stage.engine.messages.pinned(in: chat, for: "alice").map { $0.message?.text }
        }
        _ = try await pin(3)
        _ = try await pin(1)
        #expect(try await pin(1).isDuplicate)
        await expect(.limitReached) { try await pin(2) }
        #expect(try pinned() == ["1", "3"])
        try await stage.engine.perform(.recall(3, in: chat), by: .user("alice"))
        #expect(try pinned() == ["1"])
        _ = try await pin(2)
        _ = try await pin(1, false)
        #expect(try pinned() == ["2"])
        #expect(try stage.engine.messages.history(of: chat, for: "bob").entries[1].message?.isPinned == true)
        #expect(try await stage.engine.messages.trim(chat, through: 2) == 2)
        #expect(try pinned().isEmpty)
        await expect(.notFound) { try stage.engine.messages.pinned(in: chat, for: "carol") }
        try await expectSound(stage)
    }

    @Test func inAGroupOnlyThoseWhoMayPin() async throws {
        let stage = try await stage()
        let sent = try await stage.engine.say("rules", from: "carol", to: .group("team"))
        await expect(.notAllowed) {
            try await stage.engine.perform(.pin(sent.sequence, in: team), by: .user("carol"))
        }
        try await stage.engine.perform(.pin(sent.sequence, in: team), by: .user("alice"))
        #expect(try stage.engine.messages.pinned(in: team, for: "bob").map(\.sequence) == [sent.sequence])
    }

    @Test func whatOneMayNotSeeCannotBeAmended() async throws {
        let stage = try await stage()
        let before = try await stage.engine.say("before", from: "alice", to: .group("team"))
        try await stage.engine.groups.add(["dave"], to: "team")
        let head = stage.engine.head
        for change in [
            Change.react("+", to: before.sequence, in: team), .pin(before.sequence, in: team),
            .recall(before.sequence, in: team), .edit(before.sequence, in: team, "x"),
            .forward(before.sequence, of: team, to: .user("bob")),
        ] {
            await expect(.notFound) { try await stage.engine.perform(change, by: .user("dave")) }
        }
        #expect(stage.engine.head == head)
    }
}

import Testing
import TokenIM
import TokenIMTesting

/// What a user puts out of its own sight: the beginning of a conversation, or single entries.
@Suite struct ClearTests {
    private let chat = Conversation.direct("alice", "bob")
    private let team = Conversation.group("team")

    private func stage(_ configure: @escaping (inout Configuration) -> Void = { _ in }) async throws -> Stage {
        let stage = try Stage(configure)
        try await stage.engine.create("alice", "bob", "carol")
        try await stage.engine.groups.create("team", owner: "bob", members: ["alice"])
        for number in 1...10 {
            try await stage.engine.say("\(number)", from: "bob", to: .user("alice"))
            try await stage.engine.say("g\(number)", from: "bob", to: .group("team"))
        }
        return stage
    }

    @Test func whatIsClearedIsGoneForOneUser() async throws {
        let stage = try await stage()
        let engine = stage.engine
        for conversation in [chat, team] {
            try await engine.perform(.clear(conversation, through: 4), by: .user("alice"))
            let item = try #require(try engine.inbox.item("alice", conversation))
            // The first entry of the group is no message.
            #expect(item.unread == (conversation == team ? 7 : 6))
            #expect(item.readThrough == 0)
            #expect(try engine.history(of: conversation, for: "alice").first?.sequence == 5)
            #expect(try engine.messages.history(of: conversation, for: "alice", after: 0).entries.first?.sequence == 5)
            #expect(try engine.history(of: conversation, for: "bob").first?.sequence == 1)
            try await engine.perform(.clear(conversation, through: item.headSequence), by: .user("alice"))
            let empty = try #require(try engine.inbox.item("alice", conversation))
            #expect(empty.unread == 0 && empty.lastMessage == nil)
            #expect(try engine.history(of: conversation, for: "alice").isEmpty)
            #expect(try engine.messages.history(of: conversation, for: "alice", after: 0).isComplete)
            #expect(try engine.inbox.item("bob", conversation)?.lastMessage != nil)
        }
        // It remains in the list, and what is new is seen.
        #expect(try engine.inbox.list("alice").count == 2)
        try await engine.say("new", from: "bob", to: .user("alice"))
        #expect(try engine.texts(of: chat, for: "alice") == ["new"])
        #expect(try engine.inbox.item("alice", chat)?.lastMessage?.message?.text == "new")
        #expect(try engine.inbox.total("alice") == 1)
        try stage.reopen()
        #expect(try stage.engine.inbox.total("alice") == 1)
        #expect(try await stage.engine.verify().findings.map(\.description) == [])
    }

    @Test func clearingDoesNotGoBackNorBeyondTheEnd() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.clear(chat, through: 5), by: .user("alice"))
        let head = engine.head
        for through in [0, 4, 5] as [SequenceNumber] {
            try await engine.perform(.clear(chat, through: through), by: .user("alice"))
        }
        for through in [11, .max] as [SequenceNumber] {
            await expect(.markerAhead) {
                try await engine.perform(.clear(chat, through: through), by: .user("alice"))
            }
        }
        #expect(engine.head == head)
        #expect(try engine.history(of: chat, for: "alice").first?.sequence == 6)
    }

    @Test func devicesSkipWhatWasCleared() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let phone = try await engine.connect("alice", device: "phone")
        let tablet = try await engine.connect("alice", device: "tablet", options: Self.fromCreation)
        // A few are on their way to the tablet, the rest waits.
        let first = try tablet.receive(maximum: 3)
        #expect(first.texts.count == 2)
        try await phone.perform(.clear(chat, through: 9))
        try await phone.perform(.clear(team, through: 11))
        try tablet.acknowledge(through: try #require(first.last).position)
        let rest = try tablet.drain()
        #expect(rest.texts == ["10"])
        #expect(rest.kinds == [.message, .conversationCleared, .conversationCleared])
        #expect(try phone.drainTexts() == ["10"])
        // One that is connected gets what is new as ever, and not what was cleared before it came to it.
        try await engine.say("11", from: "bob", to: .user("alice"))
        try await engine.say("12", from: "bob", to: .user("alice"))
        try await phone.perform(.clear(chat, through: 11))
        #expect(try tablet.drain().texts == ["12"])
    }

    private static var fromCreation: SessionOptions {
        var options = SessionOptions()
        options.start = .creation
        return options
    }

    @Test func aGapThatWasClearedIsNoGap() async throws {
        let stage = try await stage()
        let engine = stage.engine
        _ = try await engine.messages.trim(chat, through: 6)
        try await engine.perform(.clear(chat, through: 7), by: .user("alice"))
        let session = try await engine.connect("alice", device: "phone")
        let deliveries = try session.drain()
        #expect(deliveries.allSatisfy { $0.gap == nil })
        #expect(deliveries.filter { $0.conversation == chat }.texts == ["8", "9", "10"])
        #expect(try engine.inbox.item("alice", chat)?.unread == 3)
        // The other way round, the trim goes further.
        _ = try await engine.messages.trim(chat, through: 9)
        #expect(try engine.inbox.item("alice", chat)?.unread == 1)
        #expect(try engine.texts(of: chat, for: "alice") == ["10"])
    }

    @Test func aGapBeginsBehindWhatWasCleared() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.clear(chat, through: 3), by: .user("alice"))
        _ = try await engine.messages.trim(chat, through: 6)
        let session = try await engine.connect("alice", device: "phone")
        let gap = try #require(try session.drain().compactMap(\.gap).first)
        #expect(gap.from == 4 && gap.through == 6)
    }

    @Test func whetherAMessageWasReadIsNotChangedByClearing() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.messages.markRead(chat, through: 10, by: "alice")
        try await engine.perform(.clear(chat, through: 10), by: .user("alice"))
        #expect(try engine.messages.state(of: 4, in: chat, for: "alice").isRead)
    }

    @Test func deletedEntriesAreGoneForOneUser() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.deleteForMe([10, 3, 7], in: chat), by: .user("alice"))
        #expect(try engine.texts(of: chat, for: "alice", page: 2) == ["1", "2", "4", "5", "6", "8", "9"])
        #expect(try engine.texts(of: chat, for: "bob").count == 10)
        let item = try #require(try engine.inbox.item("alice", chat))
        #expect(item.unread == 7)
        #expect(item.lastMessage?.message?.text == "9")
        try await engine.messages.markRead(chat, through: 7, by: "alice")
        #expect(try engine.inbox.item("alice", chat)?.unread == 2)
        // Nobody else's count or preview has changed.
        #expect(try engine.inbox.item("bob", chat)?.lastMessage?.message?.text == "10")
        // The group's first entry is a notice: it goes out of sight, and never counted.
        try await engine.perform(.deleteForMe([1, 2], in: team), by: .user("alice"))
        #expect(try engine.inbox.item("alice", team)?.unread == 9)
        #expect(try engine.history(of: team, for: "alice").first?.sequence == 3)
        let head = engine.head
        try await engine.perform(.deleteForMe([3, 7], in: chat), by: .user("alice"))
        #expect(engine.head == head)
        try await engine.perform(.deleteForMe([3, 8], in: chat), by: .user("alice"))
        #expect(try engine.history(of: .personal("alice"), for: "alice").last?.targets == [8])
        try stage.reopen()
        #expect(try stage.engine.inbox.item("alice", chat)?.unread == 1)
        #expect(try await stage.engine.verify().findings.map(\.description) == [])
    }

    @Test func aPageIsCompleteWhenOnlyDeletedEntriesLieBeyond() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.deleteForMe([1, 2, 9, 10], in: chat), by: .user("alice"))
        let last = try engine.messages.history(of: chat, for: "alice", limit: 6)
        #expect(last.entries.map(\.sequence) == [3, 4, 5, 6, 7, 8])
        #expect(last.isComplete)
        let first = try engine.messages.history(of: chat, for: "alice", after: 0, limit: 6)
        #expect(first.entries.map(\.sequence) == [3, 4, 5, 6, 7, 8])
        #expect(first.isComplete)
        #expect(try !engine.messages.history(of: chat, for: "alice", after: 0, limit: 5).isComplete)
        #expect(try !engine.messages.history(of: chat, for: "alice", limit: 5).isComplete)
    }

    @Test func theLastMessageIsFoundBehindManyDeleted() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.say(11...300, from: "bob", to: .user("alice"))
        let all = Array(1...300 as ClosedRange<SequenceNumber>)
        for left in [250, 64, 3] as [SequenceNumber] {
            let gone = all.filter { $0 > left }
            for start in stride(from: 0, to: gone.count, by: 100) {
                try await engine.perform(
                    .deleteForMe(Array(gone[start...].prefix(100)), in: chat), by: .user("alice"))
            }
            let item = try #require(try engine.inbox.item("alice", chat))
            #expect(item.lastMessage?.sequence == left)
            #expect(item.unread == left)
        }
        try await engine.perform(.deleteForMe([1, 2, 3], in: chat), by: .user("alice"))
        #expect(try engine.inbox.item("alice", chat)?.lastMessage == nil)
        #expect(try engine.inbox.item("alice", chat)?.unread == 0)
        #expect(try engine.inbox.item("alice", chat)?.headSequence == 300)
    }

    @Test func whatIsRecalledAndDeletedCountsOnce() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.deleteForMe([5], in: chat), by: .user("alice"))
        try await engine.perform(.recall(5, in: chat), by: .user("bob"))
        try await engine.perform(.recall(6, in: chat), by: .user("bob"))
        try await engine.perform(.deleteForMe([6, 7], in: chat), by: .user("alice"))
        #expect(try engine.inbox.item("alice", chat)?.unread == 7)
        #expect(try engine.inbox.item("bob", team)?.unread == 0)
        #expect(try await engine.verify().findings.map(\.description) == [])
    }

    @Test func clearingMakesRoomForFurtherDeletions() async throws {
        let stage = try await stage { $0.limits.hiddenPerConversation = 3 }
        let engine = stage.engine
        try await engine.perform(.deleteForMe([1, 2], in: chat), by: .user("alice"))
        let head = engine.head
        await expect(.limitReached) { try await engine.perform(.deleteForMe([3, 4], in: chat), by: .user("alice")) }
        #expect(engine.head == head)
        // Each user and each conversation has its own.
        try await engine.perform(.deleteForMe([3, 4], in: chat), by: .user("bob"))
        try await engine.perform(.deleteForMe([2, 3], in: team), by: .user("alice"))
        try await engine.perform(.deleteForMe([4], in: chat), by: .user("alice"))
        await expect(.limitReached) { try await engine.perform(.deleteForMe([5], in: chat), by: .user("alice")) }
        try await engine.perform(.clear(chat, through: 3), by: .user("alice"))
        try await engine.perform(.deleteForMe([5, 6], in: chat), by: .user("alice"))
        await expect(.limitReached) { try await engine.perform(.deleteForMe([7], in: chat), by: .user("alice")) }
        #expect(try engine.texts(of: chat, for: "alice") == ["7", "8", "9", "10"])
        #expect(try engine.inbox.item("alice", chat)?.unread == 4)
        #expect(try await engine.verify().findings.map(\.description) == [])
    }

    @Test func onlyWhatOneSeesCanBeDeleted() async throws {
        let stage = try await stage()
        let engine = stage.engine
        _ = try await engine.messages.trim(chat, through: 2)
        try await engine.perform(.clear(chat, through: 4), by: .user("alice"))
        let head = engine.head
        for sequences in [[0], [1], [2], [3], [4], [12], [5, 12], [.max]] as [[SequenceNumber]] {
            await expect(.notFound) {
                try await engine.perform(.deleteForMe(sequences, in: chat), by: .user("alice"))
            }
        }
        await expect(.malformedArgument) { try await engine.perform(.deleteForMe([], in: chat), by: .user("alice")) }
        await expect(.malformedArgument) {
            try await engine.perform(.deleteForMe([5, 5], in: chat), by: .user("alice"))
        }
        await expect(.requestTooLarge) {
            try await engine.perform(.deleteForMe(Array(1...101), in: chat), by: .user("alice"))
        }
        #expect(engine.head == head)
        try await engine.groups.add(["carol"], to: "team")
        await expect(.notFound) { try await engine.perform(.deleteForMe([11], in: team), by: .user("carol")) }
        try await engine.perform(.deleteForMe([12], in: team), by: .user("carol"))
    }

    @Test func whoHasLeftAGroupMayPutWhatItSawOutOfItsSight() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.groups.remove("alice", from: "team")
        try await engine.say("later", from: "bob", to: .group("team"))
        let seen = try #require(try engine.history(of: team, for: "alice").last).sequence
        #expect(seen == 11)
        // It does not learn how far the group has come since.
        for through in [seen + 1, seen + 2, seen + 3] {
            await expect(.markerAhead) { try await engine.perform(.clear(team, through: through), by: .user("alice")) }
        }
        await expect(.notFound) { try await engine.perform(.deleteForMe([13], in: team), by: .user("alice")) }
        await expect(.notFound) { try await engine.perform(.pinConversation(team), by: .user("alice")) }
        try await engine.perform(.deleteForMe([11], in: team), by: .user("alice"))
        #expect(try engine.history(of: team, for: "alice").last?.sequence == 10)
        try await engine.perform(.clear(team, through: seen), by: .user("alice"))
        #expect(try engine.history(of: team, for: "alice").isEmpty)
        #expect(try await engine.verify().findings.map(\.description) == [])
    }
}

import Testing
import TokenIM
import TokenIMTesting

/// How a user has its conversations: pinned, muted, archived, hidden, with a draft, marked as unread.
@Suite struct SettingTests {
    private let chat = Conversation.direct("alice", "bob")
    private let other = Conversation.direct("alice", "carol")
    private let team = Conversation.group("team")

    private func stage(_ configure: @escaping (inout Configuration) -> Void = { _ in }) async throws -> Stage {
        let stage = try Stage(configure)
        try await stage.engine.create("alice", "bob", "carol", "dave")
        try await stage.engine.groups.create("team", owner: "bob", members: ["alice"])
        try await stage.engine.say("1", from: "bob", to: .user("alice"))
        try await stage.engine.say("2", from: "carol", to: .user("alice"))
        try await stage.engine.say("3", from: "bob", to: .group("team"))
        return stage
    }

    @Test func pinnedConversationsComeFirstAndPagesStayRight() async throws {
        let stage = try await stage()
        let engine = stage.engine
        #expect(try engine.inbox.list("alice").map(\.conversation) == [team, other, chat])
        try await engine.perform(.pinConversation(chat), by: .user("alice"))
        #expect(try engine.inbox.list("alice").map(\.conversation) == [chat, team, other])
        #expect(try engine.inbox.list("alice").map(\.setting.isPinned) == [true, false, false])
        try await engine.perform(.pinConversation(other), by: .user("alice"))
        for limit in 1...3 {
            var listed: [Conversation] = []
            var place: InboxPlace?
            while true {
                let page = try engine.inbox.list("alice", after: place, limit: limit)
                if page.isEmpty { break }
                listed += page.map(\.conversation)
                // The place may travel as a number.
                place = page.last.map { InboxPlace(rawValue: $0.place.rawValue) }
            }
            #expect(listed == [other, chat, team])
        }
        try await engine.perform(.pinConversation(other, isOn: false), by: .user("alice"))
        #expect(try engine.inbox.list("alice").map(\.conversation) == [chat, team, other])
        // It is nobody else's business.
        #expect(try engine.inbox.item("bob", chat)?.setting == ConversationSetting())
    }

    @Test func aMuteEndsAtItsMomentAndChangesNoCount() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let end = stage.time.now().advanced(by: .seconds(60))
        try await engine.perform(.muteConversation(chat, until: end), by: .user("alice"))
        try await engine.perform(.muteConversation(team), by: .user("alice"))
        let item = try #require(try engine.inbox.item("alice", chat))
        #expect(item.unread == 1)
        #expect(item.setting.mutedUntil == end)
        #expect(item.setting.isMuted(at: stage.time.now()))
        #expect(!item.setting.isMuted(at: end))
        #expect(try engine.inbox.item("alice", team)?.setting.mutedUntil == .distantFuture)
        #expect(try engine.inbox.total("alice") == 3)
        #expect(try engine.inbox.total("alice", withMuted: false) == 1)
        stage.time.advance(by: .seconds(61))
        #expect(try engine.inbox.total("alice", withMuted: false) == 2)
        let head = engine.head
        // Both are so already: the one has ended by itself.
        try await engine.perform(.muteConversation(chat, until: nil), by: .user("alice"))
        try await engine.perform(.muteConversation(chat, until: end), by: .user("alice"))
        #expect(engine.head == head)
        try await engine.perform(.muteConversation(team, until: nil), by: .user("alice"))
        #expect(try engine.inbox.item("alice", team)?.setting == ConversationSetting())
        #expect(try engine.inbox.total("alice", withMuted: false) == 3)
    }

    @Test func anArchivedConversationStaysAway() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.archive(chat), by: .user("alice"))
        #expect(try engine.inbox.list("alice").map(\.conversation) == [team, other])
        #expect(try engine.inbox.list("alice", archived: true).map(\.conversation) == [chat])
        #expect(try engine.inbox.total("alice") == 2)
        #expect(try engine.inbox.total("alice", archived: true) == 1)
        try await engine.say("4", from: "bob", to: .user("alice"))
        #expect(try engine.inbox.list("alice").map(\.conversation) == [team, other])
        #expect(try engine.inbox.list("alice", archived: true).map(\.unread) == [2])
        try await engine.perform(.archive(chat, isOn: false), by: .user("alice"))
        #expect(try engine.inbox.list("alice").map(\.conversation) == [chat, team, other])
        #expect(try engine.inbox.list("alice", archived: true).isEmpty)
    }

    @Test func aHiddenConversationComesBackWithTheNextMessage() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.hide(chat), by: .user("alice"))
        try await engine.perform(.hide(team), by: .user("alice"))
        #expect(try engine.inbox.list("alice").map(\.conversation) == [other])
        #expect(try engine.inbox.list("alice", archived: true).isEmpty)
        #expect(try engine.inbox.total("alice") == 1)
        #expect(try engine.inbox.item("alice", chat)?.setting.isHidden == true)
        // A notice brings nothing back, and neither does another setting.
        try await engine.groups.update("team", Profile(name: "T"))
        try await engine.perform(.muteConversation(team), by: .user("alice"))
        #expect(try engine.inbox.list("alice").map(\.conversation) == [other])
        try await engine.say("4", from: "bob", to: .group("team"))
        #expect(try engine.inbox.list("alice").map(\.conversation) == [team, other])
        #expect(try engine.inbox.item("alice", team)?.setting.isHidden == false)
        try await engine.say("5", from: "alice", to: .user("bob"))
        #expect(try engine.inbox.list("alice").map(\.conversation) == [chat, team, other])
        // What has ended by itself can be asked for again.
        try await engine.perform(.hide(chat), by: .user("alice"))
        try await engine.perform(.hide(chat, isOn: false), by: .user("alice"))
        #expect(try engine.inbox.list("alice").map(\.conversation) == [chat, team, other])
        try await engine.perform(.hide(chat), by: .user("alice"))
        #expect(try engine.inbox.list("alice").map(\.conversation) == [team, other])
        #expect(try await engine.verify().findings.map(\.description) == [])
    }

    @Test func aMarkAsUnreadEndsWithTheNextReading() async throws {
        let stage = try await stage()
        let engine = stage.engine
        for conversation in [chat, team] {
            let head = try #require(try engine.inbox.item("alice", conversation)).headSequence
            func isMarked() throws -> Bool? { try engine.inbox.item("alice", conversation)?.setting.isMarkedUnread }
            func mark() async throws {
                try await engine.perform(.markUnread(conversation), by: .user("alice"))
                #expect(try isMarked() == true)
            }
            try await engine.messages.markRead(conversation, through: head - 1, by: "alice")
            try await mark()
            try await engine.messages.markRead(conversation, through: head, by: "alice")
            #expect(try isMarked() == false)
            try await mark()
            #expect(try engine.inbox.list("alice", onlyUnread: true).map(\.conversation).contains(conversation))
            #expect(try engine.inbox.item("alice", conversation)?.unread == 0)
            // The marker has nowhere to go, and yet.
            try await engine.messages.markRead(conversation, through: head, by: "alice")
            #expect(try isMarked() == false)
            #expect(try !engine.inbox.list("alice", onlyUnread: true).map(\.conversation).contains(conversation))
            let journal = engine.head
            try await engine.messages.markRead(conversation, through: head, by: "alice")
            #expect(engine.head == journal)
            try await mark()
            try await engine.say(
                "mine \(conversation)", from: "alice", to: conversation == team ? .group("team") : .user("bob"))
            #expect(try isMarked() == false)
            try await mark()
            try await engine.perform(.markUnread(conversation, isOn: false), by: .user("alice"))
            #expect(try isMarked() == false)
        }
        #expect(try await engine.verify().findings.map(\.description) == [])
    }

    @Test func onlyTheNewestDraftIsKept() async throws {
        let stage = try await stage()
        let engine = stage.engine
        for draft in ["h", "he", "hel\u{301}"] {
            try await engine.perform(.setDraft(draft, in: chat), by: .user("alice"))
            #expect(try engine.inbox.item("alice", chat)?.setting.draft == draft)
        }
        try await engine.perform(.pinConversation(chat), by: .user("alice"))
        #expect(try engine.inbox.item("alice", chat)?.setting.draft == "hel\u{301}")
        let entries = try engine.history(of: .personal("alice"), for: "alice").suffix(4)
        #expect(entries.map(\.kind) == [.erased, .erased, .draftChanged, .settingChanged])
        #expect(entries.compactMap(\.text) == ["hel\u{301}"])
        #expect(entries.compactMap(\.erasure) == [.superseded, .superseded])
        #expect(try await engine.verify().findings.map(\.description) == [])
        try stage.reopen()
        #expect(try stage.engine.inbox.item("alice", chat)?.setting.draft == "hel\u{301}")
        // Another spelling of the same letters is another text.
        try await stage.engine.perform(.setDraft("he\u{13A}", in: chat), by: .user("alice"))
        let draft = try stage.engine.inbox.item("alice", chat)?.setting.draft
        #expect(draft.map { Array($0.utf8) } == Array("he\u{13A}".utf8))
        try await stage.engine.perform(.setDraft("", in: chat), by: .user("alice"))
        #expect(try stage.engine.inbox.item("alice", chat)?.setting.draft == nil)
        let head = stage.engine.head
        try await stage.engine.perform(.setDraft(nil, in: chat), by: .user("alice"))
        #expect(stage.engine.head == head)
        #expect(try await stage.engine.verify().findings.map(\.description) == [])
    }

    @Test func aDraftMayComeBeforeTheFirstMessage() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let chat = Conversation.direct("alice", "dave")
        try await engine.perform(.setDraft("hi", in: chat), by: .user("alice"))
        try await engine.perform(.pinConversation(chat), by: .user("alice"))
        #expect(try engine.inbox.item("alice", chat) == nil)
        #expect(try engine.inbox.list("alice").count == 3)
        try await engine.say("4", from: "dave", to: .user("alice"))
        let first = try #require(try engine.inbox.list("alice").first)
        #expect(first.conversation == chat && first.setting.draft == "hi")
        #expect(try engine.inbox.item("dave", chat)?.setting.draft == nil)
    }

    @Test func settingsReachTheOtherDevicesAlsoThoseThatWereAway() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let (phone, tablet) = (
            try await engine.connect("alice", device: "phone"), try await engine.connect("alice", device: "tablet")
        )
        for session in [phone, tablet] { _ = try session.drain() }
        try await phone.perform(.pinConversation(chat))
        try await phone.perform(.setDraft("hm", in: chat))
        #expect(try phone.drain().isEmpty)
        let deliveries = try tablet.drain()
        #expect(deliveries.kinds == [.settingChanged, .draftChanged])
        #expect(deliveries.map(\.entry?.subject) == [chat, chat])
        #expect(deliveries.first?.entry?.setting?.isPinned == true)
        #expect(deliveries.last?.entry?.text == "hm")
        tablet.close()
        try await phone.perform(.clear(chat, through: 1))
        try await phone.perform(.deleteForMe([1, 2], in: team))
        try await engine.perform(.markUnread(team), by: .user("bob"))
        try stage.reopen()
        let again = try await stage.engine.connect("alice", device: "tablet")
        let missed = try again.drain()
        #expect(missed.kinds == [.conversationCleared, .deletedForMe])
        #expect(missed.map(\.entry?.subject) == [chat, team])
        #expect(missed.first?.entry?.through == 1)
        #expect(missed.last?.entry?.targets == [1, 2])
    }

    @Test func whatIsSoAlreadyLeavesNoTrace() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.pinConversation(chat), by: .user("alice"))
        let head = engine.head
        for change in [
            Change.pinConversation(chat), .archive(chat, isOn: false), .hide(chat, isOn: false),
            .muteConversation(chat, until: nil), .markUnread(chat, isOn: false), .setDraft(nil, in: chat),
            .muteConversation(chat, until: .zero), .clear(chat, through: 0),
        ] {
            let receipt = try await engine.perform(change, by: .user("alice"))
            #expect(receipt.conversation == .personal("alice"))
            #expect(receipt.isDuplicate)
        }
        #expect(engine.head == head)
    }

    @Test func aKeyMakesARetryHarmless() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let first = try await engine.perform(.pinConversation(chat), by: .user("alice"), key: "k")
        try await engine.perform(.pinConversation(chat, isOn: false), by: .user("alice"))
        let second = try await engine.perform(.pinConversation(chat), by: .user("alice"), key: "k")
        #expect(second.isDuplicate && second.position == first.position)
        #expect(try engine.inbox.item("alice", chat)?.setting.isPinned == false)
        for change in [
            Change.pinConversation(chat, isOn: false), .pinConversation(team), .archive(chat), .hide(chat),
            .muteConversation(chat), .markUnread(chat), .setDraft("x", in: chat), .clear(chat, through: 1),
            .deleteForMe([1], in: chat),
        ] {
            await expect(.idempotencyConflict) {
                try await engine.perform(change, by: .user("alice"), key: "k")
            }
        }
    }

    @Test func refusalsLeaveNoTrace() async throws {
        let stage = try await stage { $0.limits.contentBytes = 4 }
        let engine = stage.engine
        let head = engine.head
        func changes(_ conversation: Conversation) -> [Change] {
            [
                .pinConversation(conversation), .archive(conversation), .hide(conversation), .markUnread(conversation),
                .muteConversation(conversation), .setDraft("x", in: conversation), .clear(conversation, through: 0),
                .deleteForMe([1], in: conversation),
            ]
        }
        for unseen in [
            Conversation.direct("bob", "carol"), .direct("alice", "nobody"), .group("nowhere"), .group("team"),
        ] {
            let user: UserID = unseen == team ? "carol" : "alice"
            for change in changes(unseen) {
                await expect(.notFound) { try await engine.perform(change, by: .user(user)) }
            }
        }
        for change in changes(.personal("alice")) {
            await expect(.malformedArgument) { try await engine.perform(change, by: .user("alice")) }
        }
        for change in changes(chat) {
            await expect(.malformedArgument) { try await engine.perform(change, by: .host) }
            await expect(.unknownUser) { try await engine.perform(change, by: .user("nobody")) }
        }
        await expect(.contentTooLarge) {
            try await engine.perform(.setDraft("12345", in: chat), by: .user("alice"))
        }
        try await engine.perform(.setDraft("1234", in: chat), by: .user("alice"))
        #expect(engine.head == head + 1)
    }
}

import Testing
import TokenIM
import TokenIMTesting

/// Messages that expire, burn, wait, do not count.
@Suite struct MessageOptionTests {
    private let chat = Conversation.direct("alice", "bob")
    private static let day = Duration.seconds(86_400)

    private func stage(_ configure: @escaping (inout Configuration) -> Void = { _ in }) async throws -> Stage {
        let stage = try Stage(configure)
        try await stage.engine.create("alice", "bob", "carol")
        try await stage.engine.groups.create("team", owner: "alice", members: ["bob"])
        return stage
    }

    @discardableResult
    private func say(
        _ text: String, _ options: MessageOptions, to target: Target = .user("bob"), on engine: Engine
    ) async throws -> Receipt {
        try await engine.messages.send(
            .text(text), from: "alice", to: target, key: try IdempotencyKey(text), options: options)
    }

    private func kinds(_ engine: Engine) throws -> [Entry.Kind] {
        try engine.messages.history(of: chat, for: "bob").entries.map(\.kind)
    }

    private func expectSound(_ stage: Stage) async throws {
        #expect(try await stage.engine.verify().findings.isEmpty)
        try stage.reopen()
        #expect(try await stage.engine.verify().findings.isEmpty)
    }

    // MARK: Not counted, silent

    @Test func whatDoesNotCountIsDeliveredAndDoesNotCount() async throws {
        let stage = try await stage()
        let phone = try await stage.engine.connect("bob", device: "phone")
        try await say("fyi", MessageOptions(isCounted: false, isSilent: true), on: stage.engine)
        #expect(try stage.engine.inbox.total("bob") == 0)
        let message = try #require(try phone.drain().last?.message)
        #expect(!message.options.isCounted)
        #expect(message.options.isSilent)
        try await stage.engine.perform(.recall(1, in: chat), by: .user("alice"))
        try await say("counts", MessageOptions(), on: stage.engine)
        #expect(try stage.engine.inbox.total("bob") == 1)
        try await expectSound(stage)
        #expect(try stage.engine.inbox.total("bob") == 1)
    }

    // MARK: Expiry

    @Test func aMessageExpiresAtItsMomentAndNoEarlier() async throws {
        let stage = try await stage()
        let phone = try await stage.engine.connect("bob", device: "phone")
        try await say("brief", MessageOptions(expiresAfter: .seconds(60)), on: stage.engine)
        try await say("stays", MessageOptions(), on: stage.engine)
        let brief = try #require(try phone.drain().first { $0.message?.text == "brief" })
        #expect(brief.message?.expiresAt == brief.timestamp?.advanced(by: .seconds(60)))
        stage.time.advance(by: .milliseconds(59_900))
        #expect(try kinds(stage.engine) == [.message, .message])
        #expect(try stage.engine.inbox.total("bob") == 2)
        stage.time.advance(by: .milliseconds(200))
        #expect(try kinds(stage.engine) == [.erased, .message, .withdrawn])
        #expect(try stage.engine.messages.history(of: chat, for: "bob").entries[0].erasure == .expired)
        #expect(try stage.engine.inbox.total("bob") == 1)
        let notice = try #require(try phone.drain().last?.entry)
        #expect(notice.kind == .withdrawn)
        #expect(notice.targets == [1])
        #expect(notice.author == nil)
        #expect(notice.timestamp.duration(since: brief.timestamp ?? .zero) < .milliseconds(60_001))
        try await expectSound(stage)
    }

    @Test func whatExpiresWhileTheStoreIsClosedExpiresWhenItOpens() async throws {
        let stage = try await stage()
        try await say("brief", MessageOptions(expiresAfter: .seconds(60)), on: stage.engine)
        try await say("brief too", MessageOptions(expiresAfter: Self.day), on: stage.engine)
        stage.engine.close()
        stage.time.advance(by: .seconds(61))
        try stage.reopen()
        stage.time.advance(by: .zero)
        #expect(try kinds(stage.engine) == [.erased, .message, .withdrawn])
        stage.time.advance(by: Self.day)
        #expect(try kinds(stage.engine) == [.erased, .erased, .withdrawn, .withdrawn])
        try await expectSound(stage)
    }

    @Test func manyThatAreDueAtOnceAllExpire() async throws {
        let stage = try await stage { $0.limits.foldEntries = 500 }
        for number in 1...700 {
            let target: Target = number % 3 == 0 ? .group("team") : .user("bob")
            try await say("\(number)", MessageOptions(expiresAfter: .seconds(600)), to: target, on: stage.engine)
        }
        #expect(try stage.engine.inbox.total("bob") == 700)
        stage.time.advance(by: .seconds(700))
        #expect(try stage.engine.inbox.total("bob") == 0)
        #expect(try stage.engine.texts(of: chat, for: "bob", page: 500).isEmpty)
        #expect(try stage.engine.texts(of: .group("team"), for: "bob", page: 500).isEmpty)
        try await expectSound(stage)
    }

    @Test func whatWasRecalledDoesNotExpireAgain() async throws {
        let stage = try await stage()
        try await say("brief", MessageOptions(expiresAfter: .seconds(60)), on: stage.engine)
        try await stage.engine.perform(.recall(1, in: chat), by: .user("alice"))
        let head = stage.engine.head
        stage.time.advance(by: Self.day)
        #expect(stage.engine.head == head)
        try await expectSound(stage)
    }

    // MARK: Burning

    @Test func aMessageBurnsSomeTimeAfterTheOtherReadIt() async throws {
        let stage = try await stage()
        try await say("secret", MessageOptions(burnsAfterReading: .seconds(10)), on: stage.engine)
        try await say("secret too", MessageOptions(burnsAfterReading: .seconds(10)), on: stage.engine)
        stage.time.advance(by: Self.day)
        #expect(try kinds(stage.engine) == [.message, .message])
        try await stage.engine.messages.markRead(chat, through: 1, by: "bob")
        stage.time.advance(by: .seconds(9))
        #expect(try kinds(stage.engine) == [.message, .message])
        stage.time.advance(by: .seconds(2))
        #expect(try kinds(stage.engine) == [.erased, .message, .withdrawn])
        #expect(try stage.engine.messages.history(of: chat, for: "alice").entries[0].erasure == .burned)
        // An answer is a reading too.
        try await stage.engine.say("I see", from: "bob", to: .user("alice"))
        try stage.reopen()
        stage.time.advance(by: .seconds(11))
        #expect(try kinds(stage.engine) == [.erased, .erased, .withdrawn, .message, .withdrawn])
        try await expectSound(stage)
    }

    @Test func recallingWhatBurnsPutsItOut() async throws {
        let stage = try await stage { $0.limits.burningPerConversation = 2 }
        try await say("1", MessageOptions(burnsAfterReading: .seconds(10)), on: stage.engine)
        try await say("2", MessageOptions(burnsAfterReading: .seconds(10)), on: stage.engine)
        await expect(.limitReached) {
            try await say("3", MessageOptions(burnsAfterReading: .seconds(10)), on: stage.engine)
        }
        try await stage.engine.messages.markRead(chat, through: 1, by: "bob")
        try await stage.engine.perform(.recall(1, in: chat), by: .user("alice"))
        try await stage.engine.perform(.recall(2, in: chat), by: .user("alice"))
        let head = stage.engine.head
        stage.time.advance(by: Self.day)
        #expect(stage.engine.head == head)
        try await expectSound(stage)
    }

    // MARK: Scheduling

    @Test func aScheduledMessageIsSentAtItsMoment() async throws {
        let stage = try await stage()
        let moment = stage.time.now().advanced(by: Self.day)
        let receipt = try await say("good morning", MessageOptions(scheduledFor: moment), on: stage.engine)
        #expect(receipt.conversation == .personal("alice"))
        #expect(try stage.engine.messages.scheduled(by: "alice").map(\.sequence) == [receipt.sequence])
        #expect(try stage.engine.messages.scheduled(by: "alice").first?.scheduledFor == moment)
        await expect(.notFound) { try stage.engine.messages.history(of: chat, for: "bob") }
        // A retry gets the same answer.
        let again = try await say("good morning", MessageOptions(scheduledFor: moment), on: stage.engine)
        #expect(again.isDuplicate && again.sequence == receipt.sequence)
        try stage.reopen()
        stage.time.advance(by: Self.day - .seconds(1))
        await expect(.notFound) { try stage.engine.messages.history(of: chat, for: "bob") }
        stage.time.advance(by: .seconds(2))
        let sent = try stage.engine.messages.history(of: chat, for: "bob").entries
        #expect(sent.map { $0.message?.text } == ["good morning"])
        #expect(sent[0].author == "alice")
        #expect(sent[0].timestamp.duration(since: moment) < .milliseconds(1))
        #expect(try stage.engine.messages.scheduled(by: "alice").isEmpty)
        let phone = try await stage.engine.connect("alice", device: "phone")
        let ended = try #require(try phone.drain().last { $0.entry?.kind == .scheduleEnded }?.entry)
        #expect(ended.outcome == "sent")
        #expect(ended.targets == [receipt.sequence])
        try await expectSound(stage)
    }

    @Test func aScheduledMessageCanBeCancelledOnce() async throws {
        let stage = try await stage { $0.limits.scheduledPerUser = 1 }
        let moment = stage.time.now().advanced(by: Self.day)
        let receipt = try await say("no", MessageOptions(scheduledFor: moment), on: stage.engine)
        await expect(.limitReached) { try await say("more", MessageOptions(scheduledFor: moment), on: stage.engine) }
        await expect(.notFound) {
            try await stage.engine.perform(.cancelScheduled(receipt.sequence), by: .user("bob"))
        }
        await expect(.notFound) { try await stage.engine.perform(.cancelScheduled(receipt.sequence), by: .host) }
        try await stage.engine.perform(.cancelScheduled(receipt.sequence), by: .user("alice"))
        await expect(.notFound) {
            try await stage.engine.perform(.cancelScheduled(receipt.sequence), by: .user("alice"))
        }
        let head = stage.engine.head
        stage.time.advance(by: Self.day * 2)
        #expect(stage.engine.head == head)
        try await expectSound(stage)
    }

    @Test func whoMayNotSendByThenDoesNotSend() async throws {
        let stage = try await stage()
        let moment = stage.time.now().advanced(by: Self.day)
        try await stage.engine.messages.send(
            "late", from: "bob", to: .group("team"), key: "k", options: MessageOptions(scheduledFor: moment))
        try await stage.engine.groups.remove("bob", from: "team")
        stage.time.advance(by: Self.day * 2)
        #expect(try stage.engine.texts(of: .group("team"), for: "alice").isEmpty)
        let phone = try await stage.engine.connect("bob", device: "phone")
        #expect(try phone.drain().last?.entry?.outcome == "refused: not-found")
        try await expectSound(stage)
    }

    @Test func whatIsScheduledForThePastIsSentAtOnce() async throws {
        let stage = try await stage()
        let receipt = try await say("now", MessageOptions(scheduledFor: .zero), on: stage.engine)
        #expect(receipt.conversation == chat)
        #expect(receipt.sequence == 1)
        #expect(try stage.engine.texts(of: chat, for: "bob") == ["now"])
    }

    // MARK: What makes no sense

    @Test(arguments: [
        MessageOptions(expiresAfter: .zero), MessageOptions(expiresAfter: .seconds(-1)),
        MessageOptions(expiresAfter: day * 367), MessageOptions(burnsAfterReading: .seconds(-1)),
        MessageOptions(burnsAfterReading: day * 8), MessageOptions(scheduledFor: .distantFuture),
    ])
    func optionsBeyondTheirBoundsAreRefused(_ options: MessageOptions) async throws {
        let stage = try await stage()
        let head = stage.engine.head
        await expect(.malformedArgument) { try await say("x", options, on: stage.engine) }
        #expect(stage.engine.head == head)
    }

    @Test func burningIsForTwo() async throws {
        let stage = try await stage()
        let burning = MessageOptions(burnsAfterReading: .zero)
        await expect(.malformedArgument) { try await say("x", burning, to: .group("team"), on: stage.engine) }
        await expect(.malformedArgument) { try await say("x", burning, to: .user("alice"), on: stage.engine) }
    }
}

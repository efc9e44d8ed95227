import Testing
@testable import TokenIM
import TokenIMTesting

/// What reaches those who are connected without being read again, and what has to be read again all the same.
@Suite struct RecentEntryTests {
    private let team = Conversation.group("team")

    private func stage() async throws -> Stage {
        let stage = try Stage()
        try await stage.engine.create("alice", "bob", "carol")
        try await stage.engine.groups.create("team", owner: "alice", members: ["bob", "carol"])
        return stage
    }

    /// A device that hears of everything from now on.
    private func connect(_ user: UserID, _ device: DeviceID, _ engine: Engine) async throws -> Session {
        let session = try await engine.connect(user, device: device)
        _ = try session.drain()
        return session
    }

    /// What a device reads from the journal that begins after a position.
    private func read(
        _ user: UserID, after position: Position, _ engine: Engine, device: DeviceID = "reader"
    ) async throws -> [Delivery] {
        var options = SessionOptions()
        options.start = .position(position)
        return try await engine.connect(user, device: device, options: options).drain()
    }

    /// What bob's phone gets, which heard of everything as it was committed, and what another device of bob reads.
    private func compare(_ engine: Engine, _ steps: () async throws -> Void) async throws -> [Delivery] {
        let phone = try await connect("bob", "phone", engine)
        let position = engine.head
        try await steps()
        let heard = try phone.drain()
        #expect(heard == (try await read("bob", after: position, engine)))
        return heard
    }

    @Test func whatIsHeardIsWhatTheJournalSays() async throws {
        let stage = try await self.stage()
        let engine = stage.engine
        let heard = try await compare(engine) {
            try await engine.say("plain", from: "alice", to: .group("team"))
            try await engine.say("answer", from: "carol", to: .group("team"), replyTo: 2)
            try await engine.say("direct", from: "alice", to: .user("bob"))
            let contents: [Content] = [
                .custom(type: "sealed", bytes: [0, 255, 7]), .image(Media("i", duration: .nanoseconds(1_234_567_891))),
                .location(Location(latitude: 1, longitude: 2)),
            ]
            for (index, content) in contents.enumerated() {
                try await engine.messages.send(
                    content, from: "alice", to: .group("team"), key: IdempotencyKey("content-\(index)"))
            }
            try await engine.messages.send(
                "you", from: "alice", to: .group("team"), key: "mention", mentions: .users("bob"))
            try await engine.groups.update("team", Profile(name: "Team"))
            try await engine.say("last", from: "alice", to: .group("team"))
        }
        #expect(heard.count == 9)
    }

    @Test func messagesAreAtHandForThoseWhoHearOfThem() async throws {
        let stage = try await self.stage()
        let engine = stage.engine
        let before = try await engine.say("nobody hears", from: "alice", to: .group("team"))
        let phone = try await connect("bob", "phone", engine)
        let sent = try await engine.say("heard", from: "alice", to: .group("team"))
        let elsewhere = try await engine.say("not bob's", from: "alice", to: .user("carol"))
        let recent = engine.core.recent.deliveries(at: [before.position, sent.position, elsewhere.position])
        #expect(recent.texts == ["heard"])
        #expect(try phone.drain() == recent)
    }

    @Test(arguments: [1, 2]) func whatIsRecalledBeforeItIsReceivedIsNotHandedOut(_ count: Int) async throws {
        let stage = try await self.stage()
        let engine = stage.engine
        let heard = try await compare(engine) {
            for number in 1...count { try await engine.say("secret \(number)", from: "alice", to: .group("team")) }
            try await engine.perform(.recall(2, in: team), by: .user("alice"))
        }
        #expect(heard.kinds == [.erased] + Array(repeating: .message, count: count - 1) + [.withdrawn])
    }

    @Test func anEditedMessageIsDeliveredAsTheJournalHasIt() async throws {
        let stage = try await self.stage()
        let engine = stage.engine
        let heard = try await compare(engine) {
            try await engine.say("one", from: "alice", to: .group("team"))
            try await engine.perform(.edit(2, in: team, "two"), by: .user("alice"))
            try await engine.perform(.edit(2, in: team, "three"), by: .user("alice"))
            try await engine.perform(.recall(2, in: team), by: .user("alice"))
        }
        #expect(heard.texts.isEmpty)
    }

    @Test func whatIsTrimmedBeforeItIsReceivedIsAGap() async throws {
        let stage = try await self.stage()
        let engine = stage.engine
        let phone = try await connect("bob", "phone", engine)
        try await engine.say(1...3, from: "alice", to: .group("team"))
        #expect(try await engine.messages.trim(team, through: 3) == 3)
        try await engine.say("4", from: "alice", to: .group("team"))
        let heard = try phone.drain()
        #expect(heard.compactMap(\.gap) == [Gap(from: 2, through: 3)])
        #expect(heard.texts == ["3", "4"])
    }

    @Test func whatIsClearedBeforeItIsReceivedIsLeftOut() async throws {
        let stage = try await self.stage()
        let engine = stage.engine
        let carol = try await connect("carol", "phone", engine)
        let heard = try await compare(engine) {
            try await engine.say(1...3, from: "alice", to: .group("team"))
            try await engine.perform(.clear(team, through: 3), by: .user("bob"))
            try await engine.say("4", from: "alice", to: .group("team"))
        }
        #expect(heard.texts == ["3", "4"])
        // Who has cleared nothing gets it all.
        #expect(try carol.drainTexts() == ["1", "2", "3", "4"])
    }

    @Test func whoIsRemovedGetsWhatWasSaidUntilThenAndNoMore() async throws {
        let stage = try await self.stage()
        let engine = stage.engine
        let heard = try await compare(engine) {
            try await engine.say("1", from: "alice", to: .group("team"))
            try await engine.groups.remove("bob", from: "team")
            try await engine.say("2", from: "alice", to: .group("team"))
            try await engine.groups.add(["bob"], to: "team")
            try await engine.say("3", from: "alice", to: .group("team"))
        }
        #expect(heard.texts == ["1", "3"])
    }

    @Test func aCommitThatSaysErasesAndClearsAtOnceIsDeliveredAsTheJournalHasIt() async throws {
        let stage = try await self.stage()
        let engine = stage.engine
        let team = team
        let heard = try await compare(engine) {
            try await engine.transaction { transaction in
                for text in ["1", "2", "3"] {
                    _ = try transaction.send(.text(text), from: "alice", to: .group("team"), key: IdempotencyKey(text))
                }
                _ = try transaction.perform(.clear(team, through: 2), by: .user("bob"))
                _ = try transaction.perform(.recall(3, in: team), by: .user("alice"))
            }
        }
        #expect(heard.kinds.filter { $0 == .erased || $0 == .message } == [.erased, .message])
        #expect(heard.texts == ["3"])
    }

    @Test func whatIsSaidAndRecalledInOneCommitIsNotHandedOut() async throws {
        let stage = try await self.stage()
        let engine = stage.engine
        let team = team
        let heard = try await compare(engine) {
            try await engine.transaction { transaction in
                for text in ["1", "2"] {
                    _ = try transaction.send(.text(text), from: "alice", to: .group("team"), key: IdempotencyKey(text))
                }
                _ = try transaction.perform(.recall(2, in: team), by: .user("alice"))
            }
        }
        #expect(heard.kinds == [.erased, .message, .withdrawn])
        #expect(heard.texts == ["2"])
    }

    @Test func ofWhatItsUserSaysADeviceHearsOnlyWhatItDidNotSayItself() async throws {
        let stage = try await self.stage()
        let engine = stage.engine
        let phone = try await connect("bob", "phone", engine)
        let tablet = try await connect("bob", "tablet", engine)
        try await phone.send("from the phone", to: .group("team"), key: "phone")
        try await tablet.send("from the tablet", to: .group("team"), key: "tablet")
        #expect(try phone.drainTexts() == ["from the tablet"])
        #expect(try tablet.drainTexts() == ["from the phone"])
    }

    @Test func onlySoMuchIsAtHand() async throws {
        let stage = try await self.stage()
        let engine = stage.engine
        let phone = try await connect("bob", "phone", engine)
        let text = String(repeating: "x", count: 50_000)
        var positions: [Position] = []
        for number in 1...100 {
            positions.append(
                try await engine.messages.send(
                    .text(text), from: "alice", to: .group("team"), key: IdempotencyKey("\(number)")
                ).position)
        }
        let recent = engine.core.recent.deliveries(at: positions)
        #expect((1...90).contains(recent.count))
        #expect(recent.last?.position == positions.last)
        #expect(try phone.drain().map(\.position) == positions)
    }
}

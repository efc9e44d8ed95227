import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct SignalTests {
    private let chat = Conversation.direct("alice", "bob")

    private func test(_ configure: (inout Configuration) -> Void = { _ in }) async throws -> TestEngine {
        let test = try TestEngine(configure: configure)
        try await test.engine.create("alice", "bob", "carol")
        return test
    }

    private func typing(_ user: UserID, _ isOn: Bool, in conversation: Conversation) -> [String] {
        ["typing \(user) \(conversation) \(isOn)"]
    }

    private func taken(_ session: Session) throws -> [String] {
        try session.receiveSignals().map { signal in
            "\(signal.kind) \(signal.user)" + (signal.conversation.map { " \($0)" } ?? "") + " \(signal.isOn)"
        }
    }

    // MARK: Presence

    @Test func aUserIsOnlineWhileASessionIsOpen() async throws {
        let test = try await test()
        let engine = test.engine
        #expect(try engine.presence.of("bob") == PresenceStatus(isOnline: false, devices: []))
        let tablet = try await engine.connect("bob", device: "tablet")
        let phone = try await engine.connect("bob", device: "phone")
        #expect(try engine.presence.of("bob").devices == ["phone", "tablet"])
        tablet.close()
        #expect(try engine.presence.of("bob").isOnline)
        phone.close()
        #expect(
            try engine.presence.of("bob") == PresenceStatus(isOnline: false, devices: [], lastSeen: test.time.now()))
    }

    @Test func thePresenceOfManyCanBeAskedAtOnce() async throws {
        let test = try await test { $0.limits.presencePerCall = 3 }
        let engine = test.engine
        let phone = try await engine.connect("bob", device: "phone")
        let statuses = try engine.presence.of(["alice", "bob", "bob"])
        #expect(statuses["alice"]?.isOnline == false)
        #expect(statuses["bob"]?.devices == ["phone"])
        #expect(statuses.count == 2)
        await expect(.unknownUser) { try engine.presence.of(["alice", "nobody"]) }
        await expect(.requestTooLarge) { try engine.presence.of(["alice", "bob", "carol", "alice"]) }
        phone.close()
    }

    @Test func aSubscriberLearnsHowUsersAreAndWhenTheyComeAndGo() async throws {
        let test = try await test()
        let engine = test.engine
        let alice = try await engine.connect("alice", device: "phone")
        let carol = try await engine.connect("carol", device: "phone")
        try alice.subscribe(toPresenceOf: ["bob", "carol"])
        #expect(try taken(alice) == ["presence bob false", "presence carol true"])
        let phone = try await engine.connect("bob", device: "phone")
        #expect(try taken(alice) == ["presence bob true"])
        let tablet = try await engine.connect("bob", device: "tablet")
        phone.close()
        #expect(try taken(alice).isEmpty)
        tablet.close()
        carol.close()
        #expect(try taken(alice) == ["presence bob false", "presence carol false"])
        #expect(try taken(alice).isEmpty)
    }

    @Test func ofEachKindOnlyTheNewestSignalIsKept() async throws {
        let test = try await test()
        let engine = test.engine
        let alice = try await engine.connect("alice", device: "phone")
        try alice.subscribe(toPresenceOf: ["bob"])
        for _ in 0..<5 { try await engine.connect("bob", device: "phone").close() }
        let phone = try await engine.connect("bob", device: "phone")
        #expect(try taken(alice) == ["presence bob true"])
        // One session of a device that takes over another's does not look like going away.
        let newer = try await engine.connect("bob", device: "phone")
        #expect(try taken(alice).last ?? "presence bob true" == "presence bob true")
        phone.close()
        newer.close()
    }

    @Test func everySubscribedUserIsReportedHoweverMany() async throws {
        let test = try await test()
        let engine = test.engine
        var friends: [UserID] = []
        for number in 1...500 {
            let id = try UserID("friend-\(number)")
            friends.append(id)
        }
        let created = friends
        try await engine.transaction { transaction in
            for id in created { try transaction.createUser(id) }
        }
        let alice = try await engine.connect("alice", device: "phone")
        try alice.subscribe(toPresenceOf: friends)
        #expect(Set(try alice.receiveSignals().map(\.user)) == Set(friends))
        await expect(.requestTooLarge) { try alice.subscribe(toPresenceOf: ["bob"]) }
        try alice.subscribe(toPresenceOf: [friends[3]])
        await expect(.unknownUser) { try alice.subscribe(toPresenceOf: ["nobody"]) }
    }

    @Test func aSubscriptionEndsWithItsSession() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.connect("alice", device: "phone").subscribe(toPresenceOf: ["bob"])
        let alice = try await engine.connect("alice", device: "phone")
        let phone = try await engine.connect("bob", device: "phone")
        #expect(try taken(alice).isEmpty)
        phone.close()
    }

    // MARK: Typing

    @Test func typingReachesTheConnectedOthersAndEndsByItself() async throws {
        let test = try await test()
        let engine = test.engine
        let alice = try await engine.connect("alice", device: "phone")
        let (phone, tablet) = (
            try await engine.connect("bob", device: "phone"), try await engine.connect("bob", device: "tablet")
        )
        let carol = try await engine.connect("carol", device: "phone")
        try alice.setTyping(true, in: chat)
        #expect(try taken(phone) == typing("alice", true, in: chat))
        #expect(try taken(tablet) == typing("alice", true, in: chat))
        #expect(try taken(alice).isEmpty)
        #expect(try taken(carol).isEmpty)
        test.time.advance(by: .milliseconds(5_999))
        #expect(try taken(phone).isEmpty)
        test.time.advance(by: .milliseconds(1))
        #expect(try taken(phone) == typing("alice", false, in: chat))
        test.time.advance(by: .seconds(60))
        #expect(try taken(phone).isEmpty)
        // Three users, four devices, and who came when.
        #expect(engine.head == 8)
    }

    @Test func typingThatIsSaidAgainLastsLonger() async throws {
        let test = try await test { $0.limits.typingDuration = .seconds(2) }
        let engine = test.engine
        let alice = try await engine.connect("alice", device: "phone")
        let bob = try await engine.connect("bob", device: "phone")
        for _ in 0..<5 {
            try alice.setTyping(true, in: chat)
            test.time.advance(by: .seconds(1))
            #expect(try taken(bob) == typing("alice", true, in: chat))
        }
        test.time.advance(by: .seconds(1))
        #expect(try taken(bob) == typing("alice", false, in: chat))
    }

    @Test func typingCanBeEnded() async throws {
        let test = try await test()
        let engine = test.engine
        let alice = try await engine.connect("alice", device: "phone")
        let bob = try await engine.connect("bob", device: "phone")
        try alice.setTyping(true, in: chat)
        try alice.setTyping(false, in: chat)
        #expect(try taken(bob) == typing("alice", false, in: chat))
        test.time.advance(by: .seconds(60))
        #expect(try taken(bob).isEmpty)
    }

    @Test func typingInAGroupReachesItsPresentMembers() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        let alice = try await engine.connect("alice", device: "phone")
        let bob = try await engine.connect("bob", device: "phone")
        let carol = try await engine.connect("carol", device: "phone")
        try bob.setTyping(true, in: .group("team"))
        #expect(try taken(alice) == typing("bob", true, in: .group("team")))
        #expect(try taken(carol).isEmpty)
        try await engine.groups.add(["carol"], to: "team")
        try await engine.groups.remove("bob", from: "team")
        try alice.setTyping(true, in: .group("team"))
        #expect(try taken(carol) == typing("alice", true, in: .group("team")))
        #expect(try taken(bob).isEmpty)
        await expect(.notFound) { try bob.setTyping(true, in: .group("team")) }
        await expect(.notFound) { try bob.setTyping(true, in: .personal("bob")) }
        await expect(.notFound) { try bob.setTyping(true, in: .group("nowhere")) }
    }

    @Test func signalsComeAsASequenceToo() async throws {
        let test = try await test()
        let engine = test.engine
        let alice = try await engine.connect("alice", device: "phone")
        let bob = try await engine.connect("bob", device: "phone")
        let first = Task { () -> Signal? in
            var iterator = bob.signals.makeAsyncIterator()
            return try await iterator.next()
        }
        try alice.setTyping(true, in: chat)
        let signal = try #require(try await first.value)
        #expect(signal.kind == .typing)
        #expect(signal.user == "alice")
        #expect(signal.conversation == chat)
        #expect(signal.isOn)
    }
}

import Testing
import TokenIM
import TokenIMTesting

@Suite struct DeletedUserTests {
    private static let secret = "hush-hush-9917"

    private func stage(_ step: Int = 1_000) async throws -> Stage {
        let stage = try Stage { $0.limits.trimmedPerCommand = step }
        try await stage.engine.create("bob", "carol")
        try await stage.engine.users.create("alice", name: Self.secret, attributes: ["city": Self.secret])
        return stage
    }

    /// How many entries of some conversations hold the secret.
    private func secrets(_ engine: Engine, _ conversations: [Conversation], for users: [UserID]) throws -> Int {
        var count = 0
        for (conversation, user) in zip(conversations, users) {
            for entry in try engine.history(of: conversation, for: user) where "\(entry)".contains(Self.secret) {
                count += 1
            }
        }
        return count
    }

    /// Everything that alice may leave behind, and what of others must stay.
    private func live(_ stage: Stage) async throws {
        let engine = stage.engine
        try await engine.users.update("alice", Profile(name: "Alice \(Self.secret)"))
        try await engine.perform(.setContact("bob", alias: Self.secret), by: .user("alice"))
        try await engine.perform(.block("carol"), by: .user("alice"))
        try await engine.perform(.setCustomStatus(CustomStatus(Self.secret)), by: .user("alice"))
        try await engine.devices.register("phone", of: "alice", platform: "ios", pushToken: Self.secret)
        try await engine.groups.create("team", owner: "bob", members: ["alice", "carol"])
        for number in 1...5 {
            try await engine.say("\(number) \(Self.secret)", from: "alice", to: .user("bob"))
            try await engine.say("bob \(number)", from: "bob", to: .user("alice"))
            try await engine.say("team \(number) \(Self.secret)", from: "alice", to: .group("team"))
            try await engine.say("carol \(number)", from: "carol", to: .group("team"))
        }
        try await engine.perform(
            .edit(1, in: .direct("alice", "bob"), .text("edit \(Self.secret)")), by: .user("alice"))
        try await engine.perform(.react("+", to: 1, in: .direct("alice", "bob")), by: .user("bob"))
        try await engine.messages.send(
            .text("\(Self.secret) expires"), from: "alice", to: .user("bob"), key: "e", mentions: .users("bob"),
            options: MessageOptions(expiresAfter: .seconds(600)))
        try await engine.perform(
            .setDraft("draft \(Self.secret)", in: .direct("alice", "bob")), by: .user("alice"))
        try await engine.messages.send(
            .text("later \(Self.secret)"), from: "alice", to: .user("bob"), key: "l",
            options: MessageOptions(scheduledFor: stage.time.now().advanced(by: .seconds(86_400))))
    }

    @Test(arguments: [1_000, 3, 1])
    func whatIsKeptIsWhatOthersGot(_ step: Int) async throws {
        let stage = try await stage(step)
        let engine = stage.engine
        try await live(stage)
        try await engine.users.delete("alice")
        #expect(try engine.users.get("alice")?.profile == Profile())
        let personal = try engine.history(of: .personal("alice"), for: "alice")
        #expect(!personal.contains { "\($0)".contains(Self.secret) })
        #expect(personal.map(\.kind).prefix(2) == [.userCreated, .userUpdated])
        #expect(personal.last?.kind == .scheduleEnded)
        #expect(try engine.texts(of: .direct("alice", "bob"), for: "bob").count == 12)
        #expect(try engine.users.contacts(of: "alice").isEmpty)
        #expect(try engine.users.blocked(by: "alice").isEmpty)
        #expect(try engine.devices.list(of: "alice").map(\.pushToken) == [nil])
        #expect(try engine.presence.of("alice").customStatus == nil)
        #expect(try await engine.verify().isSound)
        // It can still be erased later.
        try await engine.users.delete("alice", erasesMessages: true)
        #expect(try engine.texts(of: .direct("alice", "bob"), for: "bob").count == 5)
        #expect(try await engine.verify().isSound)
    }

    @Test(arguments: [1_000, 7, 1])
    func everythingThatItWroteIsErasedWhenAskedFor(_ step: Int) async throws {
        let stage = try await stage(step)
        try await live(stage)
        let unread = try stage.engine.inbox.total("carol")
        try await stage.engine.users.delete("alice", erasesMessages: true, key: "k")
        try stage.reopen()
        let engine = stage.engine
        let conversations: [Conversation] = [.direct("alice", "bob"), .group("team"), .personal("alice")]
        #expect(try secrets(engine, conversations, for: ["bob", "carol", "alice"]) == 0)
        #expect(
            try engine.texts(of: .direct("alice", "bob"), for: "bob") == (1...5).map { "bob \($0)" })
        #expect(try engine.texts(of: .group("team"), for: "carol") == (1...5).map { "carol \($0)" })
        let erased = try engine.history(of: .group("team"), for: "carol").filter { $0.kind == .erased }
        #expect(erased.count == 5)
        #expect(erased.allSatisfy { $0.erasure == .deleted && $0.author == "alice" })
        // The places stay, and so do the counts.
        #expect(try engine.inbox.total("carol") == unread)
        #expect(try await engine.verify().isSound)
        // Nothing is left to be done, nor to expire or to be sent.
        let head = engine.head
        try await engine.users.delete("alice", erasesMessages: true)
        stage.time.advance(by: .seconds(601))
        #expect(engine.head == head)
        #expect(try await engine.users.delete("alice", erasesMessages: true, key: "k").isDuplicate)
    }

    @Test func anErasureThatWasInterruptedGoesOn() async throws {
        let stage = try await stage(2)
        try await live(stage)
        // The task is cancelled when the deletion has been carried out and the erasing has begun.
        let engine = stage.engine
        let task = Task { try await engine.users.delete("alice", erasesMessages: true) }
        task.cancel()
        _ = try? await task.value
        try stage.reopen()
        try await stage.engine.users.delete("alice", erasesMessages: true)
        #expect(try stage.engine.texts(of: .group("team"), for: "carol") == (1...5).map { "carol \($0)" })
        #expect(try await stage.engine.verify().isSound)
    }

    @Test func groupsThatItHadLeftAreErasedTooAndOthersAreLeftAlone() async throws {
        let stage = try await stage(4)
        let engine = stage.engine
        try await engine.groups.create("old", owner: "bob", members: ["alice"])
        try await engine.say("old \(Self.secret)", from: "alice", to: .group("old"))
        try await engine.groups.remove("alice", from: "old")
        try await engine.say("afterwards", from: "bob", to: .group("old"))
        try await engine.fold()
        try await engine.say("new \(Self.secret)", from: "alice", to: .user("carol"))
        try await engine.say("bob to carol", from: "bob", to: .user("carol"))
        try await engine.users.delete("alice", erasesMessages: true)
        #expect(try engine.texts(of: .group("old"), for: "bob") == ["afterwards"])
        #expect(try engine.texts(of: .direct("alice", "carol"), for: "carol").isEmpty)
        #expect(try engine.texts(of: .direct("bob", "carol"), for: "carol") == ["bob to carol"])
        #expect(try await engine.verify().isSound)
    }

    @Test func aDeviceThatWasOfflineGetsTheErasedPlaces() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.devices.register("phone", of: "bob")
        try await live(stage)
        try await engine.users.delete("alice", erasesMessages: true)
        let deliveries = try await engine.connect("bob", device: "phone").drain()
        #expect(!deliveries.contains { "\($0)".contains(Self.secret) })
        #expect(deliveries.kinds.count { $0 == .erased } == 12)
    }

    @Test func aDeletedUserIsSeenNoMore() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let phone = try await engine.connect("alice", device: "phone")
        stage.time.advance(by: .seconds(2))
        try await engine.users.delete("alice")
        await expect(.userDisconnected) { try phone.receive() }
        stage.time.advance(by: .seconds(2))
        try stage.reopen()
        #expect(try stage.engine.presence.of("alice").lastSeen == nil)
        #expect(try await stage.engine.verify().isSound)
    }

    @Test func aUserThatWasNotDeletedIsNotErased() async throws {
        let stage = try await stage()
        await expect(.ownsGroups) {
            try await stage.engine.groups.create("g", owner: "alice")
            return try await stage.engine.users.delete("alice", erasesMessages: true)
        }
        #expect(try stage.engine.users.get("alice")?.profile.name == Self.secret)
        await expect(.unknownUser) { try await stage.engine.users.delete("nobody", erasesMessages: true) }
    }
}

import Testing
import TokenIM
import TokenIMTesting

@Suite struct UserTests {
    @Test func aCreatedUserCanBeAskedFor() async throws {
        let test = try TestEngine()
        let receipt = try await test.engine.users.create(
            "alice", name: "Alice", avatar: "https://example.org/a.png", attributes: ["city": "Bern", "floor": "2"])
        let user = try #require(try test.engine.users.get("alice"))
        #expect(user.id == "alice")
        #expect(
            user.profile
                == Profile(
                    name: "Alice", avatar: "https://example.org/a.png", attributes: ["city": "Bern", "floor": "2"]))
        #expect(user.status == .active)
        #expect(user.createdAt == receipt.timestamp)
        #expect(receipt.conversation == .personal("alice"))
        #expect(receipt.sequence == 1)
        #expect(receipt.position == 1)
        #expect(receipt.timestamp == test.time.now())
        #expect(!receipt.isDuplicate)
    }

    @Test func aUserThatNeverWasIsNil() async throws {
        let test = try TestEngine()
        #expect(try test.engine.users.get("nobody") == nil)
    }

    @Test func aNameIsGivenOnce() async throws {
        let test = try TestEngine()
        try await test.engine.create("alice")
        await expect(.alreadyExists) { try await test.engine.users.create("alice") }
        try await test.engine.users.delete("alice")
        await expect(.alreadyExists) { try await test.engine.users.create("alice") }
        #expect(test.engine.head == 2)
    }

    @Test func namesAreComparedByTheirBytes() async throws {
        let test = try TestEngine()
        let (composed, decomposed): (UserID, UserID) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed != decomposed)
        try await test.engine.create(composed, decomposed)
        #expect(try test.engine.users.list().count == 2)
    }

    @Test func anUpdateReplacesTheProfileAndIsAnEntryOfThePersonalConversation() async throws {
        let test = try TestEngine()
        try await test.engine.users.create("alice", name: "Alice", attributes: ["a": "1"])
        let receipt = try await test.engine.users.update("alice", Profile(name: "Alicia"))
        #expect(receipt.conversation == .personal("alice"))
        #expect(receipt.sequence == 2)
        #expect(try test.engine.users.get("alice")?.profile == Profile(name: "Alicia"))
        let page = try test.engine.messages.history(of: .personal("alice"), for: "alice")
        #expect(page.entries.map(\.kind) == [.userCreated, .userUpdated])
        #expect(page.entries.last?.profile == Profile(name: "Alicia"))
    }

    @Test func anUpdateThatChangesNothingIsNoEntry() async throws {
        let test = try TestEngine()
        try await test.engine.users.create("alice", name: "Alice")
        let head = test.engine.head
        try await test.engine.users.update("alice", Profile(name: "Alice"))
        #expect(test.engine.head == head)
    }

    @Test func anUpdateThatChangesOnlyTheBytesOfANameIsAnEntry() async throws {
        let test = try TestEngine()
        try await test.engine.users.create("zoe", name: "Zo\u{EB}")
        try await test.engine.users.update("zoe", Profile(name: "Zoe\u{308}"))
        let name = try #require(try test.engine.users.get("zoe")?.profile.name)
        #expect(Array(name.utf8) == Array("Zoe\u{308}".utf8))
    }

    @Test func updatingWhoIsNotThereIsRefused() async throws {
        let test = try TestEngine()
        await expect(.unknownUser) { try await test.engine.users.update("alice", Profile(name: "A")) }
        try await test.engine.create("alice")
        try await test.engine.users.delete("alice")
        await expect(.unknownUser) { try await test.engine.users.update("alice", Profile(name: "A")) }
    }

    @Test func aSuspendedUserMayNeitherActNorConnectUntilReinstated() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        try await engine.users.suspend("alice")
        #expect(try engine.users.get("alice")?.status == .suspended)
        await expect(.userSuspended) { try await engine.say("hi", from: "alice", to: .user("bob")) }
        await expect(.userSuspended) { try await engine.connect("alice", device: "phone") }
        try await engine.say("are you there?", from: "bob", to: .user("alice"))
        try await engine.users.reinstate("alice")
        #expect(try engine.users.get("alice")?.status == .active)
        let phone = try await engine.connect("alice", device: "phone")
        #expect(try phone.drainTexts() == ["are you there?"])
        try await engine.say("hi", from: "alice", to: .user("bob"))
    }

    @Test func suspendingTwiceIsOneEntry() async throws {
        let test = try TestEngine()
        try await test.engine.create("alice")
        try await test.engine.users.suspend("alice")
        let head = test.engine.head
        try await test.engine.users.suspend("alice")
        #expect(test.engine.head == head)
    }

    @Test func aDeletedUserIsGoneAndWhatItSentStays() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.users.create("alice", name: "Alice")
        try await engine.create("bob")
        try await engine.say("hi", from: "alice", to: .user("bob"))
        try await engine.users.delete("alice")
        let user = try #require(try engine.users.get("alice"))
        #expect(user.status == .deleted)
        #expect(user.profile == Profile())
        #expect(try engine.texts(of: .direct("alice", "bob"), for: "bob") == ["hi"])
        await expect(.unknownUser) { try await engine.say("2", from: "alice", to: .user("bob")) }
        await expect(.unknownUser) { try await engine.say("3", from: "bob", to: .user("alice")) }
        await expect(.unknownUser) { try await engine.connect("alice", device: "phone") }
        await expect(.unknownUser) { try await engine.users.reinstate("alice") }
        await expect(.unknownUser) { try await engine.users.suspend("alice") }
    }

    @Test func aDeletedUserLeavesItsGroups() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        try await engine.users.delete("bob")
        #expect(try engine.groups.members(of: "team").map(\.user) == ["alice"])
        #expect(try engine.groups.get("team")?.memberCount == 1)
        let last = try engine.messages.history(of: .group("team"), for: "alice").entries.last
        #expect(last?.kind == .memberLeft)
        #expect(last?.members == ["bob"])
    }

    @Test func anOwnerIsNotDeletedBeforeItsGroupsAre() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob")
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        await expect(.ownsGroups) { try await engine.users.delete("alice") }
        #expect(try engine.users.get("alice")?.status == .active)
        try await engine.groups.dissolve("team")
        try await engine.users.delete("alice")
        #expect(try engine.users.get("alice")?.status == .deleted)
    }

    @Test func aListGoesByTheBytesOfNamesPageByPageWithoutTheDeleted() async throws {
        let test = try TestEngine()
        let engine = test.engine
        let names = ["zoe", "Zoe", "\u{E9}mile", "bob", "b", "bo", "alice", "carol"]
        for name in names { try await engine.users.create(try UserID(name)) }
        try await engine.users.delete("carol")
        var listed: [String] = []
        var last: UserID?
        while true {
            let page = try engine.users.list(after: last, limit: 2)
            if page.isEmpty { break }
            listed += page.map(\.id.rawValue)
            last = page.last?.id
        }
        #expect(listed == ["Zoe", "alice", "b", "bo", "bob", "zoe", "\u{E9}mile"])
        await expect(.malformedArgument) { try engine.users.list(limit: 0) }
        await expect(.requestTooLarge) { try engine.users.list(limit: 1_001) }
    }

    @Test(arguments: [
        "", "a\u{0}b", "line\n", "\u{7F}", "\u{85}", "\u{9F}x", String(repeating: "x", count: 129),
        String(repeating: "\u{E9}", count: 65),
    ])
    func aMalformedNameIsRefused(_ name: String) async {
        await expect(.malformedIdentifier) { try UserID(name) }
    }

    @Test(arguments: ["a", " ", "\u{A0}", "\u{1F600}", String(repeating: "x", count: 128)])
    func aNameOfUpTo128BytesIsTaken(_ name: String) async throws {
        let test = try TestEngine()
        let id = try UserID(name)
        try await test.engine.create(id)
        #expect(try test.engine.users.list().map(\.id) == [id])
    }
}

import Testing
import TokenIM
import TokenIMTesting

/// What a caller's thread finds out beforehand must lead to the same judgement as if the writer had looked itself.
@Suite struct PreparationTests {
    struct Mishap: Error {}

    @Test func theNumberOfAUserWhoWasTakenBackIsAnothers() async throws {
        let stage = try Stage()
        let engine = stage.engine
        try await engine.create("alice")
        await #expect(throws: Mishap.self) {
            try await engine.transaction { transaction in
                try transaction.createUser("ghost")
                try transaction.send("boo", from: "ghost", to: .user("alice"), key: "1")
                throw Mishap()
            }
        }
        try await engine.create("bob")
        await #expect(throws: IMError(.unknownUser, "there is no user ghost")) {
            try await engine.messages.send("boo", from: "ghost", to: .user("alice"), key: "2")
        }
        await #expect(throws: IMError(.unknownUser, "there is no user ghost")) {
            try await engine.messages.send("who?", from: "alice", to: .user("ghost"), key: "3")
        }
        try await engine.messages.send("hello", from: "bob", to: .user("alice"), key: "4")
        #expect(try engine.texts(of: .direct("alice", "bob"), for: "alice") == ["hello"])
    }

    @Test func oneWhoIsDeletedIsUnknownToThoseWhoWroteBefore() async throws {
        let stage = try Stage()
        let engine = stage.engine
        try await engine.create("alice", "bob")
        let receipt = try await engine.messages.send("hi", from: "alice", to: .user("bob"), key: "1")
        try await engine.users.delete("bob")
        await #expect(throws: IMError(.unknownUser, "there is no user bob")) {
            try await engine.messages.send("still there?", from: "alice", to: .user("bob"), key: "2")
        }
        await #expect(throws: IMError(.unknownUser, "there is no user bob")) {
            try await engine.messages.send("no", from: "bob", to: .user("alice"), key: "3")
        }
        // The first answer stands, whatever has become of the one it went to.
        let again = try await engine.messages.send("hi", from: "alice", to: .user("bob"), key: "1")
        #expect(again.isDuplicate && again.position == receipt.position)
    }

    @Test func theSameKeyOfTwoAuthorsAndOfTheHostIsThreeKeys() async throws {
        let stage = try Stage()
        let engine = stage.engine
        try await engine.create("alice", "bob")
        try await engine.messages.send("one", from: "alice", to: .user("bob"), key: "key")
        try await engine.messages.send("two", from: "bob", to: .user("alice"), key: "key")
        try await engine.groups.create("team", owner: "alice", members: ["bob"], key: "key")
        let session = try await engine.connect("alice", device: "phone")
        let again = try await session.send("one", to: .user("bob"), key: "key")
        #expect(again.isDuplicate)
        #expect(try engine.texts(of: .direct("alice", "bob"), for: "bob") == ["one", "two"])
    }

    @Test func namesThatLookAlikeAreTwo() async throws {
        let stage = try Stage()
        let engine = stage.engine
        let (composed, decomposed): (UserID, UserID) = ("caf\u{E9}", "cafe\u{301}")
        try await engine.create("alice", composed)
        try await engine.messages.send("hi", from: "alice", to: .user(composed), key: "1")
        await #expect(throws: IMError(.unknownUser, "there is no user \(decomposed)")) {
            try await engine.messages.send("hi", from: "alice", to: .user(decomposed), key: "2")
        }
    }
}

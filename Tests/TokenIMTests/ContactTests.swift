import Testing
import TokenIM
import TokenIMTesting

@Suite struct ContactTests {
    private func stage(_ configure: @escaping (inout Configuration) -> Void = { _ in }) async throws -> Stage {
        let stage = try Stage(configure)
        try await stage.engine.create("alice", "bob", "carol", "dave")
        return stage
    }

    private func lines(_ engine: Engine, of user: UserID = "alice") throws -> [String] {
        try engine.users.contacts(of: user).map { "\($0.user) \($0.alias ?? "-")" }
    }

    @Test func anAddressBookIsOneSidedAndSurvives() async throws {
        let stage = try await stage()
        let receipt = try await stage.engine.perform(.setContact("carol", alias: "C"), by: .user("alice"))
        #expect(receipt.conversation == .personal("alice"))
        try await stage.engine.perform(.setContact("bob"), by: .user("alice"))
        try stage.reopen()
        #expect(try lines(stage.engine) == ["bob -", "carol C"])
        #expect(try stage.engine.users.contacts(of: "alice").last?.since == receipt.timestamp)
        #expect(try lines(stage.engine, of: "carol").isEmpty)
        #expect(try await stage.engine.verify().isSound)
    }

    @Test func anAliasChangesAndAContactGoes() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let first = try await engine.perform(.setContact("bob", alias: "B"), by: .user("alice"))
        stage.time.advance(by: .seconds(5))
        try await engine.perform(.setContact("bob", alias: "Bobby"), by: .user("alice"))
        #expect(try lines(engine) == ["bob Bobby"])
        #expect(try engine.users.contacts(of: "alice").first?.since == first.timestamp)
        try await engine.perform(.setContact("bob"), by: .user("alice"))
        #expect(try lines(engine) == ["bob -"])
        try await engine.perform(.removeContact("bob"), by: .user("alice"))
        #expect(try lines(engine).isEmpty)
        let kinds = try engine.history(of: .personal("alice"), for: "alice").map(\.kind)
        #expect(kinds == [.userCreated, .contactChanged, .contactChanged, .contactChanged, .contactRemoved])
        #expect(try await engine.verify().isSound)
    }

    @Test func whatIsSoAlreadyIsNoEntry() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.setContact("bob", alias: "B"), by: .user("alice"))
        let head = engine.head
        #expect(try await engine.perform(.setContact("bob", alias: "B"), by: .user("alice")).isDuplicate)
        try await engine.perform(.removeContact("carol"), by: .user("alice"))
        #expect(engine.head == head)
        // Another spelling of the same letter is another alias.
        try await engine.perform(.setContact("bob", alias: "Zo\u{EB}"), by: .user("alice"))
        try await engine.perform(.setContact("bob", alias: "Zoe\u{308}"), by: .user("alice"))
        #expect(engine.head == head + 2)
    }

    @Test func aDeletedContactCanBeTakenOut() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.setContact("bob", alias: "B"), by: .user("alice"))
        try await engine.users.delete("bob")
        #expect(try lines(engine) == ["bob B"])
        await expect(.unknownUser) { try await engine.perform(.setContact("bob", alias: "C"), by: .user("alice")) }
        try await engine.perform(.removeContact("bob"), by: .user("alice"))
        #expect(try lines(engine).isEmpty)
    }

    @Test func theListGoesPageByPage() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let phone = try await engine.connect("alice", device: "phone")
        for user in ["dave", "bob", "carol"] as [UserID] { try await phone.perform(.setContact(user)) }
        #expect(try phone.contacts(limit: 2).map(\.user) == ["bob", "carol"])
        #expect(try phone.contacts(after: "carol", limit: 2).map(\.user) == ["dave"])
        #expect(try phone.contacts(after: "dave").isEmpty)
        await expect(.malformedArgument) { try phone.contacts(limit: 0) }
        await expect(.requestTooLarge) { try phone.contacts(limit: 1_001) }
        await expect(.unknownUser) { try engine.users.contacts(of: "nobody") }
        await expect(.unknownUser) { try engine.users.contacts(of: "alice", after: "nobody") }
    }

    @Test func whatMakesNoSenseIsRefusedAndLeavesNoTrace() async throws {
        let stage = try await stage { $0.limits.contactsPerUser = 2 }
        let engine = stage.engine
        try await engine.perform(.setContact("bob"), by: .user("alice"))
        try await engine.perform(.setContact("carol"), by: .user("alice"))
        let head = engine.head
        await expect(.limitReached) { try await engine.perform(.setContact("dave"), by: .user("alice")) }
        await expect(.unknownUser) { try await engine.perform(.setContact("nobody"), by: .user("alice")) }
        await expect(.unknownUser) { try await engine.perform(.removeContact("nobody"), by: .user("alice")) }
        await expect(.unknownUser) { try await engine.perform(.setContact("bob"), by: .user("nobody")) }
        await expect(.malformedArgument) { try await engine.perform(.setContact("bob"), by: .host) }
        await expect(.malformedArgument) { try await engine.perform(.removeContact("bob"), by: .host) }
        for alias in ["", String(repeating: "x", count: 129), String(repeating: "\u{E9}", count: 65)] {
            await expect(.malformedArgument) {
                try await engine.perform(.setContact("bob", alias: alias), by: .user("alice"))
            }
        }
        #expect(engine.head == head)
        // One that goes makes room, and one that is there may change.
        let alias = String(repeating: "\u{E9}", count: 64)
        try await engine.perform(.setContact("bob", alias: alias), by: .user("alice"))
        try await engine.perform(.removeContact("bob"), by: .user("alice"))
        try await engine.perform(.setContact("dave"), by: .user("alice"))
    }

    @Test func aRetryHasNoSecondEffect() async throws {
        let stage = try await stage()
        try await stage.engine.perform(.setContact("bob", alias: "B"), by: .user("alice"), key: "k")
        try await stage.engine.perform(.removeContact("bob"), by: .user("alice"))
        try stage.reopen()
        let again = try await stage.engine.perform(.setContact("bob", alias: "B"), by: .user("alice"), key: "k")
        #expect(again.isDuplicate)
        #expect(try lines(stage.engine).isEmpty)
        await expect(.idempotencyConflict) {
            try await stage.engine.perform(.setContact("bob", alias: "C"), by: .user("alice"), key: "k")
        }
    }
}

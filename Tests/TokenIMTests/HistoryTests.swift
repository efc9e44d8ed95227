import Testing
import TokenIM
import TokenIMTesting

@Suite struct HistoryTests {
    private let chat = Conversation.direct("alice", "bob")

    /// 150 messages, in part folded: three blocks of the timeline.
    private func test() async throws -> TestEngine {
        let test = try TestEngine { $0.limits.foldEntries = 40 }
        try await test.engine.create("alice", "bob")
        try await test.engine.say(1...150, from: "alice", to: .user("bob"))
        return test
    }

    @Test(arguments: [1, 2, 7, 63, 64, 65, 149, 150, 151])
    func pagesPutTogetherAreTheLogInBothDirections(_ size: Int) async throws {
        let engine = try await test()
        let expected = (1...150).map { "\($0)" }
        #expect(try engine.engine.texts(of: chat, for: "bob", page: size) == expected)
        var forwards: [Entry] = []
        while true {
            let page = try engine.engine.messages.history(
                of: chat, for: "bob", after: forwards.last?.sequence ?? 0, limit: size)
            forwards += page.entries
            if page.isComplete { break }
            #expect(page.entries.count == size)
        }
        #expect(forwards.map { $0.message?.text } == expected)
        #expect(forwards.map(\.sequence) == Array(1...150))
    }

    @Test func withoutABoundTheNewestCome() async throws {
        let test = try await test()
        let page = try test.engine.messages.history(of: chat, for: "alice", limit: 3)
        #expect(page.entries.map(\.sequence) == [148, 149, 150])
        #expect(!page.isComplete)
    }

    @Test func boundsAreLeftOut() async throws {
        let test = try await test()
        let messages = test.engine.messages
        #expect(try messages.history(of: chat, for: "bob", before: 65, limit: 2).entries.map(\.sequence) == [63, 64])
        #expect(try messages.history(of: chat, for: "bob", after: 64, limit: 2).entries.map(\.sequence) == [65, 66])
        #expect(try messages.history(of: chat, for: "bob", before: 1).entries.isEmpty)
        #expect(try messages.history(of: chat, for: "bob", before: 0).isComplete)
        #expect(try messages.history(of: chat, for: "bob", after: 150).isComplete)
        #expect(try messages.history(of: chat, for: "bob", before: .max, limit: 1).entries.map(\.sequence) == [150])
        #expect(try messages.history(of: chat, for: "bob", after: .max).entries.isEmpty)
        #expect(try messages.history(of: chat, for: "bob", before: 3, limit: 2).isComplete)
        #expect(try messages.history(of: chat, for: "bob", after: 148, limit: 2).isComplete)
    }

    @Test func whatCannotBeAskedForIsRefused() async throws {
        let test = try await test()
        let messages = test.engine.messages
        await expect(.malformedArgument) { try messages.history(of: chat, for: "bob", before: 5, after: 3) }
        await expect(.malformedArgument) { try messages.history(of: chat, for: "bob", limit: 0) }
        await expect(.requestTooLarge) { try messages.history(of: chat, for: "bob", limit: 1_001) }
        await expect(.unknownUser) { try messages.history(of: chat, for: "nobody") }
        await expect(.notFound) { try messages.history(of: .direct("alice", "alice"), for: "alice") }
        await expect(.notFound) { try messages.history(of: .direct("alice", "nobody"), for: "alice") }
        await expect(.notFound) { try messages.history(of: .group("nowhere"), for: "alice") }
        await expect(.notFound) { try messages.history(of: .personal("nobody"), for: "alice") }
    }

    @Test func trimmedHistoryEndsWhereItWasTrimmed() async throws {
        let test = try await test()
        #expect(try await test.engine.messages.trim(chat, through: 100) == 100)
        let entries = try test.engine.history(of: chat, for: "bob", page: 20)
        #expect(entries.map(\.sequence) == Array(101...151))
        #expect(entries.last?.kind == .historyTrimmed)
        #expect(entries.last?.through == 100)
        let page = try test.engine.messages.history(of: chat, for: "bob", after: 3, limit: 2)
        #expect(page.entries.map(\.sequence) == [101, 102])
        #expect(try test.engine.messages.history(of: chat, for: "bob", before: 50).entries.isEmpty)
        #expect(try test.engine.messages.history(of: chat, for: "bob", before: 50).isComplete)
    }

    @Test func oneCallTrimsNoMoreThanItsLimit() async throws {
        let test = try TestEngine { $0.limits.trimmedPerCommand = 10 }
        try await test.engine.create("alice", "bob")
        try await test.engine.say(1...25, from: "alice", to: .user("bob"))
        #expect(try await test.engine.messages.trim(chat, through: 22) == 10)
        #expect(try await test.engine.messages.trim(chat, through: 22) == 20)
        #expect(try await test.engine.messages.trim(chat, through: 22) == 22)
        let head = test.engine.head
        #expect(try await test.engine.messages.trim(chat, through: 22) == 22)
        #expect(test.engine.head == head)
        await expect(.markerAhead) { try await test.engine.messages.trim(chat, through: 29) }
        await expect(.notFound) { try await test.engine.messages.trim(.group("nowhere"), through: 1) }
        await expect(.malformedArgument) { try await test.engine.messages.trim(.personal("bob"), through: 1) }
    }

    @Test func aTrimmedStoreStillVerifies() async throws {
        let test = try await test()
        _ = try await test.engine.messages.trim(chat, through: 100)
        let phone = try await test.engine.connect("bob", device: "phone")
        #expect(try phone.drain().texts == (101...150).map { "\($0)" })
        #expect(try await test.engine.verify().findings.map(\.description) == [])
        #expect(try test.engine.texts(of: chat, for: "bob") == (101...150).map { "\($0)" })
    }
}

import Testing
@testable import TokenIM
import TokenIMTesting

/// A snapshot shows one moment, however long it is held.
@Suite struct SnapshotTests {
    private func lines(_ snapshot: borrowing Snapshot) throws -> [String] {
        var lines = ["head \(snapshot.head)"]
        for user in try snapshot.users() {
            lines.append("\(user.id) \(user.profile.name ?? "") \(try snapshot.unreadTotal(of: user.id))")
            for item in try snapshot.inbox(of: user.id) {
                lines.append("\(item.conversation) \(item.unread) \(item.readThrough) \(item.activity)")
                let page = try snapshot.history(of: item.conversation, for: user.id, limit: 1_000)
                lines += page.entries.map { "\($0.position) \($0.sequence) \($0.kind) \($0.message?.text ?? "")" }
            }
            for group in try snapshot.groups(of: user.id) {
                lines += try snapshot.members(of: group.id).map { "\($0.user) \($0.role)" }
            }
            var backlog = try Backlog(of: snapshot.userNumber(user.id), above: 0, in: snapshot)
            while let item = try backlog.next(in: snapshot) {
                lines.append("queue \(item.position) \(item.gap.map { "\($0)" } ?? "")")
            }
        }
        return lines
    }

    @Test(arguments: [1, 2, 7, 50, 100_000], [1, 2] as [UInt64])
    func aSnapshotSeesNothingOfWhatComesAfterIt(_ foldEntries: Int, _ seed: UInt64) async throws {
        let test = try TestEngine { configuration in
            configuration.limits.foldEntries = foldEntries
            configuration.limits.keyMergeEntries = 20
        }
        try await Story.begin(test.engine)
        var story = Story(seed: seed)
        try await story.tell(40, to: test.engine)
        let first = try test.engine.core.snapshot()
        let expected = try lines(first)
        try await story.tell(3, to: test.engine)
        let second = try test.engine.core.snapshot()
        let expectedLater = try lines(second)
        for _ in 0..<4 {
            try await story.tell(25, to: test.engine)
            #expect(try lines(first) == expected)
            #expect(try lines(second) == expectedLater)
            try await test.engine.fold()
            #expect(try lines(first) == expected)
            #expect(try lines(second) == expectedLater)
        }
    }

    @Test func aSnapshotDoesNotSeeABatchThatIsBeingMade() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await Story.begin(engine)
        try await engine.say(1...70, from: "alice", to: .user("bob"))
        let expected = try lines(engine.core.snapshot())
        try await engine.transaction { transaction in
            try transaction.send("1", from: "carol", to: .user("bob"), key: "x")
            try transaction.send("2", from: "bob", to: .user("alice"), key: "x")
            try transaction.createUser("newcomer")
            try transaction.remove("bob", from: "team")
            #expect(try lines(engine.core.snapshot()) == expected)
        }
        #expect(try lines(engine.core.snapshot()) != expected)
    }

    @Test func severalQuestionsShareOneMoment() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await Story.begin(engine)
        try await engine.say("1", from: "alice", to: .user("bob"))
        let (total, items, user) = try engine.snapshot { snapshot in
            (
                try snapshot.unreadTotal(of: "bob"), try snapshot.inbox(of: "bob").map(\.conversation),
                try snapshot.user("alice")
            )
        }
        #expect(total == 1)
        #expect(items == [.direct("alice", "bob"), .group("team")])
        #expect(user?.id == "alice")
    }

    @Test func reopenedSnapshotsSurviveAFailedTransaction() async throws {
        struct Mishap: Error {}
        let test = try TestEngine()
        let engine = test.engine
        try await Story.begin(engine)
        try await engine.say(1...5, from: "alice", to: .user("bob"))
        let snapshot = try engine.core.snapshot()
        let expected = try lines(snapshot)
        await #expect(throws: Mishap.self) {
            try await engine.transaction { transaction in
                for number in 6...90 {
                    try transaction.send(.text("\(number)"), from: "alice", to: .user("bob"), key: .init("\(number)"))
                }
                throw Mishap()
            }
        }
        try await engine.say(6...9, from: "bob", to: .user("alice"))
        #expect(try lines(snapshot) == expected)
        #expect(try engine.texts(of: .direct("alice", "bob"), for: "bob") == (1...9).map { "\($0)" })
    }
}

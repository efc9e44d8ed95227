import Testing
import TokenIM
import TokenIMTesting

@Suite struct MemberChangesTests {
    private func stage() async throws -> Stage {
        let stage = try Stage()
        try await stage.engine.create("alice", "bob", "carol", "dave", "erin")
        try await stage.engine.groups.create("team", owner: "alice", members: ["bob", "carol"])
        return stage
    }

    /// A client's members, kept up to date by what changed.
    private struct Copy {
        var members: [UserID: Member] = [:]
        var position: Position = 0

        mutating func update(from groups: Groups, limit: Int = 1) throws {
            while true {
                let page = try groups.memberChanges(of: "team", since: position, limit: limit)
                #expect(page.changes.isEmpty == (page.next == position))
                for change in page.changes { members[change.user] = change.member }
                position = page.next
                if page.isComplete { return }
            }
        }
    }

    @Test func whatChangedBringsACopyUpToDate() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let groups = engine.groups
        var copy = Copy()
        func check() throws {
            try copy.update(from: groups)
            let members = try groups.members(of: "team")
            #expect(copy.members.values.sorted { $0.user < $1.user } == members.sorted { $0.user < $1.user })
        }
        try check()
        let changes: [Change] = [
            .addMembers(["dave", "erin"], to: "team"), .removeMember("bob", from: "team"),
            .setRole(.admin, of: "carol", in: "team"), .setNickname("D", of: "dave", in: "team"),
            .mute("erin", in: "team", until: .distantFuture), .transferGroup("team", to: "carol"),
            .ban("dave", from: "team"), .addMembers(["bob"], to: "team"), .leaveGroup("team", "alice"),
            .mute("erin", in: "team", until: nil),
        ]
        for change in changes {
            try await engine.perform(change, by: .host)
            let page = try groups.memberChanges(of: "team", since: copy.position)
            #expect((1...2).contains(page.changes.count))
            try check()
        }
        try await engine.say("no change", from: "bob", to: .group("team"))
        #expect(try groups.memberChanges(of: "team", since: copy.position).changes.isEmpty)
        #expect(try await engine.verify().findings == [])
    }

    @Test func everyMemberIsThereOnceWhereItChangedLast() async throws {
        let stage = try await stage()
        let engine = stage.engine
        for round in 0..<5 {
            try await engine.perform(.setNickname("\(round)", of: "bob", in: "team"), by: .host)
            try await engine.perform(.setNickname("\(round)", of: "alice", in: "team"), by: .host)
        }
        try await engine.groups.remove("carol", from: "team")
        try stage.reopen()
        let page = try stage.engine.groups.memberChanges(of: "team", since: 0)
        #expect(page.changes.map(\.user) == ["bob", "alice", "carol"])
        #expect(page.changes.map { $0.member?.nickname } == ["4", "4", nil])
        #expect(page.changes.last?.member == nil)
        #expect(page.isComplete)
        let rest = try stage.engine.groups.memberChanges(of: "team", since: page.next)
        #expect(rest.changes.isEmpty)
        #expect(rest.next == page.next)
    }

    @Test func thoseWhoCameWithOneEntryComeOnOnePage() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.groups.add(["dave", "erin"], to: "team")
        let first = try engine.groups.memberChanges(of: "team", since: 0, limit: 2)
        #expect(first.changes.map(\.user) == ["alice", "bob", "carol"])
        #expect(!first.isComplete)
        let second = try engine.groups.memberChanges(of: "team", since: first.next, limit: 1)
        #expect(second.changes.map(\.user) == ["dave", "erin"])
        #expect(second.isComplete)
    }

    @Test func questionsThatMakeNoSenseAreRefused() async throws {
        let stage = try await stage()
        let groups = stage.engine.groups
        #expect(try groups.memberChanges(of: "team", since: .max).changes.isEmpty)
        await expect(.malformedArgument) { try groups.memberChanges(of: "team", since: 0, limit: 0) }
        await expect(.requestTooLarge) { try groups.memberChanges(of: "team", since: 0, limit: 1_001) }
        await expect(.notFound) { try groups.memberChanges(of: "club", since: 0) }
        let stranger = try await stage.engine.connect("dave", device: "phone").groups
        await expect(.notFound) { try stranger.memberChanges(of: "team", since: 0) }
    }
}

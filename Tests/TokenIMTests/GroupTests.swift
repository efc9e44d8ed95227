import Testing
import TokenIM
import TokenIMTesting

@Suite struct GroupTests {
    private func test(_ configure: (inout Configuration) -> Void = { _ in }) async throws -> TestEngine {
        let test = try TestEngine(configure: configure)
        try await test.engine.create("alice", "bob", "carol", "dave")
        return test
    }

    @Test func aGroupHasAnOwnerAndMembers() async throws {
        let test = try await test()
        let groups = test.engine.groups
        let receipt = try await groups.create(
            "team", name: "Team", avatar: "a", attributes: ["k": "v"], owner: "carol", members: ["alice", "dave"])
        #expect(receipt.conversation == .group("team"))
        #expect(receipt.sequence == 1)
        let group = try #require(try groups.get("team"))
        #expect(group.profile == Profile(name: "Team", avatar: "a", attributes: ["k": "v"]))
        #expect(group.owner == "carol")
        #expect(group.memberCount == 3)
        #expect(!group.isDissolved)
        #expect(group.createdAt == receipt.timestamp)
        let members = try groups.members(of: "team")
        #expect(members.map(\.user) == ["alice", "carol", "dave"])
        #expect(members.map(\.role) == [.member, .owner, .member])
        #expect(members.map(\.joinedSequence) == [1, 1, 1])
        let first = try test.engine.messages.history(of: .group("team"), for: "dave").entries.first
        #expect(first?.kind == .groupCreated)
        #expect(first?.members == ["carol", "alice", "dave"])
        #expect(first?.profile?.name == "Team")
        #expect(first?.author == nil)
    }

    @Test func aGroupThatNeverWasIsNil() async throws {
        let test = try await test()
        #expect(try test.engine.groups.get("team") == nil)
        await expect(.notFound) { try test.engine.groups.members(of: "team") }
    }

    @Test func aGroupNameIsGivenOnce() async throws {
        let test = try await test()
        try await test.engine.groups.create("team", owner: "alice")
        await expect(.alreadyExists) { try await test.engine.groups.create("team", owner: "bob") }
        try await test.engine.groups.dissolve("team")
        await expect(.alreadyExists) { try await test.engine.groups.create("team", owner: "bob") }
    }

    @Test func creatingWithWhoIsNotThereCreatesNothing() async throws {
        let test = try await test()
        let groups = test.engine.groups
        await expect(.unknownUser) { try await groups.create("team", owner: "nobody") }
        await expect(.unknownUser) { try await groups.create("team", owner: "alice", members: ["bob", "nobody"]) }
        await expect(.malformedArgument) { try await groups.create("team", owner: "alice", members: ["bob", "bob"]) }
        await expect(.malformedArgument) { try await groups.create("team", owner: "alice", members: ["alice"]) }
        #expect(try groups.get("team") == nil)
    }

    @Test func addingIsAllOrNothing() async throws {
        let test = try await test()
        let groups = test.engine.groups
        try await groups.create("team", owner: "alice", members: ["bob"])
        await expect(.alreadyMember) { try await groups.add(["carol", "bob"], to: "team") }
        await expect(.unknownUser) { try await groups.add(["carol", "nobody"], to: "team") }
        await expect(.malformedArgument) { try await groups.add(["carol", "carol"], to: "team") }
        await expect(.malformedArgument) { try await groups.add([], to: "team") }
        await expect(.notFound) { try await groups.add(["carol"], to: "club") }
        #expect(try groups.members(of: "team").map(\.user) == ["alice", "bob"])
        let receipt = try await groups.add(["dave", "carol"], to: "team")
        #expect(receipt.sequence == 2)
        #expect(try groups.members(of: "team").map(\.user) == ["alice", "bob", "carol", "dave"])
        #expect(try groups.members(of: "team").map(\.joinedSequence) == [1, 1, 2, 2])
        let last = try test.engine.messages.history(of: .group("team"), for: "alice").entries.last
        #expect(last?.kind == .membersAdded)
        #expect(last?.members == ["dave", "carol"])
    }

    @Test func whoIsNoMemberCannotBeRemovedNorLeave() async throws {
        let test = try await test()
        let groups = test.engine.groups
        try await groups.create("team", owner: "alice", members: ["bob"])
        await expect(.notMember) { try await groups.remove("carol", from: "team") }
        await expect(.notMember) { try await groups.remove("nobody", from: "team") }
        await expect(.notMember) { try await groups.leave("carol", "team") }
        await expect(.notMember) { try await groups.setRole(.admin, of: "carol", in: "team") }
        await expect(.notMember) { try await groups.transfer("team", to: "carol") }
        await expect(.notFound) { try await groups.leave("bob", "club") }
        try await groups.remove("bob", from: "team")
        await expect(.notMember) { try await groups.remove("bob", from: "team") }
    }

    @Test func theOwnerStaysUntilTheGroupIsTransferred() async throws {
        let test = try await test()
        let groups = test.engine.groups
        try await groups.create("team", owner: "alice", members: ["bob"])
        await expect(.notAllowed) { try await groups.leave("alice", "team") }
        await expect(.notAllowed) { try await groups.remove("alice", from: "team") }
        await expect(.notAllowed) { try await groups.setRole(.member, of: "alice", in: "team") }
        await expect(.malformedArgument) { try await groups.setRole(.owner, of: "bob", in: "team") }
        try await groups.transfer("team", to: "bob")
        #expect(try groups.get("team")?.owner == "bob")
        #expect(try groups.members(of: "team").map(\.role) == [.admin, .owner])
        let last = try test.engine.messages.history(of: .group("team"), for: "bob").entries.last
        #expect(last?.kind == .ownershipTransferred)
        #expect(last?.members == ["bob"])
        #expect(last?.role == .owner)
        try await groups.leave("alice", "team")
        #expect(try groups.members(of: "team").map(\.user) == ["bob"])
    }

    @Test func aRoleIsGivenAndTaken() async throws {
        let test = try await test()
        let groups = test.engine.groups
        try await groups.create("team", owner: "alice", members: ["bob"])
        try await groups.setRole(.admin, of: "bob", in: "team")
        #expect(try groups.members(of: "team").map(\.role) == [.owner, .admin])
        let last = try test.engine.messages.history(of: .group("team"), for: "bob").entries.last
        #expect(last?.kind == .roleChanged)
        #expect(last?.members == ["bob"])
        #expect(last?.role == .admin)
        let head = test.engine.head
        try await groups.setRole(.admin, of: "bob", in: "team")
        #expect(test.engine.head == head)
        try await groups.setRole(.member, of: "bob", in: "team")
        #expect(try groups.members(of: "team").map(\.role) == [.owner, .member])
    }

    @Test func anAdminWhoComesBackIsAMember() async throws {
        let test = try await test()
        let groups = test.engine.groups
        try await groups.create("team", owner: "alice", members: ["bob"])
        try await groups.setRole(.admin, of: "bob", in: "team")
        try await groups.leave("bob", "team")
        try await groups.add(["bob"], to: "team")
        #expect(try groups.members(of: "team").map(\.role) == [.owner, .member])
    }

    @Test func aDissolvedGroupCanBeReadAndNothingElse() async throws {
        let test = try await test()
        let engine = test.engine
        let groups = engine.groups
        try await groups.create("team", owner: "alice", members: ["bob"])
        try await engine.say("hi", from: "alice", to: .group("team"))
        try await groups.dissolve("team")
        #expect(try groups.get("team")?.isDissolved == true)
        #expect(try engine.texts(of: .group("team"), for: "bob") == ["hi"])
        await expect(.notAllowed) { try await engine.say("2", from: "bob", to: .group("team")) }
        await expect(.notAllowed) { try await groups.add(["carol"], to: "team") }
        await expect(.notAllowed) { try await groups.remove("bob", from: "team") }
        await expect(.notAllowed) { try await groups.setRole(.admin, of: "bob", in: "team") }
        await expect(.notAllowed) { try await groups.transfer("team", to: "bob") }
        await expect(.notAllowed) { try await groups.update("team", Profile(name: "x")) }
        let head = engine.head
        try await groups.dissolve("team")
        #expect(engine.head == head)
        try await groups.leave("bob", "team")
        await expect(.notFound) { try await groups.dissolve("club") }
    }

    @Test func anUpdateIsAnEntryOfTheGroup() async throws {
        let test = try await test()
        let groups = test.engine.groups
        try await groups.create("team", name: "Team", owner: "alice")
        try await groups.update("team", Profile(name: "Club"))
        #expect(try groups.get("team")?.profile == Profile(name: "Club"))
        let last = try test.engine.messages.history(of: .group("team"), for: "alice").entries.last
        #expect(last?.kind == .groupUpdated)
        #expect(last?.profile == Profile(name: "Club"))
    }

    @Test func membersAreListedPageByPage() async throws {
        let test = try await test()
        let groups = test.engine.groups
        try await groups.create("team", owner: "dave", members: ["carol", "alice", "bob"])
        try await groups.remove("bob", from: "team")
        var listed: [UserID] = []
        while true {
            let page = try groups.members(of: "team", after: listed.last, limit: 2)
            listed += page.map(\.user)
            if page.count < 2 { break }
        }
        #expect(listed == ["alice", "carol", "dave"])
        await expect(.unknownUser) { try groups.members(of: "team", after: "nobody") }
        await expect(.malformedArgument) { try groups.members(of: "team", limit: 0) }
    }

    @Test func groupsAreListedInTheOrderOfTheirCreation() async throws {
        let test = try await test()
        let groups = test.engine.groups
        try await groups.create("z", owner: "alice", members: ["bob"])
        try await groups.create("m", owner: "alice")
        try await groups.create("a", owner: "bob", members: ["alice"])
        #expect(try groups.list(of: "alice").map(\.id) == ["z", "m", "a"])
        try await groups.leave("bob", "z")
        #expect(try groups.list(of: "bob").map(\.id) == ["a"])
        #expect(try groups.list(of: "dave").isEmpty)
        await expect(.unknownUser) { try groups.list(of: "nobody") }
    }

    @Test func limitsOfGroupsAreKept() async throws {
        let test = try await test {
            $0.limits.groupMembers = 3
            $0.limits.groupsPerUser = 2
            $0.limits.membersPerCommand = 2
        }
        let groups = test.engine.groups
        await expect(.requestTooLarge) {
            try await groups.create("g", owner: "alice", members: ["bob", "carol", "dave"])
        }
        try await groups.create("one", owner: "alice", members: ["bob", "carol"])
        await expect(.groupFull) { try await groups.add(["dave"], to: "one") }
        try await groups.remove("bob", from: "one")
        try await groups.add(["dave"], to: "one")
        try await groups.create("two", owner: "alice")
        await expect(.tooManyGroups) { try await groups.create("three", owner: "alice") }
        await expect(.tooManyGroups) { try await groups.create("three", owner: "bob", members: ["alice"]) }
        try await groups.create("three", owner: "bob")
        await expect(.tooManyGroups) { try await groups.add(["alice"], to: "three") }
        #expect(try groups.get("three")?.memberCount == 1)
    }

    @Test func aGroupOfMoreThanItsLimitIsNotCreated() async throws {
        let test = try await test { $0.limits.groupMembers = 3 }
        await expect(.groupFull) {
            try await test.engine.groups.create("g", owner: "alice", members: ["bob", "carol", "dave"])
        }
    }
}

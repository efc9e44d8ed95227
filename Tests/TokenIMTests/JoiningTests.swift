import Testing
import TokenIM
import TokenIMTesting

/// How users become members by a wish of their own.
@Suite struct JoiningTests {
    private func stage(
        _ joining: GroupPolicies.Joining, configure: @escaping (inout Configuration) -> Void = { _ in }
    ) async throws -> Stage {
        let stage = try Stage(configure)
        try await stage.engine.create("owner", "admin", "member", "bob", "carol", "dave")
        var policies = GroupPolicies()
        policies.joining = joining
        try await stage.engine.groups.create("team", owner: "owner", members: ["admin", "member"], policies: policies)
        try await stage.engine.groups.setRole(.admin, of: "admin", in: "team")
        return stage
    }

    private func waiting(_ stage: Stage) throws -> [UserID] {
        try stage.engine.groups.joinRequests(to: "team").map(\.user)
    }

    private func close(_ stage: Stage) async throws {
        let before = try stage.engine.groups.members(of: "team")
        let requests = try stage.engine.groups.joinRequests(to: "team")
        try stage.reopen()
        #expect(try stage.engine.groups.members(of: "team") == before)
        #expect(try stage.engine.groups.joinRequests(to: "team") == requests)
        #expect(try await stage.engine.verify().findings == [])
    }

    @Test func anyoneJoinsAnOpenGroup() async throws {
        let stage = try await stage(.anyone)
        let phone = try await stage.engine.connect("bob", device: "phone")
        #expect(try phone.groups.get("team")?.memberCount == 3)
        let receipt = try await phone.perform(.joinGroup("team"), key: "k")
        #expect(receipt.conversation == .group("team"))
        #expect(try await phone.perform(.joinGroup("team"), key: "k").isDuplicate)
        await expect(.alreadyMember) { try await phone.perform(.joinGroup("team")) }
        await expect(.notAllowed) { try await stage.engine.perform(.requestToJoin("team"), by: .user("carol")) }
        await expect(.malformedArgument) { try await stage.engine.perform(.joinGroup("team"), by: .host) }
        let last = try stage.engine.history(of: .group("team"), for: "owner").last
        #expect(last?.kind == .membersAdded)
        #expect(last?.members == ["bob"])
        #expect(last?.author == "bob")
        try await stage.engine.say("hi", from: "bob", to: .group("team"))
        try await close(stage)
    }

    @Test func aGroupThatOneMustBeInvitedToIsNotThereForOthers() async throws {
        let stage = try await stage(.invitedOnly)
        let engine = stage.engine
        let phone = try await engine.connect("bob", device: "phone")
        #expect(try phone.groups.get("team") == nil)
        for change in [
            Change.joinGroup("team"), .requestToJoin("team"), .joinGroup("nowhere"), .requestToJoin("nowhere"),
        ] { await expect(.notFound) { try await phone.perform(change) } }
        for accept in [true, false] {
            await expect(.notFound) { try await phone.perform(.answerInvitation(to: "team", isAccepted: accept)) }
        }
        await expect(.notFound) { try await phone.perform(.withdrawRequest(to: "team")) }
        #expect(try phone.groups.joinRequests(of: "bob").isEmpty)
    }

    @Test func aRequestIsToldToThoseWhoMayAnswerIt() async throws {
        let stage = try await stage(.onApproval)
        let engine = stage.engine
        let phone = try await engine.connect("bob", device: "phone")
        await expect(.notAllowed) { try await phone.perform(.joinGroup("team")) }
        let receipt = try await phone.perform(.requestToJoin("team", text: "let me in"), key: "k")
        #expect(receipt.conversation == .personal("bob"))
        #expect(try await phone.perform(.requestToJoin("team", text: "let me in")).isDuplicate)
        let until = receipt.timestamp.advanced(by: .seconds(30 * 86_400))
        let own = try phone.groups.joinRequests(of: "bob")
        #expect(own.map(\.group) == ["team"])
        #expect(own.first?.text == "let me in")
        #expect(own.first?.author == "bob")
        #expect(own.first?.isInvitation == false)
        #expect(own.first?.timestamp == receipt.timestamp)
        #expect(own.first?.expiresAt == until)
        for name in ["owner", "admin"] as [UserID] {
            // They were offline.
            let session = try await engine.connect(name, device: "phone")
            let entry = try session.drain().last?.entry
            #expect(entry?.kind == .joinRequested)
            #expect(entry?.conversation == .personal(name))
            #expect(entry?.subject == .group("team"))
            #expect(entry?.members == ["bob"])
            #expect(entry?.text == "let me in")
            #expect(entry?.until == until)
            #expect(try session.groups.joinRequests(to: "team") == own)
        }
        let member = try await engine.connect("member", device: "phone")
        #expect(try member.drain().kinds == [.groupCreated, .roleChanged])
        await expect(.notAllowed) { try member.groups.joinRequests(to: "team") }
        await expect(.notFound) { try phone.groups.joinRequests(to: "team") }
        await expect(.notAllowed) { try phone.groups.joinRequests(of: "carol") }
        try await close(stage)
    }

    @Test func anApprovedRequestMakesAMember() async throws {
        let stage = try await stage(.onApproval)
        let engine = stage.engine
        try await engine.perform(.requestToJoin("team"), by: .user("bob"))
        let approve = Change.answerRequest(of: "bob", to: "team", isApproved: true)
        await expect(.notAllowed) { try await engine.perform(approve, by: .user("member")) }
        await expect(.notFound) { try await engine.perform(approve, by: .user("carol")) }
        await expect(.notFound) {
            try await engine.perform(.answerRequest(of: "carol", to: "team", isApproved: true), by: .user("admin"))
        }
        let receipt = try await engine.perform(approve, by: .user("admin"))
        #expect(receipt.conversation == .group("team"))
        #expect(try engine.groups.members(of: "team").map(\.user).contains("bob"))
        #expect(try waiting(stage).isEmpty)
        await expect(.notFound) { try await engine.perform(approve, by: .user("admin")) }
        let last = try await engine.connect("bob", device: "phone").drain()
        #expect(last.kinds == [.joinRequested, .membersAdded, .joinRequestEnded])
        #expect(last.last?.entry?.outcome == "approved")
        #expect(last.last?.entry?.author == "admin")
        #expect(try await engine.connect("owner", device: "phone").drain().last?.entry?.outcome == "approved")
        try await close(stage)
    }

    @Test func aRejectedRequestCanBeMadeAgain() async throws {
        let stage = try await stage(.onApproval)
        let engine = stage.engine
        try await engine.perform(.requestToJoin("team"), by: .user("bob"))
        let phone = try await engine.connect("admin", device: "phone")
        let tablet = try await engine.connect("admin", device: "tablet")
        _ = try (phone.drain(), tablet.drain())
        let receipt = try await phone.perform(.answerRequest(of: "bob", to: "team", isApproved: false))
        #expect(receipt.conversation == .personal("admin"))
        #expect(try phone.drain().isEmpty)
        #expect(try tablet.drain().first?.entry?.outcome == "rejected")
        #expect(try await engine.connect("bob", device: "phone").drain().last?.entry?.outcome == "rejected")
        #expect(try waiting(stage).isEmpty)
        try await engine.perform(.requestToJoin("team", text: "please"), by: .user("bob"))
        try await engine.perform(.answerRequest(of: "bob", to: "team", isApproved: false), by: .host)
        #expect(try engine.history(of: .personal("bob"), for: "bob").last?.outcome == "rejected")
        #expect(try engine.groups.members(of: "team").count == 3)
        try await close(stage)
    }

    @Test func aRequestIsReplacedAndWithdrawn() async throws {
        let stage = try await stage(.onApproval)
        let engine = stage.engine
        try await engine.perform(.requestToJoin("team", text: "one"), by: .user("bob"))
        stage.time.advance(by: .seconds(86_400))
        try await engine.perform(.requestToJoin("team", text: "two"), by: .user("bob"))
        #expect(try engine.groups.joinRequests(to: "team").map(\.text) == ["two"])
        // The first one's alarm does not end the second.
        stage.time.advance(by: .seconds(29 * 86_400 + 10))
        #expect(try waiting(stage) == ["bob"])
        try await engine.perform(.withdrawRequest(to: "team"), by: .user("bob"))
        #expect(try waiting(stage).isEmpty)
        #expect(try engine.history(of: .personal("owner"), for: "owner").last?.outcome == "withdrawn")
        await expect(.notFound) { try await engine.perform(.withdrawRequest(to: "team"), by: .user("bob")) }
        try await close(stage)
    }

    @Test func whatNobodyAnswersExpires() async throws {
        let stage = try await stage(.onApproval) { $0.limits.requestExpiry = .seconds(60) }
        let engine = stage.engine
        try await engine.perform(.requestToJoin("team"), by: .user("bob"))
        stage.time.advance(by: .seconds(30))
        try await engine.perform(.invite(["carol"], to: "team"), by: .user("admin"))
        #expect(try waiting(stage) == ["bob", "carol"])
        stage.time.advance(by: .seconds(31))
        #expect(try waiting(stage) == ["carol"])
        #expect(try engine.history(of: .personal("bob"), for: "bob").last?.outcome == "expired")
        #expect(try engine.history(of: .personal("owner"), for: "owner").last?.outcome == "expired")
        try stage.reopen()
        stage.time.advance(by: .seconds(30))
        #expect(try waiting(stage).isEmpty)
        #expect(try stage.engine.history(of: .personal("carol"), for: "carol").last?.outcome == "expired")
        let told = try stage.engine.history(of: .personal("admin"), for: "admin").last
        #expect(told?.outcome == "expired")
        #expect(told?.members == ["carol"])
        await expect(.notFound) {
            try await stage.engine.perform(.answerInvitation(to: "team", isAccepted: true), by: .user("carol"))
        }
        try await close(stage)
    }

    @Test func whoIsInvitedBecomesAMemberByAccepting() async throws {
        let stage = try await stage(.invitedOnly)
        let engine = stage.engine
        let phone = try await engine.connect("bob", device: "phone")
        let admin = try await engine.connect("admin", device: "phone")
        _ = try (phone.drain(), admin.drain())
        let results = try await admin.groups.invite(["bob", "carol"], to: "team", text: "come")
        #expect(results.map(\.user) == ["bob", "carol"])
        #expect(results.allSatisfy { $0.refusal == nil })
        let entry = try phone.drain().last?.entry
        #expect(entry?.kind == .invited)
        #expect(entry?.conversation == .personal("bob"))
        #expect(entry?.author == "admin")
        #expect(entry?.subject == .group("team"))
        #expect(entry?.text == "come")
        #expect(entry?.until != nil)
        #expect(try phone.groups.get("team")?.id == "team")
        await expect(.notFound) { try phone.groups.members(of: "team") }
        await expect(.notFound) { try await phone.send("x", to: .group("team"), key: "x") }
        await expect(.notAllowed) { try await phone.perform(.requestToJoin("team")) }
        #expect(try engine.history(of: .group("team"), for: "member").last?.kind == .membersInvited)
        #expect(try phone.groups.joinRequests(of: "bob").map(\.isInvitation) == [true])
        try await phone.perform(.answerInvitation(to: "team", isAccepted: true))
        try await engine.perform(.joinGroup("team"), by: .user("carol"))
        #expect(try waiting(stage).isEmpty)
        #expect(try engine.groups.members(of: "team").count == 5)
        #expect(try engine.history(of: .personal("bob"), for: "bob").last?.outcome == "accepted")
        try await close(stage)
    }

    @Test func anInvitationIsDeclinedOrWithdrawn() async throws {
        let stage = try await stage(.invitedOnly)
        let engine = stage.engine
        var policies = GroupPolicies()
        policies.inviting = .all
        try await engine.perform(.setPolicies(policies, of: "team"), by: .user("owner"))
        try await engine.perform(.invite(["bob", "carol", "dave"], to: "team"), by: .user("member"))
        try await engine.perform(.answerInvitation(to: "team", isAccepted: false), by: .user("bob"))
        let told = try await engine.connect("member", device: "phone").drain().last?.entry
        #expect(told?.outcome == "declined")
        #expect(told?.members == ["bob"])
        let withdraw = { (user: UserID) in Change.withdrawInvitation(of: user, to: "team") }
        await expect(.notFound) { try await engine.perform(withdraw("carol"), by: .user("bob")) }
        await expect(.notFound) { try await engine.perform(withdraw("bob"), by: .user("admin")) }
        let receipt = try await engine.perform(withdraw("carol"), by: .user("member"))
        #expect(receipt.conversation == .personal("member"))
        #expect(try engine.history(of: .personal("carol"), for: "carol").last?.outcome == "withdrawn")
        try await engine.perform(withdraw("dave"), by: .user("admin"))
        try await engine.perform(.invite(["dave"], to: "team"), by: .host)
        await expect(.notAllowed) { try await engine.perform(withdraw("dave"), by: .user("member")) }
        try await engine.perform(withdraw("dave"), by: .host)
        #expect(try waiting(stage).isEmpty)
        try await close(stage)
    }

    @Test func invitingManySaysWhoCannotBeInvited() async throws {
        let stage = try await stage(.onApproval)
        let engine = stage.engine
        try await engine.perform(.ban("carol", from: "team"), by: .host)
        try await engine.perform(.requestToJoin("team"), by: .user("dave"))
        let users: [UserID] = ["nobody", "member", "carol", "bob", "dave"]
        let results = try await engine.groups.invite(users, to: "team", key: "k")
        #expect(results.map(\.user) == users)
        let codes = results.map { $0.refusal?.name ?? "" }
        #expect(codes == ["unknown-user", "already-member", "banned", "", "already-exists"])
        #expect(try engine.history(of: .group("team"), for: "owner").last?.members == ["bob"])
        #expect(try await engine.groups.invite(users, to: "team", key: "k") == results)
        try stage.reopen()
        #expect(try await stage.engine.groups.invite(users, to: "team", key: "k") == results)
        let head = stage.engine.head
        await expect(.alreadyExists) { try await stage.engine.groups.invite(["bob", "nobody"], to: "team") }
        await expect(.malformedArgument) { try await stage.engine.groups.invite([], to: "team") }
        await expect(.malformedArgument) { try await stage.engine.groups.invite(["bob", "bob"], to: "team") }
        #expect(stage.engine.head == head)
        try await close(stage)
    }

    @Test func addingOneWhoAsksAnswersTheRequest() async throws {
        let stage = try await stage(.onApproval)
        try await stage.engine.perform(.requestToJoin("team"), by: .user("bob"))
        try await stage.engine.groups.add(["bob"], to: "team")
        #expect(try waiting(stage).isEmpty)
        #expect(try stage.engine.history(of: .personal("bob"), for: "bob").last?.outcome == "approved")
        try await close(stage)
    }

    @Test func banningOneWhoAsksOrIsInvitedEndsThat() async throws {
        let stage = try await stage(.onApproval)
        let engine = stage.engine
        try await engine.perform(.requestToJoin("team"), by: .user("bob"))
        try await engine.groups.invite(["carol"], to: "team")
        try await engine.perform(.ban("bob", from: "team"), by: .user("admin"))
        try await engine.perform(.ban("carol", from: "team"), by: .user("admin"))
        #expect(try waiting(stage).isEmpty)
        #expect(try engine.history(of: .personal("bob"), for: "bob").last?.outcome == "rejected")
        await expect(.banned) { try await engine.perform(.requestToJoin("team"), by: .user("bob")) }
        await expect(.banned) { try await engine.groups.add(["bob"], to: "team") }
        try await close(stage)
    }

    @Test func limitsOfJoiningAreKept() async throws {
        let stage = try await stage(.onApproval) {
            $0.limits.requestsPerGroup = 1
            $0.limits.invitationsPerCommand = 2
            $0.limits.requestBytes = 4
            $0.limits.groupMembers = 3
        }
        let engine = stage.engine
        await expect(.requestTooLarge) {
            try await engine.perform(.requestToJoin("team", text: "12345"), by: .user("bob"))
        }
        await expect(.requestTooLarge) { try await engine.groups.invite(["bob"], to: "team", text: "12345") }
        await expect(.requestTooLarge) { try await engine.groups.invite(["bob", "carol", "dave"], to: "team") }
        try await engine.perform(.requestToJoin("team", text: "1234"), by: .user("bob"))
        await expect(.limitReached) { try await engine.perform(.requestToJoin("team"), by: .user("carol")) }
        await expect(.limitReached) { try await engine.groups.invite(["carol"], to: "team") }
        // One's own may be replaced all the same.
        try await engine.perform(.requestToJoin("team", text: "5"), by: .user("bob"))
        let approve = Change.answerRequest(of: "bob", to: "team", isApproved: true)
        await expect(.groupFull) { try await engine.perform(approve, by: .host) }
        try await engine.groups.remove("member", from: "team")
        try await engine.perform(approve, by: .host)
        let results = try await engine.groups.invite(["carol", "dave"], to: "team")
        #expect(results.map { $0.refusal?.name } == [nil, "limit-reached"])
        try await close(stage)
    }

    @Test func requestsAreListedPageByPage() async throws {
        let stage = try await stage(.onApproval)
        let engine = stage.engine
        for user in ["dave", "bob", "carol"] as [UserID] {
            try await engine.perform(.requestToJoin("team"), by: .user(user))
        }
        #expect(try engine.groups.joinRequests(to: "team", limit: 2).map(\.user) == ["bob", "carol"])
        #expect(try engine.groups.joinRequests(to: "team", after: "carol", limit: 2).map(\.user) == ["dave"])
        for id in ["one", "two", "three"] as [GroupID] {
            try await engine.groups.create(id, owner: "owner")
            try await engine.groups.invite(["bob"], to: id)
        }
        #expect(try engine.groups.joinRequests(of: "bob", limit: 3).map(\.group) == ["team", "one", "two"])
        #expect(try engine.groups.joinRequests(of: "bob", after: "two", limit: 3).map(\.group) == ["three"])
        try await engine.groups.dissolve("one")
        #expect(try engine.groups.joinRequests(of: "bob").map(\.group) == ["team", "two", "three"])
        await expect(.malformedArgument) { try engine.groups.joinRequests(to: "team", limit: 0) }
        await expect(.notFound) { try engine.groups.joinRequests(of: "bob", after: "nowhere") }
        await expect(.unknownUser) { try engine.groups.joinRequests(of: "nobody") }
        try await close(stage)
    }

    @Test func whereOnlyTheOwnerInvitesOnlyTheOwnerAnswers() async throws {
        let stage = try await stage(.onApproval)
        let engine = stage.engine
        var policies = GroupPolicies()
        (policies.joining, policies.inviting) = (.onApproval, .owner)
        try await engine.perform(.setPolicies(policies, of: "team"), by: .host)
        try await engine.perform(.requestToJoin("team"), by: .user("bob"))
        #expect(try engine.history(of: .personal("admin"), for: "admin").last?.kind != .joinRequested)
        #expect(try engine.history(of: .personal("owner"), for: "owner").last?.kind == .joinRequested)
        let approve = Change.answerRequest(of: "bob", to: "team", isApproved: true)
        await expect(.notAllowed) { try await engine.perform(approve, by: .user("admin")) }
        await expect(.notAllowed) { try await engine.groups(of: "admin").add(["bob"], to: "team") }
        try await engine.perform(approve, by: .user("owner"))
        try await close(stage)
    }
}

extension Engine {
    /// Groups, with the rights of a user.
    fileprivate func groups(of user: UserID) async throws -> Groups {
        try await connect(user, device: "phone").groups
    }
}

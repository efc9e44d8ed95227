import Testing
import TokenIM
import TokenIMTesting

/// What the host has a say in, and what is said about changes that nobody makes.
@Suite struct PolicyTests {
    private static let noThanks = IMError.Code.host(number: 6_001, name: "no-thanks", retry: .afterBackoff)

    /// Refuses whatever has to do with what is called "eve" or says "spam".
    private struct Suspicious: Policy {
        private func refuse(if isSuspicious: Bool, _ message: String) -> Refusal? {
            isSuspicious ? Refusal(PolicyTests.noThanks, message) : nil
        }

        func maySend(_ content: Content, from sender: UserID, to target: Target) -> Refusal? {
            refuse(if: content.text == "spam" || target == .user("eve"), "\(sender) to \(target)")
        }

        func mayAmend(_ amendment: Amendment, by user: UserID) -> Refusal? {
            let isSuspicious = amendment.kind == .edit ? amendment.content?.text == "spam" : user == "eve"
            return refuse(if: isSuspicious, "\(amendment.kind) \(amendment.sequence) of \(amendment.conversation)")
        }

        func mayJoin(_ user: UserID, _ group: GroupID) -> Refusal? {
            refuse(if: user == "eve", "\(user) to \(group)")
        }

        func mayInvite(_ user: UserID, to group: GroupID, by inviter: UserID) -> Refusal? {
            refuse(if: user == "eve", "\(user) to \(group) by \(inviter)")
        }

        func mayCreateGroup(_ group: GroupID, by owner: UserID) -> Refusal? {
            refuse(if: owner == "eve", "\(group) by \(owner)")
        }
    }

    /// Agrees with everything, by not saying anything.
    private struct Indifferent: Policy {}

    private func stage(_ policy: any Policy) async throws -> Stage {
        let stage = try Stage { $0.policy = policy }
        try await stage.engine.create("alice", "bob", "eve")
        var policies = GroupPolicies()
        policies.joining = .anyone
        policies.pinning = .all
        try await stage.engine.groups.create("team", owner: "alice", members: ["eve"], policies: policies)
        try await stage.engine.groups.create("club", owner: "alice", policies: policies)
        return stage
    }

    @Test func thePolicyRefusesWithACodeOfTheHost() async throws {
        let stage = try await stage(Suspicious())
        let engine = stage.engine
        let team = Conversation.group("team")
        try await engine.say("ham", from: "alice", to: .group("team"))
        try await engine.say("of eve", from: "eve", to: .group("team"))
        let head = engine.head
        let refused: [(Change, UserID, String)] = [
            (.send("spam", to: .group("team")), "alice", "alice to group team"),
            (.send("x", to: .user("eve")), "bob", "bob to user eve"),
            (.forward(2, of: team, to: .user("eve")), "alice", "alice to user eve"),
            (.edit(2, in: team, "spam"), "alice", "edit 2 of group(team)"),
            (.recall(3, in: team), "eve", "recall 3 of group(team)"),
            (.react("+", to: 2, in: team), "eve", "reaction 2 of group(team)"),
            (.pin(2, in: team), "eve", "pin 2 of group(team)"),
            (.joinGroup("club"), "eve", "eve to club"),
            (.invite(["eve"], to: "club"), "alice", "eve to club by alice"),
            (.addMembers(["bob", "eve"], to: "club"), "alice", "eve to club by alice"),
            (.createGroup("own", owner: "eve"), "eve", "own by eve"),
        ]
        for (change, user, message) in refused {
            do throws(IMError) {
                try await engine.perform(change, by: .user(user))
                Issue.record("nothing was refused: \(message)")
            } catch {
                #expect(error == IMError(Self.noThanks, message))
                #expect(error.retry == .afterBackoff)
            }
            let verdict = try await engine.explain(change, by: .user(user))
            #expect(verdict.code == Self.noThanks)
            #expect(verdict.message == message)
            #expect(verdict.rule == nil)
        }
        #expect(engine.head == head)
        // The host is not asked about what it does itself.
        try await engine.groups.add(["eve"], to: "club")
        try await engine.groups.create("own", owner: "eve")
        #expect(try await engine.verify().findings == [])
    }

    @Test func theEnginesOwnRulesComeFirst() async throws {
        let stage = try await stage(Suspicious())
        await expect(.notFound) { try await stage.engine.say("spam", from: "bob", to: .group("team")) }
        await expect(.alreadyMember) { try await stage.engine.perform(.joinGroup("team"), by: .user("eve")) }
    }

    @Test func ofManyWhoAreInvitedThePolicyRefusesSome() async throws {
        let stage = try await stage(Suspicious())
        let alice = try await stage.engine.connect("alice", device: "phone").groups
        let results = try await alice.invite(["bob", "eve"], to: "club")
        #expect(results.map { $0.refusal?.number } == [nil, 6_001])
    }

    @Test func whatAPolicyDoesNotSayIsAllowed() async throws {
        let stage = try await stage(Indifferent())
        let engine = stage.engine
        try await engine.say("spam", from: "alice", to: .user("eve"))
        try await engine.perform(.joinGroup("club"), by: .user("eve"))
        try await engine.perform(.invite(["bob"], to: "club"), by: .user("alice"))
        try await engine.perform(.recall(1, in: .direct("alice", "eve")), by: .user("alice"))
        try await engine.perform(.createGroup("own", owner: "eve"), by: .user("eve"))
    }

    @Test func aScheduledMessageIsAskedAboutAgain() async throws {
        let stage = try await stage(Indifferent())
        let moment = stage.time.now().advanced(by: .seconds(60))
        let options = MessageOptions(scheduledFor: moment)
        try await stage.engine.perform(.send("x", to: .user("eve"), options: options), by: .user("bob"))
        stage.test.engine.close()
        let again = try TestEngine(reopening: stage.test) { $0.policy = Suspicious() }
        stage.time.advance(by: .seconds(61))
        let last = try again.engine.history(of: .personal("bob"), for: "bob").last
        #expect(last?.outcome == "refused: 6001")
        #expect(try again.engine.inbox.total("eve") == 0)
    }

    // MARK: Explaining

    @Test func everyChangeIsExplained() async throws {
        let stage = try await stage(Indifferent())
        let engine = stage.engine
        let head = engine.head
        let fine = try await engine.explain(.send("x", to: .user("eve")), by: .user("bob"))
        #expect(fine.isAllowed && fine.rule == nil && fine.code == nil)
        let group = try await engine.explain(.send("x", to: .group("team")), by: .user("eve"))
        #expect(group.isAllowed && group.rule?.name == "policy")
        let codes: [(Change, Principal, String)] = [
            (.send("", to: .user("eve")), .user("bob"), "malformed-content"),
            (.send("x", to: .user("nobody")), .user("bob"), "unknown-user"),
            (.send("x", to: .user("eve")), .user("nobody"), "unknown-user"),
            (.createGroup("team", owner: "bob"), .user("bob"), "already-exists"),
            (.createGroup("own", owner: "bob"), .user("eve"), "not-allowed"),
            (.recall(1, in: .direct("alice", "bob")), .user("alice"), "not-found"),
            (.setNickname("", of: "eve", in: "team"), .user("eve"), "malformed-argument"),
        ]
        for (change, principal, code) in codes {
            let verdict = try await engine.explain(change, by: principal)
            #expect(!verdict.isAllowed)
            #expect(verdict.code?.name == code)
        }
        #expect(engine.head == head)
        try await engine.users.suspend("bob")
        let suspended = try await engine.explain(.send("x", to: .user("eve")), by: .user("bob"))
        #expect(suspended.code == .userSuspended)
        engine.close()
        await expect(.closed) { try await engine.explain(.send("x", to: .user("eve")), by: .user("bob")) }
    }

    @Test func aGroupThatIsHiddenIsExplainedLikeOneThatIsNotThere() async throws {
        let stage = try await stage(Indifferent())
        try await stage.engine.groups.create("secret", owner: "alice")
        for change in [
            { Change.send("x", to: .group($0)) }, { .joinGroup($0) }, { .requestToJoin($0) }, { .dissolveGroup($0) },
            { .addMembers(["bob"], to: $0) }, { .removeMember("alice", from: $0) }, { .muteAll(in: $0) },
            { .answerInvitation(to: $0, isAccepted: true) }, { .withdrawInvitation(of: "alice", to: $0) },
            { .leaveGroup($0, "bob") }, { .ban("alice", from: $0) }, { .ban("nobody", from: $0) },
            { .answerRequest(of: "alice", to: $0, isApproved: false) }, { .setNickname("x", of: "bob", in: $0) },
        ] as [(GroupID) -> Change] {
            let secret = try await stage.engine.explain(change("secret"), by: .user("bob"))
            let absent = try await stage.engine.explain(change("absent"), by: .user("bob"))
            #expect(secret.code == .notFound)
            #expect(secret.rule == absent.rule && secret.code == absent.code)
            #expect(secret.message.replacing("secret", with: "absent") == absent.message)
        }
    }

    @Test func aHostsCodesAreOutsideOfTheEngines() {
        #expect(IMError.Code.all.allSatisfy { !(6_000...6_999).contains($0.number) })
        #expect(IMError.Code.host(number: 6_999, name: "x").retry == .never)
    }
}

import Testing
import TokenIM
import TokenIMTesting

/// Every role, every action, every state of a group, against a table that was read by people.
@Suite struct RightsTableTests {
    /// Who asks, by the letter in the table.
    static let actors: [(letter: Character, principal: Principal)] = [
        ("H", .host), ("O", .user("owner")), ("A", .user("admin")), ("M", .user("member")), ("Q", .user("muted")),
        ("I", .user("invited")), ("X", .user("outsider")), ("B", .user("banned")), ("F", .user("former")),
    ]

    static func deeds(by actor: UserID) -> [(name: String, change: Change)] {
        let team = Conversation.group("team")
        return [
            ("send", .send("x", to: .group("team"))),
            ("mention all", .send("x", to: .group("team"), mentions: .all)),
            ("react", .react("+", to: 2, in: team)),
            ("pin", .pin(2, in: team)),
            ("recall a member's", .recall(2, in: team)),
            ("recall an admin's", .recall(3, in: team)),
            ("edit information", .updateGroup("team", Profile(name: "x"))),
            ("announce", .announce("x", in: "team")),
            ("set policies", .setPolicies(policies(joining: .anyone, .all, pinning: .owner), of: "team")),
            ("add", .addMembers(["newcomer"], to: "team")),
            ("add who is a member", .addMembers(["bystander"], to: "team")),
            ("add who is banned", .addMembers(["banned"], to: "team")),
            ("invite", .invite(["newcomer"], to: "team")),
            ("invite who is banned", .invite(["banned"], to: "team")),
            ("approve", .answerRequest(of: "asker", to: "team", isApproved: true)),
            ("withdraw an invitation", .withdrawInvitation(of: "invited", to: "team")),
            ("join", .joinGroup("team")),
            ("ask to join", .requestToJoin("team")),
            ("remove a member", .removeMember("bystander", from: "team")),
            ("remove an admin", .removeMember("other-admin", from: "team")),
            ("remove the owner", .removeMember("owner", from: "team")),
            ("remove itself", .removeMember(actor, from: "team")),
            ("remove who is none", .removeMember("newcomer", from: "team")),
            ("ban a member", .ban("bystander", from: "team")),
            ("ban an admin", .ban("other-admin", from: "team")),
            ("ban who is none", .ban("newcomer", from: "team")),
            ("unban", .ban("banned", from: "team", isOn: false)),
            ("mute a member", .mute("bystander", in: "team", until: .distantFuture)),
            ("mute an admin", .mute("other-admin", in: "team", until: .distantFuture)),
            ("mute the owner", .mute("owner", in: "team", until: .distantFuture)),
            ("mute all", .muteAll(in: "team")),
            ("name itself", .setNickname("x", of: actor, in: "team")),
            ("name a member", .setNickname("x", of: "bystander", in: "team")),
            ("name the owner", .setNickname("x", of: "owner", in: "team")),
            ("appoint", .setRole(.admin, of: "bystander", in: "team")),
            ("appoint the owner", .setRole(.admin, of: "owner", in: "team")),
            ("transfer", .transferGroup("team", to: "bystander")),
            ("transfer to who is none", .transferGroup("team", to: "newcomer")),
            ("leave", .leaveGroup("team", actor)),
            ("let another leave", .leaveGroup("team", "bystander")),
            ("dissolve", .dissolveGroup("team")),
        ]
    }

    static func policies(
        joining: GroupPolicies.Joining, _ level: GroupPolicies.Level, pinning: GroupPolicies.Level? = nil
    ) -> GroupPolicies {
        var policies = GroupPolicies()
        policies.joining = joining
        policies.inviting = level
        policies.posting = level
        policies.editingInformation = level
        policies.mentioningAll = level
        policies.pinning = pinning ?? level
        return policies
    }

    static let states = ["plain", "channel", "all muted", "strict", "open", "dissolved"]

    private func engine(_ state: String) async throws -> TestEngine {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create(
            "owner", "admin", "member", "muted", "invited", "outsider", "banned", "former", "bystander", "other-admin",
            "newcomer", "asker")
        try await engine.groups.create(
            "team", owner: "owner", members: ["admin", "member", "muted", "former", "bystander", "other-admin"],
            kind: state == "channel" ? .channel : .group, policies: Self.policies(joining: .onApproval, .all))
        try await engine.say("2", from: "bystander", to: .group("team"))
        try await engine.say("3", from: "other-admin", to: .group("team"))
        try await engine.groups.setRole(.admin, of: "admin", in: "team")
        try await engine.groups.setRole(.admin, of: "other-admin", in: "team")
        try await engine.groups.remove("former", from: "team")
        try await engine.perform(.mute("muted", in: "team", until: .distantFuture), by: .host)
        try await engine.perform(.ban("banned", from: "team"), by: .host)
        try await engine.groups.invite(["invited"], to: "team")
        try await engine.perform(.requestToJoin("team"), by: .user("asker"))
        switch state {
        case "plain": try await engine.perform(.setPolicies(GroupPolicies(), of: "team"), by: .host)
        case "channel": try await engine.perform(.setPolicies(.channel, of: "team"), by: .host)
        case "all muted": try await engine.perform(.muteAll(in: "team"), by: .host)
        case "strict":
            try await engine.perform(.setPolicies(Self.policies(joining: .onApproval, .owner), of: "team"), by: .host)
        case "open":
            try await engine.perform(.setPolicies(Self.policies(joining: .anyone, .all), of: "team"), by: .host)
        default: try await engine.groups.dissolve("team")
        }
        return test
    }

    /// For each deed the rules that decide, and for whom: what allows, then what refuses.
    private func lines(_ state: String) async throws -> [String] {
        let test = try await engine(state)
        let engine = test.engine
        let head = engine.head
        var lines: [String] = []
        for index in Self.deeds(by: "member").indices {
            var (allowed, refused): ([String], [String]) = ([], [])
            var letters: [String: String] = [:]
            for (letter, principal) in Self.actors {
                let name = principal.name ?? "newcomer"
                let verdict = try await engine.explain(Self.deeds(by: name)[index].change, by: principal)
                #expect(verdict.isAllowed == (verdict.code == nil))
                if let rule = verdict.rule { #expect(rule.code == verdict.code) }
                let rule = verdict.rule?.name ?? verdict.code?.name ?? "-"
                if letters[rule] == nil {
                    if verdict.isAllowed { allowed.append(rule) } else { refused.append(rule) }
                }
                letters[rule, default: ""].append(letter)
            }
            let text = [allowed, refused].map { rules in
                rules.map { "\($0) \(letters[$0] ?? "")" }.joined(separator: ", ")
            }
            lines.append("\(Self.deeds(by: "member")[index].name): \(text[0]) | \(text[1])")
        }
        #expect(engine.head == head)
        return lines
    }

    @Test(arguments: states)
    func everyVerdictIsInTheTable(_ state: String) async throws {
        let lines = try await lines(state)
        let expected = RightsTable.lines(state)
        for (line, other) in zip(lines, expected) { #expect(line == other) }
        #expect(lines.count == expected.count)
    }

    /// What is explained is what happens.
    @Test(arguments: states)
    func everyVerdictIsWhatHappens(_ state: String) async throws {
        for (letter, principal) in Self.actors {
            let test = try await engine(state)
            let name = principal.name ?? "newcomer"
            var carriedOut = 0
            for (deed, change) in Self.deeds(by: name) {
                let verdict = try await test.engine.explain(change, by: principal)
                let head = test.engine.head
                do throws(IMError) {
                    try await test.engine.perform(change, by: principal, key: try? IdempotencyKey(deed))
                    carriedOut += 1
                    #expect(verdict.isAllowed, "\(letter) \(deed)")
                } catch {
                    #expect(verdict.code == error.code && verdict.rule == error.rule, "\(letter) \(deed): \(error)")
                    #expect(verdict.message == error.message)
                    #expect(test.engine.head == head)
                }
            }
            #expect(carriedOut > 0 || !"HOA".contains(letter) || state == "dissolved")
            #expect(try await test.engine.verify().isSound)
        }
    }

    @Test func rulesHaveNamesThatTellThemApart() {
        #expect(Set(Rule.all.map(\.name)).count == Rule.all.count)
        for rule in Rule.all {
            #expect(rule.name.allSatisfy { $0.isLowercase || $0 == "-" })
            #expect(!rule.meaning.isEmpty)
        }
    }
}

extension Principal {
    fileprivate var name: UserID? {
        RightsTableTests.names.first { .user($0) == self }
    }
}

extension RightsTableTests {
    fileprivate static let names: [UserID] = [
        "owner", "admin", "member", "muted", "invited", "outsider", "banned", "former",
    ]
}

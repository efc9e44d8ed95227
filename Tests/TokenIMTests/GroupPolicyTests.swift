import Testing
import TokenIM
import TokenIMTesting

/// What the owner of a group may choose, and channels.
@Suite struct GroupPolicyTests {
    private func stage(_ kind: Group.Kind = .group, _ policies: GroupPolicies? = nil) async throws -> Stage {
        let stage = try Stage()
        try await stage.engine.create("owner", "admin", "bob", "carol", "dave")
        try await stage.engine.groups.create(
            "team", owner: "owner", members: ["admin", "bob"], kind: kind, policies: policies)
        try await stage.engine.groups.setRole(.admin, of: "admin", in: "team")
        return stage
    }

    private func close(_ stage: Stage) async throws {
        let group = try stage.engine.groups.get("team")
        try stage.reopen()
        #expect(try stage.engine.groups.get("team") == group)
        #expect(try await stage.engine.verify().findings == [])
    }

    @Test func policiesAreGivenAtTheBeginningAndLater() async throws {
        var policies = GroupPolicies()
        policies.joining = .onApproval
        policies.history = .last(7)
        let stage = try await stage(.group, policies)
        let engine = stage.engine
        #expect(try engine.groups.get("team")?.policies == policies)
        #expect(try engine.groups.get("team")?.kind == .group)
        #expect(try engine.history(of: .group("team"), for: "bob").first?.policies == policies)
        policies.posting = .owner
        await expect(.notAllowed) { try await engine.perform(.setPolicies(policies, of: "team"), by: .user("admin")) }
        await expect(.notFound) { try await engine.perform(.setPolicies(policies, of: "team"), by: .user("carol")) }
        try await engine.perform(.setPolicies(policies, of: "team"), by: .user("owner"), key: "k")
        #expect(try await engine.perform(.setPolicies(policies, of: "team"), by: .user("owner"), key: "k").isDuplicate)
        #expect(try await engine.perform(.setPolicies(policies, of: "team"), by: .host).isDuplicate)
        let last = try engine.history(of: .group("team"), for: "bob").last
        #expect(last?.kind == .policiesChanged)
        #expect(last?.policies == policies)
        await expect(.notAllowed) { try await engine.say("1", from: "admin", to: .group("team")) }
        try await engine.say("1", from: "owner", to: .group("team"))
        try await close(stage)
    }

    @Test func aMemberMayWhatThePoliciesAllow() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let message = try await engine.say("1", from: "owner", to: .group("team")).sequence
        let changes: [Change] = [
            .updateGroup("team", Profile(name: "x")), .invite(["carol"], to: "team"),
            .send("all", to: .group("team"), mentions: .all), .pin(message, in: .group("team")),
        ]
        for change in changes { await expect(.notAllowed) { try await engine.perform(change, by: .user("bob")) } }
        var policies = GroupPolicies()
        (policies.editingInformation, policies.inviting, policies.mentioningAll, policies.pinning) =
            (.all, .all, .all, .all)
        try await engine.perform(.setPolicies(policies, of: "team"), by: .host)
        for change in changes { try await engine.perform(change, by: .user("bob"), key: nil) }
        // Adding at once stays with admins.
        await expect(.notAllowed) { try await engine.perform(.addMembers(["dave"], to: "team"), by: .user("bob")) }
        (policies.editingInformation, policies.inviting, policies.mentioningAll, policies.pinning) =
            (.owner, .owner, .owner, .owner)
        try await engine.perform(.setPolicies(policies, of: "team"), by: .host)
        for change in changes { await expect(.notAllowed) { try await engine.perform(change, by: .user("admin")) } }
        await expect(.notAllowed) { try await engine.perform(.addMembers(["dave"], to: "team"), by: .user("admin")) }
        try await engine.perform(.addMembers(["dave"], to: "team"), by: .user("owner"))
        try await close(stage)
    }

    @Test func anAdminEditsToMentionAllOnlyWhereItMay() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let receipt = try await engine.say("1", from: "bob", to: .group("team"))
        await expect(.notAllowed) {
            try await engine.perform(
                .edit(receipt.sequence, in: .group("team"), "1", mentions: .all), by: .user("bob"))
        }
        try await engine.perform(.edit(receipt.sequence, in: .group("team"), "2"), by: .user("bob"))
    }

    // MARK: Channels

    @Test func inAChannelAdminsSpeakAndMembersDoNotSeeEachOther() async throws {
        let stage = try await stage(.channel)
        let engine = stage.engine
        #expect(try engine.groups.get("team")?.kind == .channel)
        #expect(try engine.groups.get("team")?.policies == .channel)
        try await engine.say("1", from: "admin", to: .group("team"))
        await expect(.notAllowed) { try await engine.say("2", from: "bob", to: .group("team")) }
        let phone = try await engine.connect("bob", device: "phone")
        _ = try phone.drain()
        try await engine.perform(.joinGroup("team"), by: .user("carol"))
        try await engine.perform(.setNickname("C", of: "carol", in: "team"), by: .user("carol"))
        try await engine.perform(.mute("carol", in: "team", until: .distantFuture), by: .user("admin"))
        try await engine.groups.invite(["dave"], to: "team")
        try await engine.perform(.leaveGroup("team", "carol"), by: .user("carol"))
        try await engine.perform(.joinGroup("team"), by: .user("dave"))
        try await engine.perform(.react("+", to: 3, in: .group("team")), by: .user("dave"))
        try await engine.perform(.react("+", to: 3, in: .group("team")), by: .user("bob"))
        let reactions = try engine.messages.reactions(to: 3, in: .group("team"), for: "bob")
        #expect(reactions.map(\.user) == ["bob"])
        #expect(try engine.messages.reactions(to: 3, in: .group("team"), for: "admin").count == 2)
        var policies = GroupPolicies.channel
        policies.hasReadReceipts = true
        try await engine.perform(.setPolicies(policies, of: "team"), by: .user("owner"))
        await expect(.notAllowed) { try engine.messages.readers(of: 3, in: .group("team"), for: "bob") }
        #expect(try engine.messages.readers(of: 3, in: .group("team"), for: "owner").readers == [])
        await expect(.notAllowed) { try phone.groups.members(of: "team") }
        await expect(.notAllowed) { try phone.groups.memberChanges(of: "team", since: 0) }
        let admin = try await engine.connect("admin", device: "phone").groups
        #expect(try admin.members(of: "team").count == 4)
        #expect(try admin.memberChanges(of: "team", since: 0).changes.count == 5)

        let live = try phone.drain().compactMap(\.entry)
        let history = try engine.history(of: .group("team"), for: "bob")
        var options = SessionOptions()
        options.start = .creation
        let queue = try await engine.connect("bob", device: "tablet", options: options).drain()
            .compactMap(\.entry).filter { $0.conversation == .group("team") }
        #expect(
            live.map(\.kind) == [
                .membersAdded, .nicknameChanged, .memberMuted, .membersInvited, .memberLeft, .membersAdded,
                .reactionChanged, .reactionChanged, .policiesChanged,
            ])
        #expect(queue.map(\.kind) == history.map(\.kind))
        let open: [Entry.Kind] = [.roleChanged, .message, .policiesChanged]
        for entry in live + history + queue where !open.contains(entry.kind) {
            #expect(entry.members.allSatisfy { $0 == "bob" }, "\(entry.kind)")
            #expect(entry.author ?? "bob" == "bob", "\(entry.kind)")
        }
        #expect(live.filter { $0.kind == .reactionChanged }.map(\.author) == [nil, "bob"])
        #expect(live.filter { $0.kind == .reactionChanged }.map(\.targets) == [[3], [3]])
        #expect(history.first?.members == ["bob"])
        // Admins, and each member as far as it is concerned itself, do see.
        let told = try engine.history(of: .group("team"), for: "admin")
        #expect(told.first { $0.kind == .membersAdded }?.members == ["carol"])
        #expect(told.first { $0.kind == .memberMuted }?.author == "admin")
        let own = try engine.history(of: .group("team"), for: "carol")
        #expect(own.first { $0.kind == .membersAdded }?.members == ["carol"])
        #expect(own.first { $0.kind == .membersAdded }?.author == "carol")
        #expect(own.first { $0.kind == .memberMuted }?.members == ["carol"])
        try await close(stage)
    }

    // MARK: What newcomers see

    private func newcomer(_ history: GroupPolicies.History) async throws -> Stage {
        var policies = GroupPolicies()
        policies.history = history
        let stage = try await stage(.group, policies)
        try await stage.engine.say(1...5, from: "bob", to: .group("team"))
        return stage
    }

    @Test(arguments: [true, false])
    func historyIsShownAndNotDelivered(_ isOnline: Bool) async throws {
        let stage = try await newcomer(.all)
        let engine = stage.engine
        var phone: Session?
        if isOnline {
            phone = try await engine.connect("carol", device: "phone")
            _ = try phone?.drain()
        }
        try await engine.groups.add(["carol"], to: "team")
        #expect(try engine.inbox.item("carol", .group("team"))?.lastMessage?.message?.text == "5")
        #expect(try engine.inbox.item("carol", .group("team"))?.unread == 0)
        try await engine.say(6...7, from: "bob", to: .group("team"))
        #expect(try engine.texts(of: .group("team"), for: "carol") == ["1", "2", "3", "4", "5", "6", "7"])
        #expect(try engine.texts(of: .group("team"), for: "carol", page: 1).count == 7)
        #expect(try engine.inbox.item("carol", .group("team"))?.unread == 2)
        let session = if let phone { phone } else { try await engine.connect("carol", device: "phone") }
        #expect(try session.drainTexts() == ["6", "7"])
        let member = try engine.groups.members(of: "team").first { $0.user == "carol" }
        #expect(member?.historySequence == 1)
        #expect(member?.joinedSequence == 8)
        // What is shown can be answered and reacted to.
        try await session.perform(.react("+", to: 3, in: .group("team")))
        await expect(.notFound) { try engine.messages.state(of: 3, in: .group("team"), for: "carol") }
        try await close(stage)
        #expect(try stage.engine.texts(of: .group("team"), for: "carol").count == 7)
    }

    @Test(
        arguments: [(0, []), (1, ["5"]), (3, ["3", "4", "5"]), (100, ["1", "2", "3", "4", "5"])] as [(Int, [String])])
    func asMuchOfHistoryIsShownAsThePolicySays(_ count: Int, _ texts: [String]) async throws {
        let stage = try await newcomer(.last(count))
        let engine = stage.engine
        try await engine.groups.add(["carol"], to: "team")
        #expect(try engine.texts(of: .group("team"), for: "carol") == texts)
        #expect(try engine.inbox.item("carol", .group("team"))?.unread == 0)
        // It holds for those who join from then on.
        try await engine.perform(.setPolicies(GroupPolicies(), of: "team"), by: .host)
        try await engine.groups.add(["dave"], to: "team")
        #expect(try engine.texts(of: .group("team"), for: "dave") == [])
        #expect(try engine.texts(of: .group("team"), for: "carol") == texts)
        try await close(stage)
    }

    @Test func aNegativeHistoryIsNone() {
        #expect(GroupPolicies.History.last(-5) == .none)
        #expect(GroupPolicies.History.last(.min) == .none)
    }

    @Test func stretchesThatOverlapAreShownOnce() async throws {
        let stage = try await newcomer(.last(3))
        let engine = stage.engine
        for round in 0..<4 {
            try await engine.groups.add(["carol"], to: "team")
            try await engine.say("in \(round)", from: "bob", to: .group("team"))
            try await engine.groups.remove("carol", from: "team")
            try await engine.say("out \(round)", from: "bob", to: .group("team"))
        }
        let expected = ["3", "4", "5", "in 0", "out 0", "in 1", "out 1", "in 2", "out 2", "in 3"]
        #expect(try engine.texts(of: .group("team"), for: "carol") == expected)
        #expect(try engine.texts(of: .group("team"), for: "carol", page: 2) == expected)
        #expect(try await engine.connect("carol", device: "phone").drainTexts() == (0..<4).map { "in \($0)" })
        try await engine.perform(.setPolicies(.channel, of: "team"), by: .host)
        try await engine.groups.add(["carol"], to: "team")
        #expect(try engine.history(of: .group("team"), for: "carol", page: 3).count == Int(engine.lastSequence()))
        try await close(stage)
    }

    @Test func aNewcomerSeesNothingThatWasTrimmed() async throws {
        let stage = try await newcomer(.all)
        let engine = stage.engine
        _ = try await engine.messages.trim(.group("team"), through: 4)
        try await engine.groups.add(["carol"], to: "team")
        #expect(try engine.texts(of: .group("team"), for: "carol") == ["3", "4", "5"])
        try await close(stage)
    }
}

extension Engine {
    fileprivate func lastSequence() throws -> SequenceNumber {
        try inbox.item("owner", .group("team"))?.headSequence ?? 0
    }
}

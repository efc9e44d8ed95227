import Testing
import TokenIM
import TokenIMTesting

/// Bans, mutes, nicknames, announcements, admins.
@Suite struct GroupModerationTests {
    private func stage(_ configure: @escaping (inout Configuration) -> Void = { _ in }) async throws -> Stage {
        let stage = try Stage(configure)
        try await stage.engine.create("owner", "admin", "bob", "carol", "dave")
        var policies = GroupPolicies()
        policies.joining = .anyone
        try await stage.engine.groups.create(
            "team", owner: "owner", members: ["admin", "bob", "carol"], policies: policies)
        try await stage.engine.groups.setRole(.admin, of: "admin", in: "team")
        return stage
    }

    private func close(_ stage: Stage) async throws {
        let before = try stage.engine.groups.members(of: "team")
        let group = try stage.engine.groups.get("team")
        try stage.reopen()
        #expect(try stage.engine.groups.members(of: "team") == before)
        #expect(try stage.engine.groups.get("team") == group)
        #expect(try await stage.engine.verify().findings == [])
    }

    // MARK: Bans

    @Test func whoIsBannedIsRemovedAndDoesNotComeBack() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let phone = try await engine.connect("bob", device: "phone")
        _ = try phone.drain()
        let receipt = try await engine.perform(.ban("bob", from: "team"), by: .user("admin"), key: "k")
        #expect(try await engine.perform(.ban("bob", from: "team"), by: .user("admin"), key: "k").isDuplicate)
        #expect(receipt.conversation == .group("team"))
        #expect(try phone.drain().kinds == [.removedFromGroup])
        let entries = try engine.history(of: .group("team"), for: "owner").suffix(2)
        #expect(entries.map(\.kind) == [.memberRemoved, .banChanged])
        #expect(entries.last?.members == ["bob"])
        #expect(entries.last?.isOn == true)
        #expect(try await engine.perform(.ban("bob", from: "team"), by: .host).isDuplicate)
        await expect(.banned) { try await phone.perform(.joinGroup("team")) }
        await expect(.banned) { try await engine.groups.add(["dave", "bob"], to: "team") }
        await expect(.banned) { try await engine.groups.invite(["bob"], to: "team") }
        await expect(.notFound) { try await phone.send("x", to: .group("team"), key: "x") }
        let bans = try engine.groups.bans(of: "team")
        #expect(bans.map(\.user) == ["bob"])
        #expect(bans.first?.author == "admin")
        #expect(bans.first?.timestamp == receipt.timestamp)
        try await engine.perform(.ban("bob", from: "team", isOn: false), by: .user("admin"))
        #expect(try await engine.perform(.ban("bob", from: "team", isOn: false), by: .host).isDuplicate)
        #expect(try engine.groups.bans(of: "team").isEmpty)
        try await phone.perform(.joinGroup("team"))
        try await close(stage)
    }

    @Test func bansAreForThoseOfAHigherRoleAndListedForThem() async throws {
        let stage = try await stage { $0.limits.bansPerGroup = 2 }
        let engine = stage.engine
        await expect(.notAllowed) { try await engine.perform(.ban("owner", from: "team"), by: .user("admin")) }
        await expect(.notAllowed) { try await engine.perform(.ban("owner", from: "team"), by: .host) }
        await expect(.notAllowed) { try await engine.perform(.ban("dave", from: "team"), by: .user("bob")) }
        await expect(.notFound) { try await engine.perform(.ban("bob", from: "team"), by: .user("dave")) }
        await expect(.unknownUser) { try await engine.perform(.ban("nobody", from: "team"), by: .host) }
        try await engine.perform(.ban("dave", from: "team"), by: .user("admin"))
        #expect(try engine.history(of: .personal("dave"), for: "dave").last?.kind == .userCreated)
        try await engine.perform(.ban("carol", from: "team"), by: .host)
        await expect(.limitReached) { try await engine.perform(.ban("bob", from: "team"), by: .host) }
        #expect(try engine.groups.bans(of: "team", limit: 1).map(\.user) == ["carol"])
        #expect(try engine.groups.bans(of: "team", after: "carol").map(\.user) == ["dave"])
        #expect(try engine.groups.bans(of: "team").first?.author == nil)
        await expect(.notAllowed) { try await engine.connect("bob", device: "phone").groups.bans(of: "team") }
        #expect(try await engine.connect("admin", device: "phone").groups.bans(of: "team").count == 2)
        try await close(stage)
    }

    // MARK: Mutes

    @Test func aMutedMemberSpeaksAgainWhenItsTimeIsOver() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let until = stage.time.now().advanced(by: .seconds(60))
        try await engine.perform(.mute("bob", in: "team", until: until), by: .user("admin"))
        #expect(try await engine.perform(.mute("bob", in: "team", until: until), by: .user("admin")).isDuplicate)
        await expect(.muted) { try await engine.say("1", from: "bob", to: .group("team")) }
        #expect(try engine.groups.members(of: "team").map(\.mutedUntil) == [nil, nil, until, nil])
        let entry = try engine.history(of: .group("team"), for: "bob").last
        #expect(entry?.kind == .memberMuted)
        #expect(entry?.members == ["bob"])
        #expect(entry?.until == until)
        // Leaving and coming back does not get around it.
        try await engine.perform(.leaveGroup("team", "bob"), by: .user("bob"))
        try await engine.perform(.joinGroup("team"), by: .user("bob"))
        await expect(.muted) { try await engine.say("1", from: "bob", to: .group("team")) }
        stage.time.advance(by: .seconds(60))
        try await engine.say("1", from: "bob", to: .group("team"))
        #expect(try await engine.perform(.mute("bob", in: "team", until: nil), by: .host).isDuplicate)
        try await engine.perform(.mute("bob", in: "team", until: .distantFuture), by: .host)
        await expect(.muted) { try await engine.say("2", from: "bob", to: .group("team")) }
        try stage.reopen()
        await expect(.muted) { try await stage.engine.say("2", from: "bob", to: .group("team")) }
        try await stage.engine.perform(.mute("bob", in: "team", until: nil), by: .user("admin"))
        #expect(try stage.engine.history(of: .group("team"), for: "bob").last?.isOn == false)
        try await stage.engine.say("2", from: "bob", to: .group("team"))
        try await close(stage)
    }

    @Test func mutesThatMakeNoSenseAreRefused() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let head = engine.head
        for moment in [.zero, stage.time.now(), Timestamp(microseconds: .min)] {
            await expect(.malformedArgument) {
                try await engine.perform(.mute("bob", in: "team", until: moment), by: .host)
            }
        }
        await expect(.notMember) {
            try await engine.perform(.mute("dave", in: "team", until: .distantFuture), by: .host)
        }
        await expect(.notMember) { try await engine.perform(.mute("nobody", in: "team", until: nil), by: .host) }
        await expect(.notAllowed) {
            try await engine.perform(.mute("owner", in: "team", until: .distantFuture), by: .host)
        }
        #expect(engine.head == head)
    }

    @Test func whenAllAreMutedAdminsAndTheOwnerSpeak() async throws {
        let stage = try await stage()
        let engine = stage.engine
        await expect(.notAllowed) { try await engine.perform(.muteAll(in: "team"), by: .user("bob")) }
        try await engine.perform(.muteAll(in: "team"), by: .user("admin"))
        #expect(try await engine.perform(.muteAll(in: "team"), by: .user("owner")).isDuplicate)
        #expect(try engine.groups.get("team")?.isMuted == true)
        #expect(try engine.history(of: .group("team"), for: "bob").last?.kind == .allMuted)
        await expect(.muted) { try await engine.say("1", from: "bob", to: .group("team")) }
        try await engine.say("2", from: "admin", to: .group("team"))
        try await engine.say("3", from: "owner", to: .group("team"))
        try await engine.perform(.muteAll(in: "team", isOn: false), by: .user("owner"))
        try await engine.say("1", from: "bob", to: .group("team"))
        try await close(stage)
    }

    // MARK: Nicknames, announcements, admins

    @Test func aMemberHasANicknameUntilItLeaves() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.setNickname("Bobby", of: "bob", in: "team"), by: .user("bob"))
        #expect(try await engine.perform(.setNickname("Bobby", of: "bob", in: "team"), by: .user("bob")).isDuplicate)
        #expect(try engine.groups.members(of: "team").map(\.nickname) == [nil, nil, "Bobby", nil])
        let entry = try engine.history(of: .group("team"), for: "carol").last
        #expect(entry?.kind == .nicknameChanged)
        #expect(entry?.text == "Bobby")
        await expect(.notAllowed) {
            try await engine.perform(.setNickname("x", of: "bob", in: "team"), by: .user("carol"))
        }
        for name in ["", "a\n", String(repeating: "x", count: 129)] {
            await expect(.malformedArgument) {
                try await engine.perform(.setNickname(name, of: "bob", in: "team"), by: .user("bob"))
            }
        }
        // One spelling of a letter is not the other.
        try await engine.perform(.setNickname("\u{E9}", of: "bob", in: "team"), by: .user("admin"))
        let receipt = try await engine.perform(.setNickname("e\u{301}", of: "bob", in: "team"), by: .user("bob"))
        #expect(!receipt.isDuplicate)
        try await close(stage)
        try await stage.engine.perform(.leaveGroup("team", "bob"), by: .user("bob"))
        try await stage.engine.groups.add(["bob"], to: "team")
        #expect(try stage.engine.groups.members(of: "team").compactMap(\.nickname) == [])
        try await close(stage)
    }

    @Test func anAnnouncementIsShownToMembers() async throws {
        let stage = try await stage { $0.limits.profileBytes = 10 }
        let engine = stage.engine
        #expect(try await engine.perform(.announce(nil, in: "team"), by: .user("admin")).isDuplicate)
        let receipt = try await engine.perform(.announce("hear", in: "team"), by: .user("admin"))
        #expect(try await engine.perform(.announce("hear", in: "team"), by: .user("owner")).isDuplicate)
        let announcement = try engine.groups.get("team")?.announcement
        #expect(announcement?.text == "hear")
        #expect(announcement?.author == "admin")
        #expect(announcement?.timestamp == receipt.timestamp)
        #expect(try engine.groups.list(of: "bob").first?.announcement == announcement)
        #expect(try engine.history(of: .group("team"), for: "bob").last?.text == "hear")
        let stranger = try await engine.connect("dave", device: "phone")
        #expect(try stranger.groups.get("team")?.id == "team")
        #expect(try stranger.groups.get("team")?.announcement == nil)
        await expect(.notAllowed) { try await engine.perform(.announce("x", in: "team"), by: .user("bob")) }
        await expect(.malformedArgument) { try await engine.perform(.announce("", in: "team"), by: .host) }
        await expect(.profileTooLarge) { try await engine.perform(.announce("0123456789a", in: "team"), by: .host) }
        try await close(stage)
        try await stage.engine.perform(.announce("again", in: "team"), by: .host)
        #expect(try stage.engine.groups.get("team")?.announcement?.author == nil)
        try await stage.engine.perform(.announce(nil, in: "team"), by: .user("admin"))
        #expect(try stage.engine.groups.get("team")?.announcement == nil)
        try await close(stage)
    }

    @Test func adminsAreLimited() async throws {
        let stage = try await stage { $0.limits.adminsPerGroup = 1 }
        let engine = stage.engine
        await expect(.limitReached) { try await engine.groups.setRole(.admin, of: "bob", in: "team") }
        // The one who owned the group would become a second admin.
        await expect(.limitReached) { try await engine.groups.transfer("team", to: "bob") }
        try await engine.groups.transfer("team", to: "admin")
        #expect(try engine.groups.members(of: "team").map(\.role) == [.admin, .owner, .member, .member])
        await expect(.limitReached) { try await engine.groups.setRole(.admin, of: "bob", in: "team") }
        try await engine.groups.remove("owner", from: "team")
        try await engine.groups.setRole(.admin, of: "bob", in: "team")
        try await engine.groups.setRole(.member, of: "bob", in: "team")
        try await engine.groups.setRole(.admin, of: "carol", in: "team")
        try await close(stage)
    }
}

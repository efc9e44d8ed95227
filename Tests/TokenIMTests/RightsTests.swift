import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct RightsTests {
    enum Actor: CaseIterable { case host, owner, admin, member, outsider, former }

    enum Deed: CaseIterable {
        case send, add, removeMember, removeAdmin, removeOwner, removeItself, update, appoint, transfer, dissolve, leave
        case look
    }

    /// What the rules say, written as a table: nil is allowed.
    static func refusal(of deed: Deed, by actor: Actor) -> IMError.Code? {
        switch (actor, deed) {
        case (.host, .removeOwner), (.host, .leave): .notAllowed
        case (.host, _): nil
        case (.outsider, .look), (.former, .look): nil
        case (.outsider, _), (.former, _): .notFound
        case (_, .send), (_, .look): nil
        case (.owner, .leave), (.owner, .removeOwner), (.owner, .removeItself): .notAllowed
        case (.owner, _): nil
        case (_, .leave): nil
        case (.admin, .add), (.admin, .update), (.admin, .removeMember): nil
        default: .notAllowed
        }
    }

    private func perform(_ deed: Deed, _ groups: Groups, _ session: Session?, _ actor: Actor) async throws {
        let name: UserID = session?.user ?? "bystander"
        switch deed {
        case .send:
            guard let session else { return }
            _ = try await session.send("hi", to: .group("team"), key: "k")
        case .add: try await groups.add(["newcomer"], to: "team")
        case .removeMember: try await groups.remove("bystander", from: "team")
        case .removeAdmin: try await groups.remove("other-admin", from: "team")
        case .removeOwner: try await groups.remove("owner", from: "team")
        case .removeItself: try await groups.remove(name, from: "team")
        case .update: try await groups.update("team", Profile(name: "x"))
        case .appoint: try await groups.setRole(.admin, of: "bystander", in: "team")
        case .transfer: try await groups.transfer("team", to: "bystander")
        case .dissolve: try await groups.dissolve("team")
        case .leave: try await groups.leave(session == nil ? "owner" : name, "team")
        case .look: #expect(try groups.get("team") != nil || actor == .outsider || actor == .former)
        }
    }

    @Test(arguments: Actor.allCases, Deed.allCases)
    func everyRoleMayDoWhatTheTableSays(_ actor: Actor, _ deed: Deed) async throws {
        let test = try TestEngine()
        let engine = test.engine
        let names: [Actor: UserID] = [
            .owner: "owner", .admin: "admin", .member: "member", .outsider: "outsider", .former: "former",
        ]
        try await engine.create(
            "owner", "admin", "member", "outsider", "former", "bystander", "other-admin", "newcomer")
        try await engine.groups.create(
            "team", owner: "owner", members: ["admin", "member", "bystander", "other-admin", "former"])
        try await engine.groups.setRole(.admin, of: "admin", in: "team")
        try await engine.groups.setRole(.admin, of: "other-admin", in: "team")
        try await engine.groups.remove("former", from: "team")
        var session: Session?
        if let name = names[actor] { session = try await engine.connect(name, device: "phone") }
        let groups = session?.groups ?? engine.groups
        let head = engine.head
        if let code = Self.refusal(of: deed, by: actor) {
            await expect(code) { try await perform(deed, groups, session, actor) }
            #expect(engine.head == head)
        } else {
            try await perform(deed, groups, session, actor)
            #expect(engine.head > head || deed == .look || (actor == .host && deed == .send))
        }
    }

    @Test(arguments: [Actor.outsider, .former], Deed.allCases)
    func aGroupThatOneMayNotSeeLooksLikeOneThatIsNotThere(_ actor: Actor, _ deed: Deed) async throws {
        func answer(isThere: Bool) async throws -> String {
            let test = try TestEngine()
            let engine = test.engine
            try await engine.create("owner", "outsider", "former", "bystander", "other-admin", "newcomer")
            if isThere {
                try await engine.groups.create("team", owner: "owner", members: ["bystander", "other-admin", "former"])
                try await engine.groups.remove("former", from: "team")
            }
            let name: UserID = actor == .former ? "former" : "outsider"
            let session = try await engine.connect(name, device: "phone")
            do {
                try await perform(deed, session.groups, session, actor)
                return "fine"
            } catch let error as IMError {
                return "\(error)"
            }
        }
        #expect(try await answer(isThere: true) == answer(isThere: false))
    }

    @Test func aStrangerCannotTellWhoIsAMemberByLettingThemLeave() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("owner", "bob", "carol", "outsider")
        try await engine.groups.create("team", owner: "owner", members: ["bob"])
        let groups = try await engine.connect("outsider", device: "phone").groups
        await expect(.notFound) { try await groups.leave("bob", "team") }
        await expect(.notFound) { try await groups.leave("carol", "team") }
        #expect(try engine.groups.members(of: "team").count == 2)
    }

    @Test func aUserActsInItsOwnNameOnly() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.create("alice", "bob", "carol")
        try await engine.say("1", from: "bob", to: .user("carol"))
        let phone = try await engine.connect("alice", device: "phone")
        await expect(.notAllowed) { try await phone.groups.create("team", owner: "bob") }
        await expect(.notAllowed) { try phone.groups.list(of: "bob") }
        await expect(.notFound) { try await phone.markRead(.direct("bob", "carol"), through: 1) }
        await expect(.notFound) { try phone.setTyping(true, in: .direct("bob", "carol")) }
        await expect(.notFound) { try engine.messages.history(of: .direct("bob", "carol"), for: "alice") }
        await expect(.notFound) { try engine.messages.history(of: .personal("bob"), for: "alice") }
        try await phone.groups.create("team", owner: "alice", members: ["bob"])
        #expect(try phone.groups.list(of: "alice").map(\.id) == ["team"])
    }

    @Test(arguments: [Role.member, .admin, .owner], [Role.member, .admin, .owner])
    func onlyThoseOfALowerRoleMayBeRemoved(_ actor: Role, _ subject: Role) {
        let rule = Rights.rule(.remove, by: .member(actor), on: .member(subject))
        #expect((rule.code == nil) == (actor >= .admin && subject < actor))
    }
}

import Testing
import TokenIM
import TokenIMTesting

@Suite struct PermissionTests {
    private func stage() async throws -> Stage {
        let stage = try Stage()
        try await stage.engine.create("alice", "bob", "carol")
        return stage
    }

    private func withhold(_ permissions: Permissions, _ engine: Engine) async throws {
        try await engine.perform(.setPermissions(.all.subtracting(permissions), of: "alice"), by: .host)
    }

    @Test func usersMayDoEverythingUnlessTheHostSaysOtherwise() async throws {
        let stage = try await stage()
        #expect(try stage.engine.users.get("alice")?.permissions == .all)
        try await withhold([.send, .join], stage.engine)
        try stage.reopen()
        let engine = stage.engine
        #expect(try engine.users.get("alice")?.permissions.contains(.send) == false)
        #expect(try engine.users.get("alice")?.permissions.contains(.invite) == true)
        let entry = try engine.history(of: .personal("alice"), for: "alice").last
        #expect(entry?.kind == .permissionsChanged)
        #expect(entry?.permissions?.description == "create-group, invite, upload")
        #expect(try await engine.verify().isSound)
    }

    @Test func whoMayNotSendIsToldSo() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let receipt = try await engine.say("0", from: "alice", to: .user("bob"))
        try await engine.groups.create("team", owner: "bob", members: ["alice"])
        try await withhold(.send, engine)
        let head = engine.head
        do {
            try await engine.say("1", from: "alice", to: .user("bob"))
            Issue.record("nothing was refused")
        } catch let error as IMError {
            #expect(error.code == .notAllowed)
            #expect(error.message.contains("send"))
        }
        await expect(.notAllowed) { try await engine.say("2", from: "alice", to: .group("team")) }
        await expect(.notAllowed) { try await engine.say("3", from: "alice", to: .user("alice")) }
        await expect(.notAllowed) {
            try await engine.perform(.edit(receipt.sequence, in: receipt.conversation, "4"), by: .user("alice"))
        }
        #expect(engine.head == head)
        try await engine.perform(.setPermissions(.all, of: "alice"), by: .host)
        try await engine.say("5", from: "alice", to: .user("bob"))
    }

    @Test func uploadIsWhatRefersToAFile() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await withhold(.upload, engine)
        for (index, content) in [Content.image(Media("r")), .file(Media("r")), .audio(Media("r")), .video(Media("r"))]
            .enumerated()
        {
            await expect(.notAllowed) {
                try await engine.messages.send(content, from: "alice", to: .user("bob"), key: .init("\(index)"))
            }
        }
        try await engine.say("words", from: "alice", to: .user("bob"))
        let picture = try await engine.messages.send(.image(Media("r")), from: "bob", to: .user("alice"), key: "p")
        await expect(.notAllowed) {
            try await engine.perform(
                .forward(picture.sequence, of: picture.conversation, to: .user("carol")), by: .user("alice"))
        }
    }

    @Test func groupsNeedPermissionsToo() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let phone = try await engine.connect("alice", device: "phone")
        try await phone.groups.create("team", owner: "alice")
        try await withhold([.createGroup, .invite], engine)
        await expect(.notAllowed) { try await phone.groups.create("club", owner: "alice") }
        await expect(.notAllowed) { try await phone.groups.add(["bob"], to: "team") }
        // What the host does for a user is not what the user does.
        try await engine.groups.create("club", owner: "alice")
        try await engine.groups.add(["bob"], to: "team")
    }

    @Test func onlyTheHostGivesPermissions() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let head = engine.head
        await expect(.notAllowed) { try await engine.perform(.setPermissions([], of: "bob"), by: .user("alice")) }
        await expect(.notAllowed) { try await engine.perform(.setPermissions(.all, of: "alice"), by: .user("alice")) }
        await expect(.unknownUser) { try await engine.perform(.setPermissions([], of: "nobody"), by: .host) }
        #expect(try await engine.perform(.setPermissions(.all, of: "alice"), by: .host).isDuplicate)
        #expect(engine.head == head)
        #expect(
            try await engine.perform(.setPermissions([], of: "alice"), by: .host).conversation == .personal("alice"))
    }
}

import Testing
import TokenIM
import TokenIMTesting

/// What one device does shows on the others of its user, also on those that were offline.
@Suite struct ManyDevicesTests {
    private func stage() async throws -> Stage {
        let stage = try Stage()
        try await stage.engine.create("alice", "bob")
        for device in ["phone", "tablet", "laptop"] as [DeviceID] {
            try await stage.engine.devices.register(device, of: "bob", start: .head)
        }
        return stage
    }

    @Test func whatOneSendsReadsAndSetsShowsOnTheOthers() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let phone = try await engine.connect("bob", device: "phone")
        let tablet = try await engine.connect("bob", device: "tablet")
        let received = try await engine.say("hi bob", from: "alice", to: .user("bob"))
        _ = try phone.drain()
        _ = try tablet.drain()
        try await phone.send("hi alice", to: .user("alice"), key: "1")
        try await phone.markRead(.direct("alice", "bob"), through: received.sequence)
        try await phone.perform(.setContact("alice", alias: "A"))
        try await phone.perform(.block("alice"))
        try await phone.perform(.setCustomStatus(CustomStatus("busy")))
        try await phone.perform(.setHidden(true))
        try await phone.perform(.setDevice("phone", of: "bob", platform: "ios", pushToken: "t"))
        let kinds: [Entry.Kind] = [
            .message, .contactChanged, .blockChanged, .presenceChanged, .presenceChanged, .deviceChanged,
        ]
        // Its own sending has moved the marker further than it asked for.
        #expect(try tablet.drain().kinds == kinds)
        #expect(try phone.drain().isEmpty)
        // The laptop was offline all the time, and the store is another by now.
        try await engine.fold()
        try stage.reopen()
        let laptop = try await stage.engine.connect("bob", device: "laptop")
        let deliveries = try laptop.drain()
        #expect(deliveries.kinds == [.message] + kinds)
        #expect(deliveries.texts == ["hi bob", "hi alice"])
        let entries = deliveries.compactMap(\.entry)
        #expect(entries[2].text == "A")
        #expect(entries[2].members == ["alice"])
        #expect(entries[3].isOn == true)
        #expect(entries[4].text == "busy")
        #expect(entries[4].isOn == true)
        #expect(entries[5].isOn == false)
        #expect(entries[6].text == "phone")
        #expect(try stage.engine.presence.of("bob").isHidden)
        #expect(try await stage.engine.verify().isSound)
    }

    @Test func aMarkerThatOneMovesShowsOnTheOthers() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.say(1...3, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        _ = try phone.drain()
        try await phone.markRead(.direct("alice", "bob"), through: 2)
        let laptop = try await engine.connect("bob", device: "laptop")
        let entry = try laptop.drain().last?.entry
        #expect(entry?.kind == .readMarkerMoved)
        #expect(entry?.through == 2)
        #expect(entry?.subject == .direct("alice", "bob"))
        #expect(try engine.inbox.total("bob") == 1)
    }
}

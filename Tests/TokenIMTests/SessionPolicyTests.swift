import Testing
import TokenIM
import TokenIMTesting

@Suite struct SessionPolicyTests {
    private func test(_ policy: SessionPolicy, sessions: Int = 100) async throws -> TestEngine {
        let test = try TestEngine {
            $0.sessionPolicy = policy
            $0.limits.sessions = sessions
        }
        try await test.engine.create("alice", "bob")
        return test
    }

    private func connect(_ test: TestEngine, _ device: DeviceID, on platform: String?) async throws -> Session {
        var options = SessionOptions()
        options.platform = platform
        return try await test.engine.connect("bob", device: device, options: options)
    }

    @Test func byDefaultAllDevicesMayBeConnected() async throws {
        let test = try TestEngine()
        try await test.engine.create("bob")
        let sessions = [
            try await connect(test, "phone", on: "ios"), try await connect(test, "tablet", on: "ios"),
            try await connect(test, "laptop", on: nil),
        ]
        #expect(try test.engine.presence.of("bob").devices == ["laptop", "phone", "tablet"])
        for session in sessions { session.close() }
    }

    @Test func onePerPlatformClosesTheOlderOneOfTheSame() async throws {
        let test = try await test(.onePerPlatform)
        let phone = try await connect(test, "phone", on: "ios")
        let laptop = try await connect(test, "laptop", on: "web")
        let tablet = try await connect(test, "tablet", on: "ios")
        await expect(.sessionReplaced) { try phone.receive() }
        _ = try laptop.receive()
        // Those that name no platform share one.
        let nameless = try await connect(test, "watch", on: nil)
        let other = try await connect(test, "fridge", on: nil)
        await expect(.sessionReplaced) { try nameless.receive() }
        #expect(try test.engine.presence.of("bob").devices == ["fridge", "laptop", "tablet"])
        for session in [laptop, tablet, other] { session.close() }
    }

    @Test func onePerPlatformGoesByWhatADeviceSaidBefore() async throws {
        let test = try await test(.onePerPlatform)
        try await connect(test, "phone", on: "ios").close()
        let tablet = try await connect(test, "tablet", on: "ios")
        let phone = try await connect(test, "phone", on: nil)
        await expect(.sessionReplaced) { try tablet.receive() }
        phone.close()
    }

    @Test func oneMeansOneAndOthersAreLeftAlone() async throws {
        let test = try await test(.one)
        let alice = try await test.engine.connect("alice", device: "phone")
        try alice.subscribe(toPresenceOf: ["bob"])
        _ = try alice.receiveSignals()
        let phone = try await connect(test, "phone", on: "ios")
        let laptop = try await connect(test, "laptop", on: "web")
        await expect(.sessionReplaced) { try phone.receive() }
        // To others it never went away.
        #expect(try alice.receiveSignals().map(\.isOn) == [true])
        #expect(try test.engine.presence.of("alice").isOnline)
        laptop.close()
    }

    @Test func whoReplacesTakesNoFurtherPlace() async throws {
        let test = try await test(.one, sessions: 1)
        let phone = try await connect(test, "phone", on: nil)
        let laptop = try await connect(test, "laptop", on: nil)
        await expect(.sessionReplaced) { try phone.receive() }
        await expect(.tooManySessions) { try await test.engine.connect("alice", device: "phone") }
        laptop.close()
    }

    // MARK: Kicking

    @Test func aKickSaysWhyAndTheDeviceMayComeBack() async throws {
        let test = try await test(.all)
        let engine = test.engine
        try await engine.say(1...2, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        let tablet = try await engine.connect("bob", device: "tablet")
        phone.acknowledge(try phone.receive()[0])
        let head = engine.head
        try engine.devices.kick("phone", of: "bob", reason: "signed out elsewhere")
        do throws(IMError) {
            _ = try phone.receive()
            Issue.record("nothing was refused")
        } catch {
            #expect(error.code == .sessionKicked)
            #expect(error.message == "signed out elsewhere")
        }
        _ = try tablet.receive()
        // What was acknowledged is written.
        #expect(engine.head == head + 1)
        #expect(try await engine.connect("bob", device: "phone").drainTexts() == ["2"])
    }

    @Test func allSessionsOfAUserCanBeKicked() async throws {
        let test = try await test(.all)
        let engine = test.engine
        let alice = try await engine.connect("alice", device: "phone")
        let sessions = [
            try await engine.connect("bob", device: "phone"), try await engine.connect("bob", device: "tablet"),
        ]
        try engine.devices.kick(of: "bob", reason: "maintenance")
        for session in sessions {
            await expect(.sessionKicked) { try session.receive() }
            await expect(.sessionKicked) { try await session.send("x", to: .user("alice"), key: "x") }
        }
        #expect(try !engine.presence.of("bob").isOnline)
        #expect(try alice.receive().isEmpty)
        // Nobody there: nothing happens.
        try engine.devices.kick(of: "bob", reason: "maintenance")
        try engine.devices.kick("phone", of: "bob", reason: "maintenance")
    }

    @Test func aKickOfWhatIsNotThereIsRefused() async throws {
        let test = try await test(.all)
        let devices = test.engine.devices
        let phone = try await test.engine.connect("bob", device: "phone")
        await expect(.unknownUser) { try devices.kick(of: "nobody", reason: "x") }
        await expect(.notFound) { try devices.kick("tablet", of: "bob", reason: "x") }
        await expect(.malformedArgument) { try devices.kick(of: "bob", reason: "") }
        await expect(.malformedArgument) { try devices.kick(of: "bob", reason: String(repeating: "x", count: 257)) }
        #expect(try phone.receive().isEmpty)
    }
}

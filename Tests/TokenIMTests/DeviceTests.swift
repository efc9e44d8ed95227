import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct DeviceTests {
    private func stage(_ configure: @escaping (inout Configuration) -> Void = { _ in }) async throws -> Stage {
        let stage = try Stage(configure)
        try await stage.engine.create("alice", "bob")
        return stage
    }

    private func options(_ platform: String?, _ pushToken: String? = nil) -> SessionOptions {
        var options = SessionOptions()
        options.platform = platform
        options.pushToken = pushToken
        return options
    }

    private func lines(_ engine: Engine) throws -> [String] {
        try engine.devices.list(of: "bob").map { "\($0.id) \($0.platform ?? "-") \($0.pushToken ?? "-")" }
    }

    // MARK: What a device says about itself

    @Test func aDeviceSaysWhatItIsWhenItConnects() async throws {
        let stage = try await stage()
        let phone = try await stage.engine.connect("bob", device: "phone", options: options("ios", "token-1"))
        try await stage.engine.devices.register("tablet", of: "bob", platform: "android")
        #expect(try lines(stage.engine) == ["phone ios token-1", "tablet android -"])
        // Of itself it knows.
        #expect(try phone.drain().kinds == [.deviceChanged])
        try stage.reopen()
        #expect(try lines(stage.engine) == ["phone ios token-1", "tablet android -"])
        #expect(try await stage.engine.verify().isSound)
    }

    @Test func whatADeviceDoesNotSayStaysAndWhatIsSoAlreadyIsNoEntry() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.connect("bob", device: "phone", options: options("ios", "token-1")).close()
        stage.time.advance(by: .seconds(2))
        let head = engine.head
        let same = try await engine.connect("bob", device: "phone", options: options("ios", "token-1"))
        try await engine.devices.register("phone", of: "bob")
        #expect(engine.head == head)
        try await engine.devices.register("phone", of: "bob", pushToken: "token-2")
        #expect(try lines(engine) == ["phone ios token-2"])
        #expect(engine.head == head + 1)
        same.close()
    }

    @Test func aDeviceIsChangedByItsUserAndTheHost() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let phone = try await engine.connect("bob", device: "phone", options: options("ios", "token-1"))
        let tablet = try await engine.connect("bob", device: "tablet")
        try await phone.perform(.setDevice("phone", of: "bob", platform: "ios", pushToken: nil))
        #expect(try lines(engine) == ["phone ios -", "tablet - -"])
        let entry = try tablet.drain().last?.entry
        #expect(entry?.kind == .deviceChanged)
        #expect(entry?.text == "phone")
        let receipt = try await engine.perform(
            .setDevice("tablet", of: "bob", platform: "web", pushToken: "t"), by: .host)
        #expect(receipt.conversation == .personal("bob"))
        #expect(try lines(engine) == ["phone ios -", "tablet web t"])
        #expect(!receipt.isDuplicate)
        let again = try await engine.perform(
            .setDevice("tablet", of: "bob", platform: "web", pushToken: "t"), by: .host)
        #expect(again.isDuplicate)
        #expect(try await engine.verify().isSound)
    }

    @Test(arguments: [("", nil), (nil, ""), (String(repeating: "p", count: 65), nil)] as [(String?, String?)])
    func whatIsTooLongOrEmptyIsRefused(_ platform: String?, _ pushToken: String?) async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.devices.register("phone", of: "bob")
        let head = engine.head
        await expect(.malformedArgument) {
            try await engine.connect("bob", device: "tablet", options: options(platform, pushToken))
        }
        await expect(.malformedArgument) {
            try await engine.devices.register("tablet", of: "bob", platform: platform, pushToken: pushToken)
        }
        await expect(.malformedArgument) {
            try await engine.perform(
                .setDevice("phone", of: "bob", platform: platform, pushToken: pushToken), by: .user("bob"))
        }
        #expect(engine.head == head)
    }

    @Test func theLongestThatIsTaken() async throws {
        let stage = try await stage()
        let token = String(repeating: "t", count: 4_096)
        try await stage.engine.devices.register(
            "phone", of: "bob", platform: String(repeating: "p", count: 64), pushToken: token)
        #expect(try stage.engine.devices.list(of: "bob").first?.pushToken == token)
        await expect(.malformedArgument) {
            try await stage.engine.devices.register("phone", of: "bob", pushToken: token + "t")
        }
    }

    // MARK: Removing

    @Test func aRemovedDeviceIsGoneAndItsSessionClosed() async throws {
        let stage = try await stage { $0.limits.devicesPerUser = 2 }
        let engine = stage.engine
        let phone = try await engine.connect("bob", device: "phone", options: options("ios", "token"))
        let tablet = try await engine.connect("bob", device: "tablet")
        await expect(.tooManyDevices) { try await engine.devices.register("laptop", of: "bob") }
        try await tablet.perform(.removeDevice("phone", of: "bob"))
        await expect(.sessionKicked) { try phone.receive() }
        #expect(try engine.devices.list(of: "bob").map(\.id) == ["tablet"])
        await expect(.notFound) { try engine.devices.receive("phone", of: "bob") }
        #expect(try engine.presence.of("bob").devices == ["tablet"])
        try await engine.devices.register("laptop", of: "bob")
        #expect(try await engine.verify().isSound)
    }

    @Test func aNumberIsNeverGivenAgainAndNoPlaceIsLeft() async throws {
        let stage = try await stage()
        try await stage.engine.say("1", from: "alice", to: .user("bob"))
        let phone = try await stage.engine.connect("bob", device: "phone")
        _ = try phone.drain()
        let number = phone.deviceNumber
        // What was acknowledged and not written comes too late.
        try await stage.engine.perform(.removeDevice("phone", of: "bob"), by: .host)
        stage.time.advance(by: .seconds(2))
        try await stage.engine.fold()
        try stage.reopen()
        let engine = stage.engine
        #expect(try engine.snapshot { try $0.cursor(of: number) } == 0)
        try await engine.say("2", from: "alice", to: .user("bob"))
        let again = try await engine.connect("bob", device: "phone")
        #expect(again.deviceNumber == number + 1)
        // It is the only one again, so it begins where the first of a user does.
        #expect(try again.drainTexts() == ["1", "2"])
        #expect(try await engine.verify().isSound)
    }

    @Test func otherDevicesLearnThatOneWasRemoved() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.devices.register("phone", of: "bob")
        try await engine.devices.register("tablet", of: "bob")
        try await engine.perform(.removeDevice("phone", of: "bob"), by: .user("bob"))
        let entry = try await engine.connect("bob", device: "tablet").drain().last?.entry
        #expect(entry?.kind == .deviceRemoved)
        #expect(entry?.text == "phone")
    }

    @Test func whatMakesNoSenseIsRefusedAndLeavesNoTrace() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.devices.register("phone", of: "bob")
        let head = engine.head
        await expect(.notFound) { try await engine.perform(.removeDevice("tablet", of: "bob"), by: .host) }
        await expect(.unknownUser) { try await engine.perform(.removeDevice("phone", of: "nobody"), by: .host) }
        for device in ["phone", "tablet"] as [DeviceID] {
            await expect(.notAllowed) {
                try await engine.perform(.removeDevice(device, of: "bob"), by: .user("alice"))
            }
            await expect(.notAllowed) {
                try await engine.perform(
                    .setDevice(device, of: "bob", platform: "x", pushToken: nil), by: .user("alice"))
            }
        }
        await expect(.notFound) {
            try await engine.perform(.setDevice("tablet", of: "bob", platform: "x", pushToken: nil), by: .host)
        }
        #expect(engine.head == head)
    }

    @Test func aRetryOfARemovalHasNoSecondEffect() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.devices.register("phone", of: "bob")
        try await engine.perform(.removeDevice("phone", of: "bob"), by: .host, key: "k")
        try await engine.devices.register("phone", of: "bob")
        #expect(try await engine.perform(.removeDevice("phone", of: "bob"), by: .host, key: "k").isDuplicate)
        #expect(try engine.devices.list(of: "bob").count == 1)
    }
}

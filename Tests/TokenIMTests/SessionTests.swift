import Testing
import TokenIM
import TokenIMTesting

@Suite struct SessionTests {
    private func test(_ configure: (inout Configuration) -> Void = { _ in }) async throws -> TestEngine {
        let test = try TestEngine(configure: configure)
        try await test.engine.create("alice", "bob")
        return test
    }

    private func options(_ start: SessionOptions.Start, window: Int? = nil) -> SessionOptions {
        var options = SessionOptions()
        options.start = start
        options.window = window
        return options
    }

    // MARK: Where a device begins

    @Test func theFirstDeviceBeginsAtTheUsersCreationAndAFurtherOneAtTheHead() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say("1", from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        let tablet = try await engine.connect("bob", device: "tablet")
        #expect(try phone.drainTexts() == ["1"])
        #expect(try tablet.drain().isEmpty)
        try await engine.say("2", from: "alice", to: .user("bob"))
        #expect(try phone.drainTexts() == ["2"])
        #expect(try tablet.drainTexts() == ["2"])
    }

    @Test func theCreationItselfIsNotDelivered() async throws {
        let test = try await test()
        #expect(try await test.engine.connect("bob", device: "phone").drain().isEmpty)
    }

    @Test func aDeviceMayChooseWhereToBeginTheFirstTime() async throws {
        let test = try await test()
        let engine = test.engine
        var positions: [Position] = []
        for number in 1...5 {
            positions.append(try await engine.say("\(number)", from: "alice", to: .user("bob")).position)
        }
        func texts(_ device: DeviceID, _ start: SessionOptions.Start) async throws -> [String] {
            try await engine.connect("bob", device: device, options: options(start)).drainTexts()
        }
        #expect(try await texts("head", .head) == [])
        #expect(try await texts("creation", .creation) == ["1", "2", "3", "4", "5"])
        #expect(try await texts("middle", .position(positions[2])) == ["4", "5"])
        #expect(try await texts("before", .position(0)) == ["1", "2", "3", "4", "5"])
        #expect(try await texts("end", .position(engine.head)) == [])
        await expect(.acknowledgementAhead) { try await texts("future", .position(engine.head + 1)) }
        // Chosen once: a known device goes on where it left off.
        try await engine.say("6", from: "alice", to: .user("bob"))
        #expect(try await texts("middle", .creation) == ["6"])
        #expect(try await texts("creation", .head) == ["6"])
    }

    // MARK: Echo

    @Test func whatADeviceCausesReachesTheUsersOtherDevicesOnly() async throws {
        let test = try await test()
        let engine = test.engine
        let phone = try await engine.connect("alice", device: "phone")
        let tablet = try await engine.connect("alice", device: "tablet")
        let bob = try await engine.connect("bob", device: "phone")
        try await phone.send("1", to: .user("bob"), key: "1")
        try await tablet.send("2", to: .user("bob"), key: "2")
        try await engine.say("3", from: "alice", to: .user("bob"))
        #expect(try phone.drainTexts() == ["2", "3"])
        #expect(try tablet.drainTexts() == ["1", "3"])
        #expect(try bob.drainTexts() == ["1", "2", "3"])
    }

    @Test func whatADeviceCausedBeforeIsNotEchoedWhenItConnectsAgain() async throws {
        let test = try await test()
        let engine = test.engine
        let phone = try await engine.connect("alice", device: "phone")
        for number in 1...20 { try await phone.send(.text("\(number)"), to: .user("bob"), key: try .init("\(number)")) }
        try await engine.say("x", from: "bob", to: .user("alice"))
        phone.close()
        #expect(try await engine.connect("alice", device: "phone").drainTexts() == ["x"])
    }

    // MARK: Window and acknowledgements

    @Test func noMoreThanTheWindowIsHandedOut() async throws {
        let test = try await test { $0.limits.sessionWindow = 5 }
        let engine = test.engine
        try await engine.say(1...12, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        let first = try phone.receive()
        #expect(first.texts == ["1", "2", "3", "4", "5"])
        #expect(try phone.receive().isEmpty)
        phone.acknowledge(first[1])
        #expect(try phone.receive().texts == ["6", "7"])
        #expect(try phone.receive().isEmpty)
        try phone.acknowledge(through: first[4].position)
        #expect(try phone.receive().texts == ["8", "9", "10"])
    }

    @Test func aSessionMayHaveAWindowOfItsOwn() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...200, from: "alice", to: .user("bob"))
        #expect(try await engine.connect("bob", device: "phone").receive().count == 64)
        let one = try await engine.connect("bob", device: "one", options: options(.creation, window: 1))
        #expect(try one.receive().texts == ["1"])
        #expect(try one.receive().isEmpty)
        let large = try await engine.connect("bob", device: "large", options: options(.creation, window: 4_096))
        #expect(try large.receive().count == 200)
        for window in [0, -1, 4_097] {
            await expect(.malformedArgument) {
                try await engine.connect("bob", device: "bad", options: options(.creation, window: window))
            }
        }
    }

    @Test func receivingMayBeBounded() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...9, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        #expect(try phone.receive(maximum: 2).texts == ["1", "2"])
        #expect(try phone.receive(maximum: 3).texts == ["3", "4", "5"])
        #expect(try phone.receive(maximum: 0).isEmpty)
        #expect(try phone.receive(maximum: -1).isEmpty)
        #expect(try phone.receive().texts == ["6", "7", "8", "9"])
        try await engine.say(10...12, from: "alice", to: .user("bob"))
        #expect(try phone.receive(maximum: 1).texts == ["10"])
        #expect(try phone.receive(maximum: 9).texts == ["11", "12"])
    }

    @Test func whatIsNotAcknowledgedComesAgain() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...5, from: "alice", to: .user("bob"))
        for _ in 0..<3 {
            let phone = try await engine.connect("bob", device: "phone")
            #expect(try phone.receive().texts == ["1", "2", "3", "4", "5"])
            phone.close()
        }
        let phone = try await engine.connect("bob", device: "phone")
        phone.acknowledge(try phone.receive()[2])
        phone.close()
        #expect(try await engine.connect("bob", device: "phone").receive().texts == ["4", "5"])
    }

    @Test func anAcknowledgementIsCumulativeAndNeverGoesBack() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...5, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        let deliveries = try phone.receive()
        phone.acknowledge(deliveries[3])
        phone.acknowledge(deliveries[0])
        try phone.acknowledge(through: deliveries[3].position)
        try phone.acknowledge(through: 0)
        #expect(try engine.devices.list(of: "bob").map(\.cursor) == [deliveries[3].position])
        phone.close()
        #expect(try await engine.connect("bob", device: "phone").receive().texts == ["5"])
    }

    @Test func whatWasNotDeliveredCannotBeAcknowledged() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...5, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        await expect(.acknowledgementAhead) { try phone.acknowledge(through: engine.head) }
        let deliveries = try phone.receive(maximum: 3)
        await expect(.acknowledgementAhead) { try phone.acknowledge(through: deliveries[2].position + 1) }
        await expect(.acknowledgementAhead) { try phone.acknowledge(through: .max) }
        try phone.acknowledge(through: deliveries[2].position)
        #expect(try phone.receive().texts == ["4", "5"])
    }

    @Test func deliveriesComeInTheOrderOfTheirPositionsOverAllConversations() async throws {
        let test = try await test()
        let engine = test.engine
        for number in 1...6 { try await engine.create(try UserID("friend-\(number)")) }
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        for round in 0..<20 {
            let friend = try UserID("friend-\(round % 6 + 1)")
            try await engine.say("a\(round)", from: friend, to: .user("bob"))
            try await engine.say("b\(round)", from: "alice", to: .group("team"))
            if round == 11 { try await engine.fold() }
        }
        let phone = try await engine.connect("bob", device: "phone", options: options(.automatic, window: 7))
        let deliveries = try phone.drain()
        #expect(deliveries.texts == (0..<20).flatMap { ["a\($0)", "b\($0)"] })
        #expect(deliveries.map(\.position) == deliveries.map(\.position).sorted())
    }

    // MARK: When acknowledgements are written

    @Test func acknowledgementsShareOneWriteWithinASecondAndAreDurableAfterwards() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...5, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        // That it has come is written first.
        test.time.advance(by: .seconds(1))
        let deliveries = try phone.receive()
        let head = engine.head
        for delivery in deliveries.prefix(3) { phone.acknowledge(delivery) }
        test.time.advance(by: .milliseconds(999))
        #expect(engine.head == head)
        phone.acknowledge(deliveries[3])
        test.time.advance(by: .milliseconds(1))
        #expect(engine.head == head + 1)
        let copy = try CrashedStore(test)
        #expect(try await copy.engine.connect("bob", device: "phone").receive().texts == ["5"])
    }

    @Test func manyDevicesShareTheWriteOfTheirAcknowledgements() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say("1", from: "alice", to: .user("bob"))
        var sessions: [Session] = []
        for number in 1...9 {
            let device = try DeviceID("device-\(number)")
            sessions.append(try await engine.connect("bob", device: device, options: options(.creation)))
        }
        test.time.advance(by: .seconds(1))
        let head = engine.head
        for session in sessions { _ = try session.drain() }
        test.time.advance(by: .seconds(1))
        #expect(engine.head == head + 1)
        #expect(try engine.devices.list(of: "bob").allSatisfy { $0.cursor >= 3 })
    }

    @Test func closingWritesWhatWasAcknowledged() async throws {
        let test = try await test()
        try await test.engine.say(1...3, from: "alice", to: .user("bob"))
        let phone = try await test.engine.connect("bob", device: "phone")
        phone.acknowledge(try phone.receive()[1])
        phone.close()
        let copy = try CrashedStore(test)
        #expect(try await copy.engine.connect("bob", device: "phone").receive().texts == ["3"])
    }

    @Test func closingTheEngineWritesWhatWasAcknowledged() async throws {
        let stage = try Stage()
        try await stage.engine.create("alice", "bob")
        try await stage.engine.say(1...3, from: "alice", to: .user("bob"))
        let phone = try await stage.engine.connect("bob", device: "phone")
        phone.acknowledge(try phone.receive()[1])
        try stage.reopen()
        #expect(try await stage.engine.connect("bob", device: "phone").receive().texts == ["3"])
    }

    @Test func aSessionThatIsLetGoIsClosed() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...2, from: "alice", to: .user("bob"))
        var phone: Session? = try await engine.connect("bob", device: "phone")
        if let delivery = try phone?.receive().first { phone?.acknowledge(delivery) }
        #expect(try engine.presence.of("bob").isOnline)
        phone = nil
        #expect(try !engine.presence.of("bob").isOnline)
        #expect(try engine.devices.list(of: "bob").map(\.cursor) == [3])
    }

    @Test func cursorsAreListedAsTheyAre() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...2, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        let tablet = try await engine.connect("bob", device: "a-tablet")
        phone.acknowledge(try phone.receive()[0])
        tablet.close()
        let devices = try engine.devices.list(of: "bob")
        #expect(devices.map(\.id) == ["a-tablet", "phone"])
        #expect(devices.map(\.isConnected) == [false, true])
        #expect(devices.map(\.cursor) == [5, 3])
        await expect(.unknownUser) { try engine.devices.list(of: "nobody") }
    }
}

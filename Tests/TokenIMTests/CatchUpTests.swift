import Testing
import TokenIM
import TokenIMTesting

/// What a connected session gets while it is behind: hints that overflow, memberships that change, readers that pause.
@Suite struct CatchUpTests {
    private func test(_ configure: (inout Configuration) -> Void = { _ in }) async throws -> TestEngine {
        let test = try TestEngine(configure: configure)
        try await test.engine.create("alice", "bob", "carol")
        return test
    }

    private func options(window: Int) -> SessionOptions {
        var options = SessionOptions()
        options.window = window
        return options
    }

    @Test(arguments: [1, 63, 64, 65, 66, 128, 129, 130, 300])
    func aSessionThatFallsBehindCatchesUpExactly(_ count: Int) async throws {
        let test = try await test { $0.limits.foldEntries = 50 }
        let engine = test.engine
        let phone = try await engine.connect("bob", device: "phone", options: options(window: 4))
        try await engine.say("0", from: "alice", to: .user("bob"))
        #expect(try phone.drainTexts() == ["0"])
        try await engine.say(1...count, from: "alice", to: .user("bob"))
        #expect(try phone.drainTexts() == (1...count).map { "\($0)" })
        try await engine.say("last", from: "alice", to: .user("bob"))
        #expect(try phone.drainTexts() == ["last"])
    }

    @Test func whileTheWindowIsFullTheHintsOverflowAndNothingIsLostOrDoubled() async throws {
        let test = try await test()
        let engine = test.engine
        let phone = try await engine.connect("bob", device: "phone", options: options(window: 3))
        try await engine.say(1...3, from: "alice", to: .user("bob"))
        var waiting = try phone.receive()
        #expect(waiting.count == 3)
        var texts = waiting.texts
        var next = 4
        // It acknowledges one at a time while far more comes in than it takes.
        for _ in 0..<40 {
            try await engine.say(next...next + 4, from: next % 2 == 0 ? "alice" : "carol", to: .user("bob"))
            next += 5
            phone.acknowledge(waiting.removeFirst())
            let found = try phone.receive()
            texts += found.texts
            waiting += found
        }
        for delivery in waiting { phone.acknowledge(delivery) }
        texts += try phone.drainTexts()
        #expect(texts == (1..<next).map { "\($0)" })
    }

    @Test func aSearchThatWasBrokenOffGoesOnWhereItWas() async throws {
        let test = try await test()
        let engine = test.engine
        for number in 1...30 {
            try await engine.say("\(number)", from: number % 2 == 0 ? "alice" : "carol", to: .user("bob"))
        }
        let phone = try await engine.connect("bob", device: "phone")
        var texts = try phone.receive(maximum: 10).texts
        try await engine.say(31...120, from: "alice", to: .user("bob"))
        for _ in 0..<200 {
            let found = try phone.receive(maximum: 1)
            guard let delivery = found.first else { break }
            texts += found.texts
            phone.acknowledge(delivery)
        }
        #expect(texts == (1...120).map { "\($0)" })
    }

    @Test func joiningWhileOnlineDeliversFromTheJoiningOn() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.groups.create("team", owner: "alice")
        try await engine.say("before", from: "alice", to: .group("team"))
        let phone = try await engine.connect("bob", device: "phone")
        #expect(try phone.drain().isEmpty)
        try await engine.groups.add(["bob"], to: "team")
        try await engine.say("after", from: "alice", to: .group("team"))
        let deliveries = try phone.drain()
        #expect(deliveries.kinds == [.membersAdded, .message])
        #expect(deliveries.texts == ["after"])
        try await engine.groups.create("club", owner: "carol", members: ["bob"])
        #expect(try phone.drain().kinds == [.groupCreated])
    }

    @Test func aRemovalWhileOnlineEndsDeliveriesAtOnce() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        let phone = try await engine.connect("bob", device: "phone", options: options(window: 2))
        try await engine.say(1...5, from: "alice", to: .group("team"))
        let first = try phone.receive()
        #expect(first.kinds == [.groupCreated, .message])
        try await engine.groups.remove("bob", from: "team")
        try await engine.say(6...100, from: "alice", to: .group("team"))
        phone.acknowledge(first[1])
        let rest = try phone.drain()
        #expect(rest.texts == ["2", "3", "4", "5"])
        #expect(rest.kinds.last == .removedFromGroup)
        #expect(rest.count == 5)
        try await engine.say("x", from: "alice", to: .group("team"))
        #expect(try phone.receive().isEmpty)
    }

    @Test func everySessionOfAUserGetsEverything() async throws {
        let test = try await test()
        let engine = test.engine
        var sessions: [Session] = []
        for number in 1...5 { sessions.append(try await engine.connect("bob", device: try .init("d\(number)"))) }
        try await engine.say(1...70, from: "alice", to: .user("bob"))
        for session in sessions { #expect(try session.drainTexts() == (1...70).map { "\($0)" }) }
    }

    @Test func theOfflineQueueOfADeviceSpansManyConversationsAndBlocks() async throws {
        let stage = try Stage { $0.limits.foldEntries = 33 }
        try await stage.engine.create("alice", "bob", "carol")
        try await stage.engine.groups.create("team", owner: "carol", members: ["alice", "bob"])
        var expected: [String] = []
        for number in 1...210 {
            let text = "\(number)"
            expected.append(text)
            switch number % 3 {
            case 0: try await stage.engine.say(text, from: "alice", to: .user("bob"))
            case 1: try await stage.engine.say(text, from: "carol", to: .user("bob"))
            default: try await stage.engine.say(text, from: "alice", to: .group("team"))
            }
            // In the middle of a block, at its end, after its end.
            if [63, 64, 65, 128, 193].contains(number) {
                let phone = try await stage.engine.connect("bob", device: "phone")
                #expect(try phone.drainTexts() == expected)
                expected = []
                try stage.reopen()
            }
        }
        let phone = try await stage.engine.connect("bob", device: "phone")
        #expect(try phone.drainTexts() == expected)
    }

    @Test func pollingIsTheSameCursorWithoutASession() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...9, from: "alice", to: .user("bob"))
        try await engine.devices.register("poller", of: "bob")
        let first = try engine.devices.receive("poller", of: "bob", maximum: 4)
        #expect(first.texts == ["1", "2", "3", "4"])
        #expect(try engine.devices.receive("poller", of: "bob", maximum: 4).texts == first.texts)
        try await engine.devices.acknowledge("poller", of: "bob", through: first[2].position)
        try await engine.devices.acknowledge("poller", of: "bob", through: first[0].position)
        #expect(try engine.devices.receive("poller", of: "bob").texts == ["4", "5", "6", "7", "8", "9"])
        #expect(try await engine.connect("bob", device: "poller").drainTexts().first == "4")
        await expect(.notFound) { try engine.devices.receive("other", of: "bob") }
        await expect(.notFound) { try await engine.devices.acknowledge("other", of: "bob", through: 1) }
        await expect(.unknownUser) { try engine.devices.receive("other", of: "nobody") }
        await expect(.unknownUser) { try await engine.devices.register("other", of: "nobody") }
        await expect(.acknowledgementAhead) {
            try await engine.devices.acknowledge("poller", of: "bob", through: engine.head + 1)
        }
        await expect(.malformedArgument) { try engine.devices.receive("poller", of: "bob", maximum: 0) }
        await expect(.requestTooLarge) { try engine.devices.receive("poller", of: "bob", maximum: 1_001) }
    }
}

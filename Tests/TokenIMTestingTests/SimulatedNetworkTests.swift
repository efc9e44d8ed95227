import Testing
import TokenIM
import TokenIMTesting

/// Alice's laptop, and bob's phone and tablet.
private struct Trio {
    let network: SimulatedNetwork
    let laptop: SimulatedDevice
    let phone: SimulatedDevice
    let tablet: SimulatedDevice
    let chat = Conversation.direct("alice", "bob")

    init(seed: UInt64 = 7, configure: (inout Configuration) -> Void = { _ in }) async throws {
        let test = try TestEngine(configure: configure)
        try await test.engine.users.create("alice")
        try await test.engine.users.create("bob")
        network = SimulatedNetwork(test, seed: seed)
        laptop = network.device("laptop", of: "alice")
        phone = network.device("phone", of: "bob")
        tablet = network.device("tablet", of: "bob", start: .creation)
    }

    func expectSound(within limit: Duration = .seconds(120), sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        #expect(try await network.settle(within: limit), sourceLocation: sourceLocation)
        #expect(try network.discrepancies() == [], sourceLocation: sourceLocation)
        #expect(try await network.engine.verify().isSound, sourceLocation: sourceLocation)
    }
}

@Suite("A simulated network")
struct SimulatedNetworkTests {
    @Test func aMessageReachesAllDevicesOfBothUsers() async throws {
        let trio = try await Trio()
        let hello = trio.laptop.send("hello", to: .user("bob"))
        let hi = trio.phone.send("hi", to: .user("alice"))
        #expect(hello.receipt == nil && !trio.laptop.isOnline && !trio.laptop.isIdle)
        // To the server and back: connecting, and asking.
        try await trio.network.run(for: .milliseconds(80))
        #expect(trio.laptop.isOnline && trio.laptop.isIdle)
        #expect(hello.receipt?.sequence == 1 && hi.receipt?.sequence == 2)
        try await trio.network.run(for: .milliseconds(20))
        for device in [trio.laptop, trio.phone, trio.tablet] {
            #expect(device.texts(of: trio.chat) == ["hello", "hi"])
        }
        #expect(trio.laptop.log(of: trio.chat).map { $0.entry == nil } == [true, false])
        #expect(trio.network.elapsed == .milliseconds(100))
        try await trio.expectSound(within: .seconds(2))
    }

    @Test func aRefusalIsAnAnswer() async throws {
        let trio = try await Trio()
        let lost = trio.laptop.send("hello", to: .group("none"))
        let hello = trio.laptop.send("hello", to: .user("bob"))
        try await trio.network.run(for: .seconds(1))
        #expect(lost.refusal?.code == .notFound && lost.receipt == nil)
        #expect(hello.receipt?.sequence == 1 && hello.refusal == nil)
    }

    @Test func aDeviceOfNobodyGivesUp() async throws {
        let trio = try await Trio()
        let stray = trio.network.device("stray", of: "nobody")
        try await trio.network.run(for: .seconds(1))
        #expect(stray.refusal?.code == .unknownUser && !stray.isOnline)
        try await trio.network.engine.users.create("nobody")
        stray.connect()
        try await trio.network.run(for: .seconds(1))
        #expect(stray.refusal == nil && stray.isOnline)
    }

    /// A network is not sendable, and need not be.
    @MainActor @Test func itWorksOnTheMainActor() async throws {
        let trio = try await Trio()
        trio.laptop.send("hello", to: .user("bob"))
        try await trio.expectSound()
        #expect(trio.phone.texts(of: trio.chat) == ["hello"])
    }

    @Test func aDeviceIsMadeOnce() async throws {
        let trio = try await Trio()
        #expect(trio.network.device("phone", of: "bob") === trio.phone)
        #expect(trio.network.devices.count == 3)
    }

    @Test func aLostReplyIsNoSecondMessage() async throws {
        let trio = try await Trio()
        trio.laptop.link.drop(1, of: .replies)
        let hello = trio.laptop.send("hello", to: .user("bob"))
        try await trio.network.run(for: .seconds(10))
        #expect(hello.result == nil && hello.tries == 4)
        #expect(trio.phone.texts(of: trio.chat) == ["hello"])
        trio.laptop.link.heal()
        try await trio.expectSound()
        #expect(hello.receipt?.isDuplicate == true && hello.receipt?.sequence == 1)
        #expect(trio.phone.texts(of: trio.chat) == ["hello"])
    }

    @Test func aMissingDeliveryIsNoticedByTheNextAndFetchedAnew() async throws {
        let trio = try await Trio()
        try await trio.network.run(for: .seconds(1))
        trio.phone.link.drop(1, of: .deliveries)
        trio.laptop.send("1", to: .user("bob"))
        try await trio.network.run(for: .seconds(1))
        trio.phone.link.heal()
        trio.laptop.send("2", to: .user("bob"))
        try await trio.network.run(for: .seconds(1))
        #expect(trio.phone.texts(of: trio.chat) == [])
        try await trio.expectSound(within: .seconds(6))
        #expect(trio.phone.texts(of: trio.chat) == ["1", "2"])
    }

    @Test func aMissingLastDeliveryIsNoticedByAPing() async throws {
        let trio = try await Trio()
        try await trio.network.run(for: .seconds(1))
        trio.phone.link.drop(1, of: .deliveries)
        trio.laptop.send("1", to: .user("bob"))
        try await trio.network.run(for: .seconds(1))
        trio.phone.link.heal()
        try await trio.expectSound(within: .seconds(16))
        #expect(trio.phone.texts(of: trio.chat) == ["1"])
    }

    @Test(arguments: 1...6) func allFaultsOfLinksTogetherLoseNothing(seed: UInt64) async throws {
        let trio = try await Trio(seed: seed) { $0.limits.sessionWindow = 5 }
        for device in trio.network.devices {
            device.link.drop(0.2)
            device.link.duplicate(0.2)
            device.link.reorder(0.2)
            device.link.delay(.milliseconds(5)...(.milliseconds(400)))
        }
        for number in 1...30 {
            trio.laptop.send(.text("a\(number)"), to: .user("bob"))
            trio.phone.send(.text("b\(number)"), to: .user("alice"))
            try await trio.network.run(for: .seconds(1))
        }
        #expect(trio.laptop.requests.contains { $0.tries > 1 })
        for device in trio.network.devices { device.link.heal() }
        try await trio.expectSound()
        for device in trio.network.devices {
            #expect(device.texts(of: trio.chat).count == 60)
            #expect(device.texts(of: trio.chat).filter { $0.hasPrefix("a") } == (1...30).map { "a\($0)" })
        }
    }

    @Test func aCutLinkIsNoticedAtOnceAtBothEnds() async throws {
        let trio = try await Trio()
        try await trio.network.run(for: .seconds(1))
        #expect(try trio.network.engine.presence.of("alice").isOnline)
        trio.laptop.link.cut()
        #expect(!trio.laptop.isOnline)
        #expect(try !trio.network.engine.presence.of("alice").isOnline)
        try await trio.network.run(for: .seconds(60))
        #expect(!trio.laptop.isOnline)
        trio.laptop.link.heal()
        // The longest backoff, and connecting.
        try await trio.network.run(for: .seconds(9))
        #expect(trio.laptop.isOnline)
    }

    @Test func aStalledLinkKeepsWhatIsSent() async throws {
        let trio = try await Trio()
        try await trio.network.run(for: .seconds(1))
        trio.phone.link.stall()
        trio.laptop.send("1", to: .user("bob"))
        try await trio.network.run(for: .seconds(2))
        #expect(trio.phone.texts(of: trio.chat) == [] && trio.phone.isOnline)
        trio.phone.link.resume()
        try await trio.network.run(for: .milliseconds(20))
        #expect(trio.phone.texts(of: trio.chat) == ["1"])
    }

    @Test func aSilentLinkIsGivenUp() async throws {
        let trio = try await Trio()
        try await trio.network.run(for: .seconds(1))
        trio.phone.link.drop(1)
        try await trio.network.run(for: .seconds(40))
        #expect(!trio.phone.isOnline)
        trio.phone.link.heal()
        try await trio.expectSound(within: .seconds(20))
    }

    @Test func aHalfOpenConnectionIsReplaced() async throws {
        let trio = try await Trio()
        try await trio.network.run(for: .seconds(1))
        trio.phone.link.halfOpen()
        trio.tablet.link.halfOpen(.server)
        #expect(!trio.phone.isOnline && trio.tablet.isOnline)
        let here = try trio.network.engine.devices.list(of: "bob").filter(\.isConnected).map(\.id)
        #expect(here == ["phone"])
        trio.laptop.send("1", to: .user("bob"))
        try await trio.expectSound(within: .seconds(15))
        #expect(trio.phone.isOnline && trio.tablet.texts(of: trio.chat) == ["1"])
    }

    @Test func whatADeviceHasStoredOutlivesItsEnd() async throws {
        let trio = try await Trio()
        trio.laptop.send("1", to: .user("bob"))
        try await trio.network.run(for: .seconds(1))
        trio.phone.kill()
        trio.tablet.disconnect()
        trio.phone.send("2", to: .user("alice"))
        trio.laptop.send("3", to: .user("bob"))
        try await trio.network.run(for: .seconds(1))
        #expect(trio.phone.texts(of: trio.chat) == ["1"] && trio.tablet.texts(of: trio.chat) == ["1"])
        #expect(!trio.phone.isIdle)
        // The server knows of the one that has said goodbye.
        let here = try trio.network.engine.devices.list(of: "bob").filter(\.isConnected).map(\.id)
        #expect(here == ["phone"])
        trio.phone.connect()
        trio.tablet.connect()
        try await trio.expectSound()
        #expect(trio.tablet.texts(of: trio.chat) == ["1", "3", "2"])
    }

    @Test func anythingThatASessionDoesCanBeAskedFor() async throws {
        let trio = try await Trio()
        let engine = trio.network.engine
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        let told = trio.laptop.send("hello", to: .group("team"))
        try await trio.network.run(for: .seconds(1))
        trio.phone.markRead(.group("team"), through: told.receipt?.sequence ?? 0)
        let leaving = trio.phone.request { session, key in
            try await session.groups.leave("bob", "team", key: key)
        }
        try await trio.network.run(for: .seconds(1))
        trio.laptop.send("gone", to: .group("team"))
        try await trio.expectSound()
        #expect(leaving.receipt?.conversation == .group("team"))
        #expect(trio.tablet.texts(of: .group("team")) == ["hello"])
        #expect(
            trio.tablet.log(of: .personal("bob")).compactMap(\.entry?.kind) == [.readMarkerMoved, .removedFromGroup])
    }

    @Test func somethingCanBePlanned() async throws {
        let trio = try await Trio()
        let laptop = trio.laptop
        trio.network.after(.seconds(5)) { laptop.link.cut() }
        try await trio.network.run(for: .milliseconds(4_999))
        #expect(laptop.isOnline)
        try await trio.network.run(for: .milliseconds(1))
        #expect(!laptop.isOnline)
    }

    @Test func aJumpOfTheClockDoesNoHarm() async throws {
        let trio = try await Trio()
        let start = trio.network.test.time.now()
        trio.laptop.send("1", to: .user("bob"))
        try await trio.network.run(for: .seconds(1))
        trio.network.jumpClock(by: .seconds(-3_600))
        trio.laptop.send("2", to: .user("bob"))
        try await trio.network.run(for: .seconds(1))
        trio.network.jumpClock(by: .seconds(7_200))
        trio.laptop.send("3", to: .user("bob"))
        try await trio.expectSound()
        #expect(trio.phone.texts(of: trio.chat) == ["1", "2", "3"])
        let times = trio.phone.log(of: trio.chat).compactMap(\.entry?.timestamp)
        #expect(times == times.sorted() && times.count == 3)
        #expect(trio.network.test.time.now() == start.advanced(by: trio.network.elapsed + .seconds(3_600)))
    }

    /// The example in the documentation of ``SimulatedNetwork``.
    @Test func bobGetsEverythingInTheEnd() async throws {
        let test = try TestEngine()
        try await test.engine.users.create("alice")
        try await test.engine.users.create("bob")
        let network = SimulatedNetwork(test, seed: 7)
        let laptop = network.device("laptop", of: "alice")
        let phone = network.device("phone", of: "bob")
        let tablet = network.device("tablet", of: "bob", start: .creation)
        phone.link.drop(0.3)
        phone.link.delay(.milliseconds(20)...(.milliseconds(900)))
        test.faults.crash(.afterCommit, skipping: 9)

        for number in 1...20 { laptop.send(.text("\(number)"), to: .user("bob")) }
        let answer = phone.send("thanks", to: .user("alice"))
        try await network.run(for: .seconds(60))
        tablet.kill()
        try await network.run(for: .seconds(5))
        tablet.connect()

        #expect(try await network.settle(within: .seconds(120)))
        #expect(network.crashes == 1)
        #expect(answer.receipt != nil)
        #expect(tablet.texts(of: .direct("alice", "bob")).count == 21)
        #expect(try network.discrepancies() == [])
    }

    @Test func theSameSeedGivesTheSameRun() async throws {
        func lines(seed: UInt64) async throws -> ([String], UInt64) {
            let trio = try await Trio(seed: seed)
            var lines: [String] = []
            trio.network.observer = { lines.append($0) }
            for device in trio.network.devices { device.link.drop(0.4) }
            for number in 1...5 { trio.laptop.send(.text("\(number)"), to: .user("bob")) }
            try await trio.network.run(for: .seconds(60))
            return (lines, trio.network.traceHash)
        }
        let (one, again, other) = (try await lines(seed: 1), try await lines(seed: 1), try await lines(seed: 2))
        #expect(one == again)
        #expect(one.0 != other.0 && one.1 != other.1)
        #expect(one.0.contains { $0.contains("lost") })
    }
}

/// A check that finds nothing wrong with a bad client would find nothing wrong with a bad engine.
@Suite("Discrepancies of a simulated network")
struct DiscrepancyTests {
    private func found(_ mistake: DeviceMistake) async throws -> [String] {
        let test = try TestEngine()
        try await test.engine.users.create("alice")
        try await test.engine.users.create("bob")
        let network = SimulatedNetwork(test, seed: 1)
        let laptop = network.device("laptop", of: "alice", mistake: mistake)
        let phone = network.device("phone", of: "bob", mistake: mistake)
        for number in 1...40 {
            laptop.send(.text("\(number)"), to: .user("bob"))
            for device in network.devices {
                device.link.drop(0.2)
                device.link.duplicate(0.2)
                device.link.reorder(0.2)
            }
            try await network.run(for: .milliseconds(900))
            if number % 4 == 0 {
                phone.kill()
                phone.connect()
            }
        }
        for device in network.devices { device.link.heal() }
        #expect(try await network.settle(within: .seconds(120)))
        return try network.discrepancies()
    }

    @Test(arguments: DeviceMistake.allCases) func aBadClientIsFound(mistake: DeviceMistake) async throws {
        let found = try await found(mistake)
        switch mistake {
        case .acknowledgesBeforeStoring, .acknowledgesAcrossGaps: #expect(found.contains { $0.contains("lacks") })
        case .keepsDuplicates: #expect(found.contains { $0.contains("twice") })
        case .retriesWithAnotherKey: #expect(found.contains { $0.contains("knows nothing of it") })
        }
    }
}

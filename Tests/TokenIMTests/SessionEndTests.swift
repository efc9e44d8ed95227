import Testing
import TokenIM
import TokenIMTesting

@Suite struct SessionEndTests {
    private func test(_ configure: (inout Configuration) -> Void = { _ in }) async throws -> TestEngine {
        let test = try TestEngine(configure: configure)
        try await test.engine.create("alice", "bob")
        return test
    }

    /// Every verb of a session, which a closed one refuses with the reason of its end.
    private func expectAllRefused(_ session: Session, _ code: IMError.Code) async {
        await expect(code) { try session.receive() }
        await expect(code) { try session.acknowledge(through: 0) }
        await expect(code) { try session.receiveSignals() }
        await expect(code) { try session.setTyping(true, in: .direct("alice", "bob")) }
        await expect(code) { try session.subscribe(toPresenceOf: ["alice"]) }
        await expect(code) { try await session.send("x", to: .user("alice"), key: "x") }
        await expect(code) { try await session.markRead(.direct("alice", "bob"), through: 0) }
        var deliveries = session.deliveries.makeAsyncIterator()
        await expect(code) { try await deliveries.next() }
        var signals = session.signals.makeAsyncIterator()
        await expect(code) { try await signals.next() }
    }

    @Test func aSessionThatItsOwnerClosedRefusesEverything() async throws {
        let test = try await test()
        let phone = try await test.engine.connect("bob", device: "phone")
        phone.close()
        phone.close()
        await expectAllRefused(phone, .sessionClosed)
    }

    @Test func aNewerSessionOfTheSameDeviceTakesOver() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...3, from: "alice", to: .user("bob"))
        let older = try await engine.connect("bob", device: "phone")
        older.acknowledge(try older.receive()[0])
        let newer = try await engine.connect("bob", device: "phone")
        await expectAllRefused(older, .sessionReplaced)
        #expect(try newer.drainTexts() == ["2", "3"])
        older.close()
        try await engine.say("4", from: "alice", to: .user("bob"))
        #expect(try newer.drainTexts() == ["4"])
        #expect(try engine.presence.of("bob").devices == ["phone"])
    }

    @Test func aDeviceThatDoesNotAcknowledgeInTimeIsClosed() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...3, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        test.time.advance(by: .seconds(3_600))
        let deliveries = try phone.receive()
        test.time.advance(by: .milliseconds(29_999))
        #expect(try phone.receive().isEmpty)
        phone.acknowledge(deliveries[0])
        test.time.advance(by: .milliseconds(29_999))
        #expect(try phone.receive().isEmpty)
        test.time.advance(by: .milliseconds(1))
        await expectAllRefused(phone, .acknowledgementTimeout)
        #expect(try !engine.presence.of("bob").isOnline)
        #expect(try await engine.connect("bob", device: "phone").receive().texts == ["2", "3"])
    }

    @Test func aDeviceThatOwesNothingStays() async throws {
        let test = try await test()
        let engine = test.engine
        let phone = try await engine.connect("bob", device: "phone")
        try await engine.say("1", from: "alice", to: .user("bob"))
        test.time.advance(by: .seconds(86_400))
        #expect(try phone.drainTexts() == ["1"])
        test.time.advance(by: .seconds(86_400))
        try await engine.say("2", from: "alice", to: .user("bob"))
        let deliveries = try phone.receive()
        #expect(deliveries.texts == ["2"])
        test.time.advance(by: .seconds(29))
        phone.acknowledge(deliveries[0])
        test.time.advance(by: .seconds(86_400))
        #expect(try phone.receive().isEmpty)
    }

    @Test func whatIsDueAfterAClockWasSetBackIsNotDelayed() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...2, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        let first = try phone.receive()
        test.time.advance(by: .seconds(10))
        test.time.jump(to: Timestamp(seconds: 1_000))
        // The device acknowledges, which is written within a second, and then owes again.
        phone.acknowledge(first[1])
        let head = engine.head
        test.time.advance(by: .seconds(1))
        #expect(engine.head == head + 1)
        try await engine.say("3", from: "alice", to: .user("bob"))
        #expect(try phone.receive().texts == ["3"])
        test.time.advance(by: .milliseconds(29_999))
        #expect(try phone.receive().isEmpty)
        test.time.advance(by: .milliseconds(1))
        await expect(.acknowledgementTimeout) { try phone.receive() }
    }

    @Test func howLongMayBeOwedIsALimit() async throws {
        let test = try await test { $0.limits.acknowledgementWait = .seconds(2) }
        let engine = test.engine
        try await engine.say("1", from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        _ = try phone.receive()
        test.time.advance(by: .seconds(2))
        await expect(.acknowledgementTimeout) { try phone.receive() }
    }

    @Test func oneStalledDeviceDoesNotCloseAnother() async throws {
        let test = try await test()
        let engine = test.engine
        let phone = try await engine.connect("bob", device: "phone")
        let tablet = try await engine.connect("bob", device: "tablet")
        try await engine.say("1", from: "alice", to: .user("bob"))
        _ = try phone.receive()
        _ = try tablet.drain()
        test.time.advance(by: .seconds(30))
        await expect(.acknowledgementTimeout) { try phone.receive() }
        try await engine.say("2", from: "alice", to: .user("bob"))
        #expect(try tablet.drainTexts() == ["2"])
        #expect(try engine.presence.of("bob").devices == ["tablet"])
    }

    @Test func aSuspendedUserIsDisconnectedAndCannotActThroughAnOldSession() async throws {
        let test = try await test()
        let engine = test.engine
        let phone = try await engine.connect("bob", device: "phone")
        let tablet = try await engine.connect("bob", device: "tablet")
        let alice = try await engine.connect("alice", device: "phone")
        try await engine.users.suspend("bob")
        await expectAllRefused(phone, .userDisconnected)
        await expectAllRefused(tablet, .userDisconnected)
        try await engine.users.reinstate("bob")
        await expect(.userDisconnected) { try phone.receive() }
        #expect(try alice.receive().isEmpty)
        #expect(try await engine.connect("bob", device: "phone").drain().kinds == [.userSuspended, .userReinstated])
    }

    @Test func aDeletedUserIsDisconnected() async throws {
        let test = try await test()
        let phone = try await test.engine.connect("bob", device: "phone")
        try await test.engine.users.delete("bob")
        await expectAllRefused(phone, .userDisconnected)
    }

    @Test func aClosedEngineClosesItsSessions() async throws {
        let test = try await test()
        let phone = try await test.engine.connect("bob", device: "phone")
        test.engine.close()
        await expectAllRefused(phone, .closed)
        phone.close()
    }

    @Test func aDeviceOfAnotherLifeOfTheStoreIsRefused() async throws {
        let test = try await test()
        let engine = test.engine
        var options = SessionOptions()
        options.epoch = engine.epoch &+ 1
        await expect(.epochChanged) { try await engine.connect("bob", device: "phone", options: options) }
        #expect(try engine.devices.list(of: "bob").isEmpty)
        options.epoch = engine.epoch
        let phone = try await engine.connect("bob", device: "phone", options: options)
        #expect(phone.epoch == engine.epoch)
    }

    @Test func theEpochStaysWhenTheStoreIsOpenedAgain() async throws {
        let stage = try Stage()
        let epoch = stage.engine.epoch
        try stage.reopen()
        #expect(stage.engine.epoch == epoch)
        #expect(try TestEngine(seed: 2).engine.epoch != epoch)
    }

    @Test func onlyOneTaskReceivesAtATime() async throws {
        let test = try await test()
        try await test.engine.say("1", from: "alice", to: .user("bob"))
        let phone = try await test.engine.connect("bob", device: "phone")
        // A receiver that finds another one at work is told so, whoever comes first.
        let outcomes = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var outcomes: [String] = []
                    for _ in 0..<500 {
                        do {
                            for delivery in try phone.receive() { outcomes.append(delivery.message?.text ?? "") }
                        } catch {
                            outcomes.append((error as? IMError)?.code.name ?? "\(error)")
                        }
                    }
                    return outcomes
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(outcomes.count { $0 == "1" } == 1)
        #expect(Set(outcomes).isSubset(of: ["1", "receive-in-progress"]))
    }
}

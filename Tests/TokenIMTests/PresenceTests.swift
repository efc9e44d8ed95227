import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct PresenceTests {
    private func stage() async throws -> Stage {
        let stage = try Stage()
        try await stage.engine.create("alice", "bob", "carol")
        return stage
    }

    private func taken(_ session: Session) throws -> [String] {
        try session.receiveSignals().map { "\($0.user) \($0.isOn) \($0.customStatus?.text ?? "-")" }
    }

    // MARK: Last seen

    @Test func aUserIsSeenLastWhenItsLastSessionEnds() async throws {
        let stage = try await stage()
        let engine = stage.engine
        #expect(try engine.presence.of("bob").lastSeen == nil)
        let phone = try await engine.connect("bob", device: "phone")
        let tablet = try await engine.connect("bob", device: "tablet")
        stage.time.advance(by: .seconds(10))
        phone.close()
        #expect(try engine.presence.of("bob").lastSeen == nil)
        stage.time.advance(by: .seconds(10))
        tablet.close()
        let moment = stage.time.now()
        #expect(try engine.presence.of("bob").lastSeen == moment)
        stage.time.advance(by: .seconds(3_600))
        #expect(try engine.presence.of("bob").lastSeen == moment)
        try stage.reopen()
        #expect(try stage.engine.presence.of("bob").lastSeen == moment)
        #expect(try stage.engine.presence.of("carol").lastSeen == nil)
        #expect(try await stage.engine.verify().isSound)
    }

    @Test func thoseWhoComeAndGoShareAWrite() async throws {
        let stage = try await stage()
        let engine = stage.engine
        for user in ["alice", "bob", "carol"] as [UserID] {
            for device in ["phone", "tablet"] as [DeviceID] { try await engine.connect(user, device: device).close() }
        }
        let head = engine.head
        stage.time.advance(by: .milliseconds(999))
        #expect(engine.head == head)
        stage.time.advance(by: .milliseconds(1))
        #expect(engine.head == head + 1)
        stage.time.advance(by: .seconds(60))
        #expect(engine.head == head + 1)
    }

    @Test func closingTheEngineAndACrashKeepWhoWasSeen() async throws {
        let stage = try await stage()
        let phone = try await stage.engine.connect("bob", device: "phone")
        stage.time.advance(by: .seconds(5))
        let moment = stage.time.now()
        // A crash leaves when it came.
        let copy = try CrashedStore(stage.test)
        #expect(
            try copy.engine.presence.of("bob").lastSeen == moment.advanced(by: .seconds(-5)))
        try stage.reopen()
        #expect(try stage.engine.presence.of("bob").lastSeen == moment)
        phone.close()
    }

    // MARK: Status

    @Test func aStatusIsSeenUntilItsTimeIsOver() async throws {
        let stage = try await stage()
        let until = stage.time.now().advanced(by: .seconds(60))
        let status = CustomStatus("in a meeting", until: until)
        try await stage.engine.perform(.setCustomStatus(status), by: .user("bob"))
        try stage.reopen()
        let engine = stage.engine
        let alice = try await engine.connect("alice", device: "phone")
        #expect(try engine.presence.of("bob").customStatus == status)
        #expect(try alice.presence.of("bob").customStatus == status)
        stage.time.advance(by: .seconds(59))
        try alice.subscribe(toPresenceOf: ["bob"])
        #expect(try alice.receiveSignals().first?.customStatus == status)
        stage.time.advance(by: .seconds(1))
        #expect(try engine.presence.of("bob").customStatus == nil)
        let bob = try await engine.connect("bob", device: "phone")
        #expect(try taken(alice) == ["bob true -"])
        #expect(try await engine.verify().isSound)
        bob.close()
    }

    @Test func aStatusCanBeChangedAndTakenAway() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.setCustomStatus(CustomStatus("a")), by: .user("bob"))
        let head = engine.head
        #expect(try await engine.perform(.setCustomStatus(CustomStatus("a")), by: .user("bob")).isDuplicate)
        #expect(engine.head == head)
        try await engine.perform(.setCustomStatus(CustomStatus("b")), by: .user("bob"))
        #expect(try engine.presence.of("bob").customStatus?.text == "b")
        try await engine.perform(.setCustomStatus(nil), by: .user("bob"))
        #expect(try engine.presence.of("bob").customStatus == nil)
    }

    @Test func whatMakesNoSenseIsRefusedAndLeavesNoTrace() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let head = engine.head
        for text in ["", String(repeating: "x", count: 257)] {
            await expect(.malformedArgument) {
                try await engine.perform(.setCustomStatus(CustomStatus(text)), by: .user("bob"))
            }
        }
        for until in [stage.time.now(), .zero, Timestamp(microseconds: .min)] {
            await expect(.malformedArgument) {
                try await engine.perform(.setCustomStatus(CustomStatus("x", until: until)), by: .user("bob"))
            }
        }
        await expect(.malformedArgument) { try await engine.perform(.setHidden(true), by: .host) }
        await expect(.malformedArgument) { try await engine.perform(.setCustomStatus(nil), by: .host) }
        #expect(engine.head == head)
    }

    // MARK: Hiding

    @Test func whoHidesLooksOfflineToOthersAndNotToItselfAndTheHost() async throws {
        let stage = try await stage()
        try await stage.engine.connect("bob", device: "phone").close()
        stage.time.advance(by: .seconds(2))
        try await stage.engine.perform(.setCustomStatus(CustomStatus("busy")), by: .user("bob"))
        try await stage.engine.perform(.setHidden(true), by: .user("bob"))
        try stage.reopen()
        let engine = stage.engine
        let alice = try await engine.connect("alice", device: "phone")
        #expect(try alice.presence.of("bob") == .hidden)
        #expect(try engine.presence.of("bob").lastSeen != nil)
        let bob = try await engine.connect("bob", device: "phone")
        #expect(try alice.presence.of("bob") == .hidden)
        for truth in [try bob.presence.of("bob"), try engine.presence.of("bob")] {
            #expect(truth.isOnline)
            #expect(truth.isHidden)
            #expect(truth.devices == ["phone"])
            #expect(truth.customStatus?.text == "busy")
        }
        try await bob.perform(.setHidden(false))
        #expect(try alice.presence.of("bob").isOnline)
        #expect(try await engine.verify().isSound)
    }

    @Test func othersSeeNoDevices() async throws {
        let stage = try await stage()
        let alice = try await stage.engine.connect("alice", device: "phone")
        let bob = try await stage.engine.connect("bob", device: "secret-phone")
        #expect(try alice.presence.of("bob").devices.isEmpty)
        #expect(try alice.presence.of("alice").devices == ["phone"])
        let many = try alice.presence.of(["alice", "bob", "carol"])
        #expect(many.filter { $0.value.isOnline }.keys.sorted() == ["alice", "bob"])
        bob.close()
        bob.close()
        await expect(.sessionClosed) { try bob.presence.of("alice") }
        await expect(.unknownUser) { try alice.presence.of("nobody") }
    }

    @Test func watchersSeeWhatTheyMaySee() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let alice = try await engine.connect("alice", device: "phone")
        let mine = try await engine.connect("bob", device: "tablet")
        try alice.subscribe(toPresenceOf: ["bob"])
        try mine.subscribe(toPresenceOf: ["bob"])
        #expect(try taken(alice) == ["bob true -"])
        try await mine.perform(.setCustomStatus(CustomStatus("busy")))
        #expect(try taken(alice) == ["bob true busy"])
        try await mine.perform(.setHidden(true))
        #expect(try taken(alice) == ["bob false -"])
        // Whatever it does now, nobody else notices.
        _ = try taken(mine)
        try await mine.perform(.setCustomStatus(CustomStatus("gone")))
        let phone = try await engine.connect("bob", device: "phone")
        phone.close()
        #expect(try taken(alice).isEmpty)
        #expect(try taken(mine) == ["bob true gone"])
        mine.close()
        let again = try await engine.connect("bob", device: "tablet")
        #expect(try taken(alice).isEmpty)
        try await again.perform(.setHidden(false))
        #expect(try taken(alice) == ["bob true gone"])
        again.close()
        #expect(try taken(alice) == ["bob false gone"])
    }

    @Test func watchersOfWhoIsOfflineLearnOfItsStatus() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.perform(.setHidden(true), by: .user("carol"))
        let alice = try await engine.connect("alice", device: "phone")
        try alice.subscribe(toPresenceOf: ["bob", "carol"])
        _ = try taken(alice)
        try await engine.perform(.setCustomStatus(CustomStatus("away")), by: .user("bob"))
        try await engine.perform(.setCustomStatus(CustomStatus("away")), by: .user("carol"))
        #expect(try taken(alice) == ["bob false away"])
        try await engine.perform(.setHidden(true), by: .user("bob"))
        #expect(try taken(alice) == ["bob false -"])
        try await engine.perform(.setHidden(false), by: .user("carol"))
        #expect(try taken(alice) == ["carol false away"])
    }

    @Test func aSubscriptionCanBeEndedAndMakesRoom() async throws {
        let test = try TestEngine { $0.limits.presencePerCall = 1 }
        let engine = test.engine
        try await engine.create("alice", "bob", "carol")
        let alice = try await engine.connect("alice", device: "phone")
        try alice.subscribe(toPresenceOf: ["bob"])
        await expect(.requestTooLarge) { try alice.subscribe(toPresenceOf: ["carol"]) }
        try alice.unsubscribe(fromPresenceOf: ["bob", "carol"])
        try alice.subscribe(toPresenceOf: ["carol"])
        _ = try taken(alice)
        let bob = try await engine.connect("bob", device: "phone")
        let carol = try await engine.connect("carol", device: "phone")
        #expect(try taken(alice) == ["carol true -"])
        await expect(.unknownUser) { try alice.unsubscribe(fromPresenceOf: ["nobody"]) }
        for session in [bob, carol, alice] { session.close() }
        await expect(.sessionClosed) { try alice.unsubscribe(fromPresenceOf: ["bob"]) }
    }
}

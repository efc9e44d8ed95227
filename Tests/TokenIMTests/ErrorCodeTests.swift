import Synchronization
import Testing
@testable import TokenIM
import TokenIMTesting

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite struct ErrorCodeTests {
    @Test func codesAreUniqueAndInTheRangesOfTheirKinds() {
        let codes = IMError.Code.all
        #expect(Set(codes.map(\.number)).count == codes.count)
        #expect(Set(codes.map(\.name)).count == codes.count)
        #expect(codes.map(\.number) == codes.map(\.number).sorted())
        for code in codes {
            #expect([1, 2, 3, 4, 5, 9].contains(code.number / 1000), "\(code.name)")
            #expect(code.name.allSatisfy { $0.isLowercase || $0 == "-" })
        }
    }

    @Test func numbersAndNamesNeverChange() {
        let listed = IMError.Code.all.map { "\($0.number) \($0.name) \($0.retry)" }
        #expect(
            listed == [
                "1001 malformed-identifier never", "1002 malformed-content never", "1003 malformed-argument never",
                "2001 unknown-user never", "2002 not-found never", "2003 not-allowed never",
                "2004 already-exists never",
                "2005 idempotency-conflict never", "2006 user-suspended never", "2007 already-member never",
                "2008 not-member never", "2009 owns-groups never", "2010 epoch-changed never",
                "2011 acknowledgement-ahead never", "2012 marker-ahead never", "2013 message-gone never",
                "2014 too-late never", "2015 blocked never", "2016 muted never", "2017 banned never",
                "2018 nobody-connected never", "3001 content-too-large never",
                "3002 group-full never", "3003 too-many-groups never", "3004 request-too-large never",
                "3005 overloaded after-backoff", "3006 too-many-sessions after-backoff", "3007 too-many-devices never",
                "3008 profile-too-large never", "3009 limit-reached never", "4001 closed never",
                "4002 cancelled same-key",
                "4003 session-closed never", "4004 session-replaced never",
                "4005 acknowledgement-timeout after-backoff",
                "4006 user-disconnected never", "4007 receive-in-progress never", "4008 already-open after-backoff",
                "4009 session-kicked never",
                "5001 storage-full after-backoff", "5002 corrupt never", "5003 input-output never",
                "5004 outcome-unknown same-key", "5005 unsupported-file-system never", "5006 unreadable-store never",
                "9001 broken never",
            ])
    }

    @Test func messagesSpeakOfNamesAndNeverOfContent() async throws {
        let test = try TestEngine { $0.limits.contentBytes = 10 }
        try await test.engine.create("alice", "bob")
        try await test.engine.say("1", from: "alice", to: .user("bob"), key: "k")
        for (text, friend, key) in [("hush", "bob", "k"), ("hush hush hush", "bob", "l"), ("hush", "eve", "l")] {
            do {
                try await test.engine.messages.send(
                    .text(text), from: "alice", to: .user(try UserID(friend)), key: try .init(key))
                Issue.record("nothing was refused")
            } catch {
                #expect(!"\(error)".contains("hush"))
            }
        }
    }

    // MARK: Limits

    @Test func contentIsBounded() async throws {
        let test = try TestEngine { $0.limits.contentBytes = 10 }
        let messages = test.engine.messages
        try await test.engine.create("alice", "bob")
        try await messages.send("0123456789", from: "alice", to: .user("bob"), key: "1")
        try await messages.send(.custom(type: "a", bytes: Array(1...9)), from: "alice", to: .user("bob"), key: "2")
        for content in [
            Content.text("01234567890"), .text("01234567\u{1F600}"), .custom(type: "ab", bytes: Array(1...9)),
        ] {
            await expect(.contentTooLarge) {
                try await messages.send(content, from: "alice", to: .user("bob"), key: "3")
            }
        }
    }

    @Test func profilesAreBounded() async throws {
        let test = try TestEngine { $0.limits.profileBytes = 10 }
        let engine = test.engine
        try await engine.users.create("alice", name: "01234", avatar: "56789")
        await expect(.profileTooLarge) { try await engine.users.create("bob", name: "01234", avatar: "567890") }
        await expect(.profileTooLarge) { try await engine.users.update("alice", Profile(name: "01234567890")) }
        await expect(.profileTooLarge) {
            try await engine.groups.create("g", attributes: ["01234": "56789"], owner: "alice")
        }
        try await engine.groups.create("g", attributes: ["0123": "4567"], owner: "alice")
        await expect(.profileTooLarge) { try await engine.groups.update("g", Profile(attributes: ["01234": "5678"])) }
    }

    @Test func devicesAndSessionsAreBounded() async throws {
        let test = try TestEngine {
            $0.limits.devicesPerUser = 2
            $0.limits.sessions = 3
        }
        let engine = test.engine
        try await engine.create("alice", "bob", "carol")
        let first = try await engine.connect("alice", device: "1")
        let second = try await engine.connect("alice", device: "2")
        await expect(.tooManyDevices) { try await engine.connect("alice", device: "3") }
        await expect(.tooManyDevices) { try await engine.devices.register("3", of: "alice") }
        let third = try await engine.connect("bob", device: "1")
        await expect(.tooManySessions) { try await engine.connect("carol", device: "1") }
        // A device may always take over its own session.
        let again = try await engine.connect("alice", device: "2")
        await expect(.sessionReplaced) { try second.receive() }
        first.close()
        let fourth = try await engine.connect("carol", device: "1")
        for session in [again, third, fourth] { session.close() }
    }

    // MARK: Life cycle

    @Test func aClosedEngineRefusesEverything() async throws {
        let test = try TestEngine { $0.hostTables = ["orders"] }
        let engine = test.engine
        try await engine.create("alice", "bob")
        engine.close()
        engine.close()
        await expect(.closed) { try await engine.users.create("carol") }
        await expect(.closed) { try await engine.say("1", from: "alice", to: .user("bob")) }
        await expect(.closed) { try await engine.connect("alice", device: "phone") }
        await expect(.closed) { try await engine.fold() }
        await expect(.closed) { try await engine.transaction { _ in } }
        await expect(.closed) { try engine.users.get("alice") }
        await expect(.closed) { try engine.inbox.list("alice") }
        await expect(.closed) { try engine.presence.of("alice") }
        await expect(.closed) { try engine.snapshot { _ in } }
        await expect(.closed) { try await engine.verify() }
    }

    @Test func oneDirectoryIsOpenOnce() async throws {
        let test = try TestEngine()
        await expect(.alreadyOpen) { try TestEngine(reopening: test) }
        await expect(.alreadyOpen) { try Engine(directory: test.directory.path + "/store") }
        try await test.engine.create("alice")
        test.engine.close()
        let again = try TestEngine(reopening: test)
        #expect(try again.engine.users.get("alice") != nil)
    }

    @Test func aTaskThatIsCancelledBeforeItsCommandWasAcceptedChangesNothing() async throws {
        let directory = try TemporaryDirectory()
        let engine = try Engine(directory: directory.path + "/store", configuration: .threadedForTests)
        try await engine.create("alice", "bob")
        let head = engine.head
        let gate = Gate()
        let task = Task {
            await gate.wait()
            return try await engine.say("1", from: "alice", to: .user("bob"))
        }
        task.cancel()
        gate.open()
        await expect(.cancelled) { try await task.value }
        #expect(engine.head == head)
        engine.close()
    }

    // MARK: Storage

    @Test func aFullStoreGoesOnReadingAndMakingRoom() async throws {
        let test = try TestEngine { $0.mapSize = 1 << 20 }
        let engine = test.engine
        try await engine.create("alice", "bob")
        let phone = try await engine.connect("bob", device: "phone")
        let text = String(repeating: "x", count: 4_000)
        var count: SequenceNumber = 0
        do {
            while count < 1_000 {
                try await engine.messages.send(
                    .text(text), from: "alice", to: .user("bob"), key: .init("\(count)"))
                count += 1
            }
            Issue.record("the store never got full")
        } catch {
            #expect(error.code == .storageFull, "\(error)")
        }
        #expect(try engine.inbox.total("bob") == count)
        #expect(try phone.drain().count == Int(count))
        phone.close()
        try await engine.connect("bob", device: "phone").close()
        try await engine.messages.markRead(.direct("alice", "bob"), through: count, by: "bob")
        #expect(try engine.inbox.total("bob") == 0)
        await expect(.storageFull) { try await engine.users.create("carol") }
        _ = try await engine.messages.trim(.direct("alice", "bob"), through: count)
        try await engine.fold()
        try await engine.say("there is room again", from: "alice", to: .user("bob"))
    }

    @Test func aDirectoryThatIsNoStoreIsNotOpened() async throws {
        let directory = try TemporaryDirectory()
        try StoreFiles.write([1, 2, 3], to: directory.path + "/letter")
        await expect(.unreadableStore) { try CrashedStore(directory.path) }
        await expect(.unreadableStore) { try CrashedStore(directory.path + "/letter") }
        await expect(.unreadableStore) { try CrashedStore(directory.path + "/nowhere/store") }
        #expect(try StoreFiles.read(directory.path + "/letter") == [1, 2, 3])
    }

    @Test func anEmptyDirectoryBecomesAStore() async throws {
        let directory = try TemporaryDirectory()
        let store = try CrashedStore(directory.path)
        try await store.engine.create("alice")
        #expect(store.engine.head == 1)
    }

    @Test func projectionsThatAreAheadOfTheirJournalAreRefused() async throws {
        let stage = try Stage()
        try await stage.engine.create("alice", "bob")
        try await stage.engine.fold()
        let (store, copy) = (stage.test.directory.path + "/store", try TemporaryDirectory())
        try StoreFiles.copy(from: store, to: copy.path + "/store", ["journal"])
        try await stage.engine.say("1", from: "alice", to: .user("bob"))
        try await stage.engine.fold()
        try StoreFiles.copy(from: store, to: copy.path + "/store", ["projections"])
        await expect(.corrupt) { try CrashedStore(copy.path + "/store") }
    }

    @Test func aMissingHalfOfTheStoreIsRefused() async throws {
        for part in StoreFiles.parts {
            let test = try TestEngine()
            try await test.engine.create("alice")
            let copy = try TemporaryDirectory()
            try StoreFiles.copy(from: test.directory.path + "/store", to: copy.path + "/store", [part])
            await expect(.unreadableStore) { try CrashedStore(copy.path + "/store") }
        }
    }

    @Test func namesOfHostTablesAreChecked() async throws {
        let tooMany = (0...16).map { "\($0)" }
        for tables in [["a", "a"], tooMany] {
            await expect(.malformedArgument) { try TestEngine { $0.hostTables = tables } }
        }
        await expect(.malformedIdentifier) { try TestEngine { $0.hostTables = [""] } }
        await expect(.malformedIdentifier) { try TestEngine { $0.hostTables = ["a\n"] } }
    }
}

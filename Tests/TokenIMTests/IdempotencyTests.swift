import Testing
import TokenIM
import TokenIMTesting

@Suite struct IdempotencyTests {
    /// One request of every kind that changes something, under the key "k", and another one of the same kind.
    struct Request: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let first: @Sendable (Engine) async throws -> Receipt
        let other: @Sendable (Engine) async throws -> Receipt
    }

    static let requests: [Request] = [
        Request(testDescription: "send") {
            try await $0.messages.send("hi", from: "alice", to: .user("bob"), key: "k")
        } other: {
            try await $0.messages.send("ho", from: "alice", to: .user("bob"), key: "k")
        },
        Request(testDescription: "send to another") {
            try await $0.messages.send("hi", from: "alice", to: .user("bob"), key: "k")
        } other: {
            try await $0.messages.send("hi", from: "alice", to: .user("carol"), key: "k")
        },
        Request(testDescription: "answer") {
            try await $0.messages.send("hi", from: "bob", to: .group("team"), key: "k", replyTo: 1)
        } other: {
            try await $0.messages.send("hi", from: "bob", to: .group("team"), key: "k")
        },
        Request(testDescription: "markRead") {
            try await $0.messages.markRead(.group("team"), through: 2, by: "bob", key: "k")
        } other: {
            try await $0.messages.markRead(.group("team"), through: 1, by: "bob", key: "k")
        },
        Request(testDescription: "users.create") {
            try await $0.users.create("dave", name: "Dave", key: "k")
        } other: {
            try await $0.users.create("dave", avatar: "Dave", key: "k")
        },
        Request(testDescription: "users.update") {
            try await $0.users.update("bob", Profile(name: "B"), key: "k")
        } other: {
            try await $0.users.update("bob", Profile(name: "B", attributes: ["": ""]), key: "k")
        },
        Request(testDescription: "users.suspend") {
            try await $0.users.suspend("carol", key: "k")
        } other: {
            try await $0.users.reinstate("carol", key: "k")
        },
        Request(testDescription: "users.delete") {
            try await $0.users.delete("carol", key: "k")
        } other: {
            try await $0.users.delete("bob", key: "k")
        },
        Request(testDescription: "groups.create") {
            try await $0.groups.create("new", owner: "alice", members: ["bob", "carol"], key: "k")
        } other: {
            try await $0.groups.create("new", owner: "alice", members: ["carol", "bob"], key: "k")
        },
        Request(testDescription: "groups.update") {
            try await $0.groups.update("team", Profile(name: "T"), key: "k")
        } other: {
            try await $0.groups.update("team", Profile(name: "U"), key: "k")
        },
        Request(testDescription: "groups.add") {
            try await $0.groups.add(["erin"], to: "team", key: "k")
        } other: {
            try await $0.groups.add(["frank"], to: "team", key: "k")
        },
        Request(testDescription: "groups.remove") {
            try await $0.groups.remove("bob", from: "team", key: "k")
        } other: {
            try await $0.groups.remove("carol", from: "team", key: "k")
        },
        Request(testDescription: "groups.leave") {
            try await $0.groups.leave("bob", "team", key: "k")
        } other: {
            try await $0.groups.remove("bob", from: "team", key: "k")
        },
        Request(testDescription: "groups.setRole") {
            try await $0.groups.setRole(.admin, of: "bob", in: "team", key: "k")
        } other: {
            try await $0.groups.setRole(.member, of: "bob", in: "team", key: "k")
        },
        Request(testDescription: "groups.transfer") {
            try await $0.groups.transfer("team", to: "bob", key: "k")
        } other: {
            try await $0.groups.transfer("team", to: "carol", key: "k")
        },
        Request(testDescription: "groups.dissolve") {
            try await $0.groups.dissolve("team", key: "k")
        } other: {
            try await $0.groups.dissolve("club", key: "k")
        },
    ]

    private func stage() async throws -> Stage {
        let stage = try Stage { $0.limits.keyMergeEntries = 4 }
        try await stage.engine.create("alice", "bob", "carol", "erin", "frank")
        try await stage.engine.groups.create("team", owner: "alice", members: ["bob", "carol"])
        try await stage.engine.groups.create("club", owner: "alice")
        try await stage.engine.say("welcome", from: "alice", to: .group("team"))
        return stage
    }

    @Test(arguments: requests, Stage.Interval.allCases)
    func aRepeatedRequestGetsTheFirstReceipt(_ request: Request, after interval: Stage.Interval) async throws {
        let stage = try await stage()
        let receipt = try await request.first(stage.engine)
        #expect(!receipt.isDuplicate)
        stage.time.advance(by: .seconds(5))
        try await interval.pass(stage)
        let head = stage.engine.head
        let again = try await request.first(stage.engine)
        #expect(again.isDuplicate)
        #expect(again.position == receipt.position)
        #expect(again.sequence == receipt.sequence)
        #expect(again.timestamp == receipt.timestamp)
        #expect(again.conversation == receipt.conversation)
        #expect(stage.engine.head == head)
    }

    @Test(arguments: requests, Stage.Interval.allCases)
    func anotherRequestUnderTheSameKeyIsRefused(_ request: Request, after interval: Stage.Interval) async throws {
        let stage = try await stage()
        _ = try await request.first(stage.engine)
        try await interval.pass(stage)
        let head = stage.engine.head
        await expect(.idempotencyConflict) { try await request.other(stage.engine) }
        #expect(stage.engine.head == head)
    }

    @Test func aKeyBelongsToItsAuthor() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let one = try await engine.say("hi", from: "alice", to: .group("team"), key: "k")
        let other = try await engine.say("ho", from: "bob", to: .group("team"), key: "k")
        let host = try await engine.users.update("bob", Profile(name: "B"), key: "k")
        #expect([one.isDuplicate, other.isDuplicate, host.isDuplicate] == [false, false, false])
        #expect(other.sequence == one.sequence + 1)
    }

    @Test func theHostForAUserAndItsSessionAreOneAuthor() async throws {
        let stage = try await stage()
        let first = try await stage.engine.messages.send("hi", from: "alice", to: .user("bob"), key: "k")
        let phone = try await stage.engine.connect("alice", device: "phone")
        let again = try await phone.send("hi", to: .user("bob"), key: "k")
        #expect(again.isDuplicate)
        #expect(again.position == first.position)
        await expect(.idempotencyConflict) { try await phone.send("ho", to: .user("bob"), key: "k") }
    }

    @Test func aRetryGetsItsAnswerWhateverHasChangedSince() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let receipt = try await engine.say("hi", from: "bob", to: .group("team"), key: "k")
        try await engine.groups.remove("bob", from: "team")
        try await engine.groups.dissolve("team")
        try await engine.users.suspend("bob")
        let again = try await engine.say("hi", from: "bob", to: .group("team"), key: "k")
        #expect(again.isDuplicate)
        #expect(again.position == receipt.position)
    }

    @Test func aRefusedRequestLeavesItsKeyFree() async throws {
        let stage = try await stage()
        let engine = stage.engine
        await expect(.notFound) { try await engine.say("hi", from: "erin", to: .group("team"), key: "k") }
        try await engine.groups.add(["erin"], to: "team")
        let receipt = try await engine.say("ho", from: "erin", to: .group("team"), key: "k")
        #expect(!receipt.isDuplicate)
    }

    @Test(arguments: Stage.Interval.allCases)
    func aRequestThatFoundNothingToDoKeepsItsKey(_ interval: Stage.Interval) async throws {
        let stage = try await stage()
        try await stage.engine.users.suspend("carol")
        let receipt = try await stage.engine.users.suspend("carol", key: "k")
        #expect(receipt.isDuplicate)
        #expect(receipt.conversation == .personal("carol"))
        #expect(receipt.sequence == 2)
        try await stage.engine.users.reinstate("carol")
        try await interval.pass(stage)
        let again = try await stage.engine.users.suspend("carol", key: "k")
        #expect(again == receipt)
        #expect(try stage.engine.users.get("carol")?.status == .active)
        await expect(.idempotencyConflict) { try await stage.engine.users.suspend("bob", key: "k") }
    }

    @Test func textsThatLookTheSameAreOtherRequests() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.messages.send("caf\u{E9}", from: "alice", to: .user("bob"), key: "k")
        await expect(.idempotencyConflict) {
            try await engine.messages.send("cafe\u{301}", from: "alice", to: .user("bob"), key: "k")
        }
    }

    @Test func trimmedMessagesKeepTheirKeys() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let receipt = try await engine.say("hi", from: "alice", to: .group("team"), key: "k")
        _ = try await engine.messages.trim(.group("team"), through: receipt.sequence)
        try await engine.fold()
        let again = try await engine.say("hi", from: "alice", to: .group("team"), key: "k")
        #expect(again.isDuplicate)
        #expect(again.position == receipt.position)
    }

    @Test func manyKeysAreAllFoundThroughFoldsMergesAndReopening() async throws {
        let stage = try Stage { configuration in
            configuration.limits.keyMergeEntries = 16
            configuration.limits.foldEntries = 10
        }
        try await stage.engine.create("alice", "bob")
        var positions: [Position] = []
        for number in 0..<300 {
            positions.append(try await stage.engine.say("\(number)", from: "alice", to: .user("bob")).position)
            if number % 90 == 89 { try stage.reopen() }
        }
        for number in 0..<300 {
            let again = try await stage.engine.say("\(number)", from: "alice", to: .user("bob"))
            #expect(again.isDuplicate)
            #expect(again.position == positions[number])
        }
        #expect(try stage.engine.texts(of: .direct("alice", "bob"), for: "bob").count == 300)
    }
}

import Testing
import TokenIM
import TokenIMTesting

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The Swift that README.md shows, compiled and run.
///
/// A block of the README that comes after `<!-- snippet: first-steps -->` is, line by line, what stands here between
///
///     // snippet: first-steps
///     // end snippet
///
/// within a test that checks what the lines promise. What a block imports is imported at the top of this file. Lines
/// that use files of their own run in `#expect(processExitsWith: .success)`, after `chdir` to a temporary directory.
@Suite struct Snippets {
    @Test func firstSteps() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            chdir(directory.path)
            // snippet: first-steps
            let engine = try Engine(directory: "chat.tokenim")  // works when it returns
            try await engine.users.create("alice")
            try await engine.users.create("bob")
            try await engine.messages.send("hi bob", from: "alice", to: .user("bob"), key: "alice-phone-1")

            let phone = try await engine.connect("bob", device: "phone")  // begins after what bob's phone acknowledged
            for try await delivery in phone.deliveries {
                print(delivery.message?.text ?? "")  // "hi bob"
                phone.acknowledge(delivery)
                break
            }
            // end snippet
            let position = try phone.receive().isEmpty ? engine.head : 0
            phone.close()
            try await engine.fold()
            #expect(try engine.devices.list(of: "bob").first?.cursor == 3)
            #expect(position > 3)
        }
    }

    @Test func groups() async throws {
        let test = try TestEngine()
        let engine = test.engine
        for user: UserID in ["alice", "bob", "carol"] { try await engine.users.create(user) }
        // snippet: groups
        try await engine.groups.create("team", name: "The team", owner: "alice", members: ["bob"])
        let alice = try await engine.connect("alice", device: "laptop")
        try await alice.groups.add(["carol"], to: "team")  // alice owns it
        try await alice.send("welcome, carol", to: .group("team"), key: "1")

        let inbox = try engine.inbox.list("carol")
        print(inbox[0].conversation, inbox[0].unread)  // group(team) 1
        try await engine.messages.markRead(.group("team"), through: inbox[0].headSequence, by: "carol")
        // end snippet
        #expect(inbox.count == 1 && inbox[0].conversation == .group("team") && inbox[0].unread == 1)
        #expect(try engine.inbox.total("carol") == 0)
    }

    @Test func changes() async throws {
        let test = try TestEngine()
        let engine = test.engine
        for user: UserID in ["alice", "bob"] { try await engine.users.create(user) }
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        let receipt = try await engine.messages.send("hi", from: "bob", to: .group("team"), key: "1")
        // snippet: changes
        let change = Change.pin(receipt.sequence, in: receipt.conversation)
        let verdict = try await engine.explain(change, by: .user("bob"))
        print(verdict.isAllowed, verdict.rule?.name ?? "")  // false pinning-policy
        try await engine.perform(change, by: .user("alice"), key: "pin-1")
        // end snippet
        #expect(!verdict.isAllowed && verdict.rule?.name == "pinning-policy")
        #expect(try engine.messages.pinned(in: .group("team"), for: "bob").count == 1)
    }

    @Test func transaction() async throws {
        let test = try TestEngine { $0.hostTables = ["orders"] }
        let engine = test.engine
        for user: UserID in ["shop", "alice"] { try await engine.users.create(user) }
        // snippet: transaction
        try await engine.transaction { transaction in
            try transaction.put(Array("paid".utf8), for: Array("order-17".utf8), in: "orders")
            try transaction.send("Your order is on its way", from: "shop", to: .user("alice"), key: "order-17-paid")
        }
        // end snippet
        let paid = try await engine.transaction { try $0.get(Array("order-17".utf8), from: "orders") }
        #expect(paid == Array("paid".utf8))
        #expect(try engine.inbox.total("alice") == 1)
    }

    @Test func consumer() async throws {
        let test = try TestEngine()
        let engine = test.engine
        for user: UserID in ["alice", "bob"] { try await engine.users.create(user) }
        try await engine.messages.send("hi", from: "alice", to: .user("bob"), key: "1")
        // snippet: consumer
        let push = try await engine.consumers.create("push", from: .beginning)
        for delivery in try await push.receive(maximum: 100) {
            if delivery.entry.kind == .message { print("push:", delivery.entry.message?.text ?? "") }
            try await push.acknowledge([delivery.position])
        }
        // end snippet
        #expect(try await push.receive(maximum: 100).isEmpty)
        #expect(push.floor >= 3)
    }

    @Test func testing() async throws {
        // snippet: testing
        let test = try TestEngine()
        try await test.engine.users.create("alice")
        try await test.engine.users.create("bob")
        try await test.engine.messages.send("are you there?", from: "alice", to: .user("bob"), key: "1")
        let silent = try await test.engine.connect("bob", device: "phone")
        #expect(try silent.receive().count == 1)  // taken, and never acknowledged
        test.time.advance(by: .seconds(30))
        #expect(throws: IMError.self) { try silent.receive() }  // closed: acknowledgement-timeout
        let again = try await test.engine.connect("bob", device: "phone")
        #expect(try again.receive().first?.message?.text == "are you there?")  // delivered again
        // end snippet
    }
}

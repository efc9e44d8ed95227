import Testing
import TokenIM
import TokenIMTesting

/// The Swift that the guide shows (Sources/TokenIM/TokenIM.docc), compiled and run, as ``Snippets`` is of README.md.
@Suite struct GuideSnippets {
    @Test func firstSteps() async throws {
        let folder = try TemporaryDirectory()
        let directory = folder.path + "/chat.tokenim"
        // snippet: guide-open
        let engine = try Engine(directory: directory)
        try await engine.users.create("alice", name: "Alice")
        try await engine.users.create("bob", name: "Bob")
        // end snippet
        // snippet: guide-say
        let receipt = try await engine.messages.send("lunch?", from: "alice", to: .user("bob"), key: "alice-1")
        try await engine.messages.send(
            .image(Media("https://example.org/menu.jpg", mediaType: "image/jpeg", width: 640, height: 480)),
            from: "alice", to: .user("bob"), key: "alice-2")
        // end snippet
        // snippet: guide-change
        let chat = receipt.conversation
        try await engine.perform(.edit(receipt.sequence, in: chat, "lunch at one?"), by: .user("alice"))
        try await engine.perform(.react("👍", to: receipt.sequence, in: chat), by: .user("bob"))
        try await engine.perform(.recall(2, in: chat), by: .user("alice"))
        // end snippet
        // snippet: guide-history
        let page = try engine.messages.history(of: chat, for: "bob", limit: 50)
        for entry in page.entries {
            switch entry.kind {
            case .message: print(entry.sequence, entry.message?.text ?? "", entry.message?.reactions.count ?? 0)
            case .erased: print(entry.sequence, "gone:", entry.erasure ?? .trimmed)  // 2 gone: recalled
            default: break  // an edit, a reaction: already in the messages above
            }
        }
        // end snippet
        #expect(page.entries[0].message?.text == "lunch at one?")
        #expect(page.entries[0].message?.reactions.map(\.reaction) == ["👍"])
        #expect(page.entries[1].erasure == .recalled)
        // snippet: guide-options
        try await engine.messages.send(
            "the code is 4711", from: "alice", to: .user("bob"), key: "alice-3",
            options: MessageOptions(burnsAfterReading: .seconds(60)))
        // end snippet
        engine.close()
    }

    @Test func devicesAndDelivery() async throws {
        let test = try TestEngine()
        let engine = test.engine
        for user: UserID in ["alice", "bob"] { try await engine.users.create(user) }
        try await engine.messages.send("hi", from: "alice", to: .user("bob"), key: "1")
        var saved: [Delivery] = []
        func save(_ delivery: Delivery) { saved.append(delivery) }
        // snippet: guide-session
        let phone = try await engine.connect("bob", device: "phone")
        for try await delivery in phone.deliveries {
            save(delivery)  // first keep it, then acknowledge
            phone.acknowledge(delivery)
            if delivery.message != nil { break }
        }
        // end snippet
        #expect(saved.last?.message?.text == "hi")
        // snippet: guide-polling
        try await engine.devices.register("tablet", of: "bob", start: .creation)
        let waiting = try engine.devices.receive("tablet", of: "bob", maximum: 100)
        if let last = waiting.last {
            try await engine.devices.acknowledge("tablet", of: "bob", through: last.position)
        }
        // end snippet
        #expect(waiting.last?.message?.text == "hi")
        let chat = Conversation.direct("alice", "bob")
        // snippet: guide-facts
        try await engine.messages.markRead(chat, through: 1, by: "bob")
        let state = try engine.messages.state(of: 1, in: chat, for: "bob")
        print(state.isDelivered, state.isRead)  // true true
        // end snippet
        #expect(state.isDelivered && state.isRead)
    }

    @Test func consumersAndHostTransactions() async throws {
        let test = try TestEngine { $0.hostTables = ["orders", "seen"] }
        let engine = test.engine
        for user: UserID in ["shop", "alice"] { try await engine.users.create(user) }
        // snippet: guide-transaction
        try await engine.transaction { transaction in
            try transaction.put(Array("paid".utf8), for: Array("order-17".utf8), in: "orders")
            try transaction.send("Your order is on its way", from: "shop", to: .user("alice"), key: "order-17-paid")
        }
        // end snippet
        var indexed: [Entry] = []
        func index(_ entry: Entry) async throws { indexed.append(entry) }
        // snippet: guide-consumer
        let search = try await engine.consumers.create("search", from: .beginning)
        for delivery in try await search.receive(maximum: 100) {
            do {
                try await index(delivery.entry)
                try await search.acknowledge([delivery.position])
            } catch {
                try await search.reject(delivery.position)  // comes again after a while
            }
        }
        // end snippet
        #expect(indexed.last?.message?.text == "Your order is on its way")
        let statistics = try await engine.consumers.create("statistics", from: .beginning)
        @Sendable func key(_ delivery: ConsumerDelivery) -> [UInt8] { Array("\(delivery.position)".utf8) }
        // snippet: guide-exactly-once
        for delivery in try await statistics.receive(maximum: 100) {
            try await engine.transaction { transaction in
                try transaction.put([1], for: key(delivery), in: "seen")
                try transaction.acknowledge("statistics", through: delivery.position)
            }
        }
        // end snippet
        #expect(try await statistics.receive(maximum: 100).isEmpty)
    }

    @Test func conversationsAndRights() async throws {
        let test = try TestEngine { $0.policy = OfficeHours() }
        let engine = test.engine
        for user: UserID in ["alice", "bob", "carol", "mallory", "helpdesk"] { try await engine.users.create(user) }
        let tomorrow = test.time.now().advanced(by: .seconds(86_400))
        // snippet: guide-groups
        var policies = GroupPolicies()
        policies.joining = .onApproval
        policies.history = .last(50)  // what newcomers see of before
        try await engine.perform(
            .createGroup("team", Profile(name: "The team"), owner: "alice", members: ["bob"], policies: policies),
            by: .host)
        try await engine.perform(.createGroup("news", owner: "alice", kind: .channel), by: .host)
        // end snippet
        // snippet: guide-joining
        try await engine.perform(.requestToJoin("team", text: "I know the plan"), by: .user("carol"))
        try await engine.perform(.answerRequest(of: "carol", to: "team", isApproved: true), by: .user("alice"))
        try await engine.perform(.mute("bob", in: "team", until: tomorrow), by: .user("alice"))
        // end snippet
        // snippet: guide-explain
        let verdict = try await engine.explain(.send("hello?", to: .group("team")), by: .user("bob"))
        print(verdict.isAllowed, verdict.code?.name ?? "", verdict.rule?.name ?? "")  // false muted …
        // end snippet
        #expect(!verdict.isAllowed && verdict.code == .muted && verdict.rule != nil)
        // snippet: guide-settings
        try await engine.perform(.pinConversation(.group("team")), by: .user("carol"))
        try await engine.perform(.setDraft("I think we", in: .group("team")), by: .user("carol"))
        for item in try engine.inbox.list("carol") {
            print(item.conversation, item.unread, item.mentions, item.setting.draft ?? "")
        }
        // end snippet
        #expect(try engine.inbox.list("carol").first?.setting.draft == "I think we")
        // snippet: guide-block
        try await engine.perform(.block("mallory"), by: .user("carol"))
        // end snippet
        let blocked = try await engine.explain(.send("hi", to: .user("carol")), by: .user("mallory"))
        #expect(blocked.code == .blocked)
        let closed = try await engine.explain(.send("hi", to: .user("helpdesk")), by: .user("carol"))
        #expect(closed.code == OfficeHours.closed)
    }

    // snippet: guide-policy
    struct OfficeHours: Policy {
        static let closed = IMError.Code.host(number: 6001, name: "office-closed")

        func maySend(_ content: Content, from sender: UserID, to target: Target) -> Refusal? {
            target == .user("helpdesk") ? Refusal(Self.closed, "the helpdesk is back on Monday") : nil
        }
    }
    // end snippet

    @Test func testingYourApp() async throws {
        // snippet: guide-testing
        let test = try TestEngine()
        try await test.engine.users.create("alice")
        try await test.engine.users.create("bob")
        try await test.engine.messages.send(
            "gone in a month", from: "alice", to: .user("bob"), key: "1",
            options: MessageOptions(expiresAfter: .seconds(30 * 86_400)))
        test.time.advance(by: .seconds(30 * 86_400))
        let page = try test.engine.messages.history(of: .direct("alice", "bob"), for: "bob")
        #expect(page.entries.first?.erasure == .expired)
        // end snippet
        // snippet: guide-network
        let network = SimulatedNetwork(test, seed: 7)
        let laptop = network.device("laptop", of: "alice")
        let phone = network.device("phone", of: "bob")
        phone.link.drop(0.3)
        phone.link.delay(.milliseconds(20)...(.milliseconds(900)))
        test.faults.crash(.afterCommit, skipping: 5)

        for number in 1...20 { laptop.send(.text("\(number)"), to: .user("bob")) }
        try await network.run(for: .seconds(60))

        #expect(try await network.settle(within: .seconds(120)))  // everybody has everything
        #expect(phone.texts(of: .direct("alice", "bob")).count == 20)  // once, in order
        #expect(try network.discrepancies() == [])
        // end snippet
    }
}

import Testing
import TokenIM
import TokenIMTesting

@Suite struct FirstSteps {
    @Test func aMessageArrivesAfterTheFirstLogin() async throws {
        let test = try TestEngine()
        let engine = test.engine
        try await engine.users.create("alice")
        try await engine.users.create("bob")
        let receipt = try await engine.messages.send("hi bob", from: "alice", to: .user("bob"), key: "1")
        #expect(receipt.sequence == 1)
        #expect(receipt.conversation == .direct("alice", "bob"))
        let again = try await engine.messages.send("hi bob", from: "alice", to: .user("bob"), key: "1")
        #expect(again.isDuplicate && again.position == receipt.position)
        let phone = try await engine.connect("bob", device: "phone")
        let deliveries = try phone.receive()
        #expect(deliveries.map { $0.message?.text } == ["hi bob"])
        #expect(try engine.inbox.total("bob") == 1)
        phone.acknowledge(deliveries[0])
        try await engine.messages.send("again", from: "alice", to: .user("bob"), key: "2")
        #expect(try phone.receive().map { $0.message?.text } == ["again"])
        phone.close()
        let next = try await engine.connect("bob", device: "phone")
        #expect(try next.receive().map { $0.message?.text } == ["again"])
    }

    @Test func threaded() async throws {
        let directory = try TemporaryDirectory()
        let engine = try Engine(directory: directory.path + "/store")
        try await engine.users.create("alice")
        try await engine.users.create("bob")
        let phone = try await engine.connect("bob", device: "phone")
        async let received = {
            var texts: [String] = []
            for try await delivery in phone.deliveries {
                texts.append(delivery.message?.text ?? "")
                phone.acknowledge(delivery)
                if texts.count == 500 { break }
            }
            return texts
        }()
        for number in 0..<500 {
            try await engine.messages.send(.text("\(number)"), from: "alice", to: .user("bob"), key: .init("\(number)"))
        }
        #expect(try await received == (0..<500).map { "\($0)" })
        try await engine.fold()
        engine.close()
        let again = try Engine(directory: directory.path + "/store")
        #expect(try again.messages.history(of: .direct("alice", "bob"), for: "bob", limit: 1000).entries.count == 500)
        again.close()
    }
}

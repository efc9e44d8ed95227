import Dispatch
import Testing
@testable import TokenIM
import TokenIMLMDB
import TokenIMTesting

/// While a generation is being folded, it is neither in the trees nor in what gathers: everybody asks it too.
@Suite struct FrozenGenerationTests {
    @Test func whatIsBeingFoldedIsSeenByReadersAndTheWriter() async throws {
        let directory = try TemporaryDirectory()
        var configuration = Configuration.threadedForTests
        configuration.limits.foldEntries = 12
        // The keys of what is folded are on their way into the trees then, too.
        configuration.limits.keyMergeEntries = 6
        configuration.mapSize = 1 << 26
        // On a clock that stands: the fold of a quiet second would wait for the gate, and the writer with it.
        configuration.time = ManualTime()
        let engine = try Engine(directory: directory.path + "/store", configuration: configuration)
        defer { engine.close() }
        for name in ["alice", "bob"] { try await engine.users.create(try UserID(name)) }
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        try await engine.fold()

        // Whoever writes to the projections waits until the gate is opened.
        let (gate, began) = (BlockingGate(), BlockingGate())
        let projections = engine.core.store.projections
        DispatchQueue.global().async {
            try? projections.write { _ in
                began.open()
                gate.wait()
            }
        }
        began.wait()
        defer { gate.open() }
        func send(_ number: Int) async throws -> Receipt {
            try await engine.messages.send(
                .text("\(number)"), from: "alice", to: .group("team"), key: IdempotencyKey("k\(number)"))
        }
        var receipts: [Receipt] = []
        for number in 0..<9 { receipts.append(try await send(number)) }
        try await engine.messages.markRead(.group("team"), through: 4, by: "bob")
        for number in 9..<14 { receipts.append(try await send(number)) }
        #expect(engine.core.layers.withLock { $0.frozen != nil })

        #expect(receipts.map(\.sequence) == Array(2...15))
        let page = try engine.messages.history(of: .group("team"), for: "bob")
        #expect(page.entries.compactMap(\.message?.text) == (0..<14).map { "\($0)" })
        let item = try #require(try engine.inbox.item("bob", .group("team")))
        #expect(item.readThrough == 4)
        #expect(item.unread == 11)
        #expect(try await send(3).position == receipts[3].position)
        await expect(.markerAhead) {
            try await engine.messages.markRead(.group("team"), through: 16, by: "bob")
        }
    }
}

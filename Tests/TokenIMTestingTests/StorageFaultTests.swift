import Testing
import TokenIM
import TokenIMTesting

@Suite("Storage faults")
struct StorageFaultTests {
    private func makeEngine() async throws -> TestEngine {
        let test = try TestEngine()
        try await test.engine.users.create("alice")
        try await test.engine.users.create("bob")
        return test
    }

    private func send(_ text: String, on test: TestEngine) async throws -> Receipt {
        try await test.engine.messages.send(
            .text(text), from: "alice", to: .user("bob"), key: IdempotencyKey(text))
    }

    private func code(_ body: () async throws -> Receipt) async -> IMError.Code? {
        do {
            _ = try await body()
            return nil
        } catch {
            return (error as? IMError)?.code
        }
    }

    @Test(arguments: [StorageFaults.Moment.beforeCommit, .afterCommit])
    func aCrashLeavesOpenWhetherItHappened(moment: StorageFaults.Moment) async throws {
        let test = try await makeEngine()
        test.faults.crash(moment, skipping: 1)
        _ = try await send("1", on: test)
        #expect(!test.faults.hasCrashed)
        #expect(await code { try await send("2", on: test) } == .outcomeUnknown)
        #expect(test.faults.hasCrashed)
        #expect(await code { try await send("3", on: test) } == .outcomeUnknown)

        let again = try TestEngine(reopening: test)
        #expect(!again.faults.hasCrashed)
        #expect(again.engine.head == (moment == .afterCommit ? 4 : 3))
        #expect(try await send("2", on: again).isDuplicate == (moment == .afterCommit))
        #expect(try await !send("3", on: again).isDuplicate)
        #expect(try await again.engine.verify().isSound)
    }

    @Test func aCrashBetweenCommitsLosesWhatWasOnlyInMemory() async throws {
        let test = try await makeEngine()
        _ = try await send("1", on: test)
        let session = try await test.engine.connect("bob", device: "phone")
        for delivery in try session.receive() { session.acknowledge(delivery) }
        test.faults.crashNow()
        let again = try TestEngine(reopening: test)
        let next = try await again.engine.connect("bob", device: "phone")
        #expect(try next.receive().compactMap(\.message?.text) == ["1"])
        #expect(try await again.engine.verify().isSound)
    }

    @Test func aFullDiskRefusesAndGoesOn() async throws {
        let test = try await makeEngine()
        test.faults.isDiskFull = true
        #expect(await code { try await send("1", on: test) } == .storageFull)
        #expect(test.engine.head == 2)
        test.faults.isDiskFull = false
        #expect(try await send("1", on: test).sequence == 1)
        #expect(try await test.engine.verify().isSound)
    }

    @Test func aSlowDiskTakesTime() async throws {
        let test = try await makeEngine()
        let start = test.time.now()
        test.faults.commitDuration = .milliseconds(250)
        _ = try await send("1", on: test)
        #expect(test.time.now() == start.advanced(by: .milliseconds(250)))
        test.faults.clear()
        _ = try await send("2", on: test)
        #expect(test.time.now() == start.advanced(by: .milliseconds(250)))
    }

    @Test func aReopenedEngineIsConfiguredLikeTheOneBefore() async throws {
        let test = try TestEngine { $0.limits.contentBytes = 3 }
        try await test.engine.users.create("alice")
        test.engine.close()
        let again = try TestEngine(reopening: test) { $0.limits.groupMembers = 1 }
        let refusal = await code {
            try await again.engine.messages.send("four", from: "alice", to: .user("alice"), key: "1")
        }
        #expect(refusal == .contentTooLarge)
        #expect(await code { try await again.engine.users.create("bob") } == nil)
        let full = await code { try await again.engine.groups.create("g", owner: "alice", members: ["bob"]) }
        #expect(full == .groupFull)
    }

    @Test func aServerThatCrashesIsOpenedAgain() async throws {
        let test = try await makeEngine()
        let network = SimulatedNetwork(test)
        let laptop = network.device("laptop", of: "alice")
        let phone = network.device("phone", of: "bob")
        // Until the engine has written what the devices' coming brought with it: the next commit is the message's.
        try await network.run(for: .seconds(5))
        test.faults.crash(.afterCommit)
        let hello = laptop.send("hello", to: .user("bob"))
        try await network.run(for: .milliseconds(500))
        #expect(network.isDown && network.crashes == 1 && hello.result == nil)
        #expect(try await network.settle(within: .seconds(30)))
        #expect(!network.isDown && network.crashes == 1)
        #expect(hello.receipt?.isDuplicate == true)
        #expect(phone.texts(of: .direct("alice", "bob")) == ["hello"])
        #expect(try network.discrepancies() == [])
    }

    @Test func aSlowOrFullDiskHoldsUpANetwork() async throws {
        let test = try await makeEngine()
        let network = SimulatedNetwork(test)
        let laptop = network.device("laptop", of: "alice")
        try await network.run(for: .seconds(1))
        test.faults.isDiskFull = true
        let hello = laptop.send("hello", to: .user("bob"))
        try await network.run(for: .seconds(10))
        #expect(hello.result == nil && laptop.isOnline)
        test.faults.isDiskFull = false
        test.faults.commitDuration = .seconds(2)
        #expect(try await network.settle(within: .seconds(30)))
        #expect(hello.receipt?.isDuplicate == false)
    }
}

import Synchronization
import Testing
@testable import TokenIM
import TokenIMTesting

/// The engine with its threads: whatever the order in which things happen, the promises hold.
@Suite struct RuntimeTests {
    private final class Store {
        let directory: TemporaryDirectory
        private(set) var engine: Engine
        private let configuration: Configuration

        init(_ configure: (inout Configuration) -> Void = { _ in }) throws {
            var configuration = Configuration.threadedForTests
            configure(&configuration)
            self.configuration = configuration
            directory = try TemporaryDirectory()
            engine = try Engine(directory: directory.path + "/store", configuration: configuration)
        }

        func reopen() throws {
            engine.close()
            engine = try Engine(directory: directory.path + "/store", configuration: configuration)
        }

        deinit { engine.close() }
    }

    private let members: [UserID] = ["u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7"]

    private func prepare(_ engine: Engine) async throws {
        for user in members { try await engine.users.create(user) }
        try await engine.groups.create("team", owner: members[0], members: Array(members.dropFirst()))
    }

    private func authorOrder(_ entries: [Entry]) -> [UserID: [Int]] {
        var order: [UserID: [Int]] = [:]
        for entry in entries {
            guard let author = entry.author, let text = entry.message?.text, let number = Int(text) else { continue }
            order[author, default: []].append(number)
        }
        return order
    }

    @Test(arguments: [3, 64, 100_000])
    func manyAuthorsAtOnceGetDenseSequencesAndKeepTheirOwnOrder(_ foldEntries: Int) async throws {
        let store = try Store {
            $0.limits.foldEntries = foldEntries
            $0.limits.keyMergeEntries = 100
        }
        let engine = store.engine
        try await prepare(engine)
        let receipts = try await withThrowingTaskGroup(of: [(UserID, String, Receipt)].self) { group in
            for user in members {
                group.addTask {
                    var receipts: [(UserID, String, Receipt)] = []
                    for number in 0..<60 {
                        let receipt = try await engine.say("\(number)", from: user, to: .group("team"))
                        receipts.append((user, "\(number)", receipt))
                    }
                    return receipts
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        for round in 0..<2 {
            let entries = try store.engine.history(of: .group("team"), for: members[3], page: 100)
            #expect(entries.map(\.sequence) == Array(1...UInt64(members.count * 60 + 1)))
            #expect(authorOrder(entries) == Dictionary(uniqueKeysWithValues: members.map { ($0, Array(0..<60)) }))
            for (earlier, later) in zip(entries, entries.dropFirst()) {
                #expect(earlier.position < later.position && earlier.timestamp <= later.timestamp)
            }
            for (user, text, receipt) in receipts {
                let entry = entries[Int(receipt.sequence) - 1]
                #expect(entry.position == receipt.position && entry.timestamp == receipt.timestamp)
                #expect(entry.author == user && entry.message?.text == text)
            }
            #expect(try await store.engine.verify().findings.map(\.description) == [])
            if round == 0 { try store.reopen() }
        }
    }

    @Test func requestsOfOneKeyAtOnceHaveOneEffect() async throws {
        let store = try Store()
        let engine = store.engine
        try await engine.create("alice", "bob")
        let receipts = try await withThrowingTaskGroup(of: Receipt.self) { group in
            for _ in 0..<50 {
                group.addTask { try await engine.say("hi", from: "alice", to: .user("bob"), key: "k") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(receipts.map(\.position)).count == 1)
        #expect(receipts.count { !$0.isDuplicate } == 1)
        #expect(try engine.inbox.total("bob") == 1)
    }

    @Test func closingDuringTrafficLosesNothingThatWasAnswered() async throws {
        for round in 0..<4 {
            let store = try Store { $0.limits.foldEntries = 20 }
            let engine = store.engine
            try await prepare(engine)
            let answered = await withTaskGroup(of: [(UserID, Int, Receipt)].self) { group in
                for user in members {
                    group.addTask {
                        var answered: [(UserID, Int, Receipt)] = []
                        for number in 0..<1_000 {
                            do {
                                let receipt = try await engine.say("\(number)", from: user, to: .group("team"))
                                answered.append((user, number, receipt))
                            } catch {
                                #expect((error as? IMError)?.code == .closed, "\(error)")
                                break
                            }
                            if user == "u0", number == 10 + round * 7 { engine.close() }
                        }
                        return answered
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            try store.reopen()
            let entries = try store.engine.history(of: .group("team"), for: "u1", page: 1_000)
            for (user, number, receipt) in answered {
                let entry = entries[Int(receipt.sequence) - 1]
                #expect(entry.author == user && entry.message?.text == "\(number)")
            }
            for (_, numbers) in authorOrder(entries) { #expect(numbers == Array(0..<numbers.count)) }
            #expect(try await store.engine.verify().findings.map(\.description) == [])
        }
    }

    @Test func sessionsReceiveEverythingOnceWhileSendsFoldsAndReadsRun() async throws {
        let store = try Store {
            $0.limits.foldEntries = 15
            $0.limits.keyMergeEntries = 64
        }
        let engine = store.engine
        try await prepare(engine)
        let (count, members) = (40, members)
        let done = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, user) in members.enumerated() {
                var options = SessionOptions()
                options.window = index % 2 == 0 ? 3 : 200
                let session = try await engine.connect(user, device: "phone", options: options)
                group.addTask {
                    var sequences: [SequenceNumber] = []
                    var last: Position = 0
                    for try await delivery in session.deliveries where delivery.conversation == .group("team") {
                        #expect(delivery.position > last)
                        last = delivery.position
                        sequences.append(delivery.sequence)
                        session.acknowledge(delivery)
                        if sequences.count == members.count * count + 1 { break }
                    }
                    #expect(sequences == Array(1...UInt64(members.count * count + 1)))
                    session.close()
                }
            }
            group.addTask {
                while !done.isOpen {
                    try engine.snapshot { snapshot in
                        let page = try snapshot.history(of: .group("team"), for: "u2", limit: 1_000)
                        #expect(page.entries.map(\.sequence) == Array(1...UInt64(page.entries.count)))
                        let unread = try snapshot.unreadTotal(of: "u7")
                        #expect(unread <= UInt64(members.count * count))
                        #expect(page.entries.allSatisfy { $0.position <= snapshot.head })
                    }
                    await Task.yield()
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { senders in
                for user in members {
                    senders.addTask {
                        for number in 0..<count { try await engine.say("\(number)", from: user, to: .group("team")) }
                    }
                }
                try await senders.waitForAll()
            }
            done.open()
            try await group.waitForAll()
        }
        #expect(try await engine.verify().findings.map(\.description) == [])
    }

    @Test func acknowledgementsOfAllDevicesAreKeptWhenTheEngineCloses() async throws {
        let store = try Store()
        try await prepare(store.engine)
        for number in 0..<20 { try await store.engine.say("\(number)", from: "u0", to: .group("team")) }
        for user in members.dropFirst() {
            let session = try await store.engine.connect(user, device: "phone")
            let deliveries = try session.receive()
            session.acknowledge(deliveries[deliveries.count / 2])
        }
        try store.reopen()
        for user in members.dropFirst() {
            #expect(try await store.engine.connect(user, device: "phone").receive().count == 10)
        }
    }

    @Test func sessionsThatConnectWhileTheEngineClosesAreClosedToo() async throws {
        for _ in 0..<10 {
            let store = try Store()
            let engine = store.engine
            try await prepare(engine)
            await withTaskGroup(of: Void.self) { group in
                for user in members {
                    group.addTask {
                        for number in 0..<50 {
                            guard let session = try? await engine.connect(user, device: .init("d\(number % 3)")) else {
                                return
                            }
                            do {
                                // Ends with an error, now or when the engine closes; never hangs.
                                if number % 4 == 3 { for try await _ in session.deliveries {} }
                            } catch {
                                #expect(
                                    ["closed", "session-replaced"].contains(
                                        (error as? IMError)?.code.name ?? "\(error)"))
                            }
                            if user == "u0", number == 2 { engine.close() }
                        }
                    }
                }
            }
        }
    }

    @Test func aCancelledReceiverEndsAndTheSessionGoesOn() async throws {
        let store = try Store()
        let engine = store.engine
        try await engine.create("alice", "bob")
        let phone = try await engine.connect("bob", device: "phone")
        let started = Gate()
        let receiver = Task {
            var texts: [String] = []
            started.open()
            for try await delivery in phone.deliveries {
                texts.append(delivery.message?.text ?? "")
                phone.acknowledge(delivery)
            }
            return texts
        }
        await started.wait()
        receiver.cancel()
        #expect(try await receiver.value == [])
        try await engine.say("1", from: "alice", to: .user("bob"))
        #expect(try phone.drainTexts() == ["1"])
        let signals = Task {
            var iterator = phone.signals.makeAsyncIterator()
            return try await iterator.next()
        }
        signals.cancel()
        #expect(try await signals.value == nil)
    }

    @Test func closingEndsReceiversThatWait() async throws {
        let store = try Store()
        let engine = store.engine
        try await engine.create("alice", "bob")
        let phone = try await engine.connect("bob", device: "phone")
        let receiver = Task { for try await _ in phone.deliveries {} }
        let signals = Task { for try await _ in phone.signals {} }
        phone.close()
        await expect(.sessionClosed) { try await receiver.value }
        await expect(.sessionClosed) { try await signals.value }
        let tablet = try await engine.connect("bob", device: "tablet")
        let other = Task { for try await _ in tablet.deliveries {} }
        engine.close()
        await expect(.closed) { try await other.value }
    }

    @Test func anEngineThatIsLetGoIsClosed() async throws {
        let directory = try TemporaryDirectory()
        for round in 0..<5 {
            let engine = try Engine(directory: directory.path + "/store", configuration: .threadedForTests)
            try await engine.users.create(try UserID("user-\(round)"))
        }
        let engine = try Engine(directory: directory.path + "/store", configuration: .threadedForTests)
        #expect(try engine.users.list().count == 5)
        engine.close()
    }

    @Test func moreCallersThanMayWaitAreTurnedAwayAndTheOthersAreServedInOrder() async throws {
        let store = try Store {
            $0.limits.mailboxCapacity = 1
            $0.limits.waitingCommands = 2
            // A fold of the engine's own would take the one place.
            $0.limits.foldQuiet = .seconds(3_600)
        }
        let engine = store.engine
        try await engine.create("alice", "bob")
        let (begun, release) = (Gate(), BlockingGate())
        let blocker = Task {
            try await engine.transaction { _ in
                begun.open()
                release.wait()
            }
        }
        await begun.wait()
        // The writer is busy: one command is accepted, two wait, and further ones are refused.
        let results = await withTaskGroup(of: String.self) { group in
            for number in 0..<20 {
                group.addTask {
                    do {
                        try await engine.say("\(number)", from: "alice", to: .user("bob"))
                        return "sent"
                    } catch {
                        return (error as? IMError)?.code.name ?? "\(error)"
                    }
                }
            }
            var results: [String] = []
            for await result in group {
                results.append(result)
                if results.count == 17 { release.open() }
            }
            return results
        }
        try await blocker.value
        #expect(results == Array(repeating: "overloaded", count: 17) + ["sent", "sent", "sent"])
        #expect(try engine.inbox.total("bob") == 3)
    }

    @Test func aCallerThatWaitsOutsideMayTurnBackAndOneThatWasAcceptedMayNot() async throws {
        let store = try Store { $0.limits.mailboxCapacity = 1 }
        let engine = store.engine
        try await engine.create("alice", "bob")
        let (begun, release) = (Gate(), BlockingGate())
        let blocker = Task {
            try await engine.transaction { _ in
                begun.open()
                release.wait()
            }
        }
        await begun.wait()
        let tasks = (0..<4).map { number in
            Task { try await engine.say("\(number)", from: "alice", to: .user("bob")) }
        }
        var refused = 0
        for task in tasks { task.cancel() }
        // Those that wait outside end at once, while the writer is still busy. One may have been accepted before.
        release.open()
        try await blocker.value
        for task in tasks {
            do {
                _ = try await task.value
            } catch {
                #expect((error as? IMError)?.code == .cancelled)
                refused += 1
            }
        }
        #expect(try engine.inbox.total("bob") == UInt64(tasks.count - refused))
    }

    @Test func anAlarmThatIsAskedForWhileAnotherRingsIsNotLost() async throws {
        let box = Mutex<(session: Session, position: Position)?>(nil)
        let test = try TestEngine { configuration in
            configuration.observer = { event in
                // As if another thread acknowledged just while the alarm is folding.
                guard event.kind == .folded, let (session, position) = box.withLock({ $0.take() }) else { return }
                try? session.acknowledge(through: position)
            }
        }
        let engine = test.engine
        try await engine.create("alice", "bob")
        try await engine.say("1", from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        let delivery = try #require(try phone.receive().first)
        // That it has come is written first, and puts off the fold.
        test.time.advance(by: .seconds(1))
        box.withLock { $0 = (phone, delivery.position) }
        let head = engine.head
        test.time.advance(by: .seconds(1))
        #expect(box.withLock { $0 == nil })
        test.time.advance(by: .seconds(1))
        #expect(engine.head == head + 1)
        phone.close()
    }

    @Test func theLastReferenceMayGoAwayOnTheWritersThread() async throws {
        final class Owner: Sendable {
            let engine: Engine
            init(_ engine: Engine) { self.engine = engine }
        }
        let directory = try TemporaryDirectory()
        for round in 0..<20 {
            var opened: Engine?
            // The engine before may still be closing on a thread of its own.
            while opened == nil {
                do {
                    opened = try Engine(directory: directory.path + "/store", configuration: .threadedForTests)
                } catch {
                    try #require(error.code == .alreadyOpen)
                    await Task.yield()
                }
            }
            let owner = Owner(try #require(opened))
            opened = nil
            try await owner.engine.users.create(try UserID("user-\(round)"))
            try await owner.engine.transaction { [owner] _ in _ = owner.engine.head }
        }
    }
}

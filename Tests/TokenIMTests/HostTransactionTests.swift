import Testing
import TokenIM
import TokenIMTesting

@Suite struct HostTransactionTests {
    struct Mishap: Error {}

    private func stage() async throws -> Stage {
        let stage = try Stage { $0.hostTables = ["orders", "notes"] }
        try await stage.engine.create("alice", "bob")
        return stage
    }

    private func get(_ key: String, from table: String, _ engine: Engine) async throws -> [UInt8]? {
        try await engine.transaction { try $0.get(Array(key.utf8), from: table) }
    }

    @Test func commandsAndHostRowsTakeEffectTogether() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let receipts = try await engine.transaction { transaction in
            try transaction.put([1, 2], for: Array("order".utf8), in: "orders")
            let user = try transaction.createUser("carol", Profile(name: "Carol"))
            let group = try transaction.createGroup("team", owner: "carol", members: ["alice"])
            let added = try transaction.add(["bob"], to: "team")
            let sent = try transaction.send("your order", from: "bob", to: .group("team"), key: "order")
            let removed = try transaction.remove("alice", from: "team")
            return [user, group, added, sent, removed]
        }
        #expect(receipts.map(\.position) == [3, 4, 5, 6, 7])
        #expect(receipts.map(\.sequence) == [1, 1, 2, 3, 4])
        #expect(Set(receipts.map(\.timestamp)).count == 1)
        #expect(try engine.users.get("carol")?.profile.name == "Carol")
        #expect(try engine.groups.members(of: "team").map(\.user) == ["bob", "carol"])
        #expect(try engine.texts(of: .group("team"), for: "carol") == ["your order"])
        #expect(try await get("order", from: "orders", engine) == [1, 2])
        #expect(try await get("order", from: "notes", engine) == nil)
    }

    @Test func anErrorUndoesEverything() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.transaction { try $0.put([1], for: [1], in: "orders") }
        let head = engine.head
        await #expect(throws: Mishap.self) {
            try await engine.transaction { transaction in
                try transaction.put([2], for: [1], in: "orders")
                try transaction.put([2], for: [2], in: "notes")
                try transaction.delete([1], from: "orders")
                try transaction.createUser("carol")
                try transaction.createGroup("team", owner: "carol", members: ["alice"])
                try transaction.send("hi", from: "carol", to: .user("bob"), key: "k")
                try transaction.send("hi", from: "alice", to: .group("team"), key: "k")
                throw Mishap()
            }
        }
        #expect(engine.head == head)
        #expect(try engine.users.get("carol") == nil)
        #expect(try engine.groups.get("team") == nil)
        #expect(try engine.inbox.list("bob").isEmpty)
        #expect(try engine.groups.list(of: "alice").isEmpty)
        let rows = try await engine.transaction { [try $0.get([1], from: "orders"), try $0.get([2], from: "notes")] }
        #expect(rows == [[1], nil])
        // The names, the keys and the sequences are free.
        try await engine.create("carol")
        let receipt = try await engine.say("other", from: "alice", to: .user("bob"), key: "k")
        #expect(!receipt.isDuplicate)
        #expect(receipt.sequence == 1)
        try await engine.groups.create("team", owner: "bob")
        #expect(try await engine.verify().findings.map(\.description) == [])
    }

    @Test func aRefusedCommandCanBeSurvived() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let code = try await engine.transaction { transaction -> String? in
            try transaction.send("1", from: "alice", to: .user("bob"), key: "1")
            var code: String?
            do {
                try transaction.send("2", from: "alice", to: .user("nobody"), key: "2")
            } catch {
                code = (error as? IMError)?.code.name
            }
            try transaction.send("3", from: "alice", to: .user("bob"), key: "3")
            return code
        }
        #expect(code == "unknown-user")
        #expect(try engine.texts(of: .direct("alice", "bob"), for: "bob") == ["1", "3"])
    }

    @Test func aRefusalThatIsNotSurvivedIsThrown() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let head = engine.head
        await expect(.unknownUser) {
            try await engine.transaction { transaction in
                try transaction.send("1", from: "alice", to: .user("bob"), key: "1")
                try transaction.send("2", from: "alice", to: .user("nobody"), key: "2")
            }
        }
        #expect(engine.head == head)
    }

    @Test func eachCommandSeesTheOnesBefore() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.transaction { transaction in
            for number in 1...200 {
                let receipt = try transaction.send(
                    .text("\(number)"), from: "alice", to: .user("bob"), key: .init("\(number)"))
                #expect(receipt.sequence == SequenceNumber(number))
            }
            let again = try transaction.send("1", from: "alice", to: .user("bob"), key: "1")
            #expect(again.isDuplicate)
            #expect(again.sequence == 1)
        }
        #expect(try engine.texts(of: .direct("alice", "bob"), for: "bob") == (1...200).map { "\($0)" })
        #expect(try await engine.verify().findings.map(\.description) == [])
    }

    @Test func twoTransactionsInSequenceSeeEachOther() async throws {
        let stage = try await stage()
        let engine = stage.engine
        for round in 0..<10 as Range<UInt8> {
            try await engine.transaction { transaction in
                let count = try transaction.get([0], from: "notes")?.first ?? 0
                #expect(count == round)
                try transaction.put([count + 1], for: [0], in: "notes")
                try transaction.send("hi", from: "alice", to: .user("bob"), key: try .init("\(round)"))
            }
        }
        #expect(try engine.inbox.total("bob") == 10)
    }

    @Test func hostRowsSurviveReopeningAndCrashes() async throws {
        let stage = try await stage()
        try await stage.engine.transaction { transaction in
            try transaction.put([], for: [1], in: "orders")
            try transaction.put(
                [UInt8](repeating: 7, count: 20_000), for: [UInt8](repeating: 1, count: 511), in: "notes")
        }
        let copy = try CrashedStore(stage.test) { $0.hostTables = ["orders", "notes"] }
        try stage.reopen()
        for engine in [copy.engine, stage.engine] {
            let rows = try await engine.transaction { transaction in
                [
                    try transaction.get([1], from: "orders"),
                    try transaction.get(.init(repeating: 1, count: 511), from: "notes"),
                ]
            }
            #expect(rows == [[], [UInt8](repeating: 7, count: 20_000)])
        }
    }

    @Test func aDeletionSaysWhetherThereWasARow() async throws {
        let stage = try await stage()
        let deleted = try await stage.engine.transaction { transaction in
            try transaction.put([1], for: [1], in: "orders")
            return [try transaction.delete([1], from: "orders"), try transaction.delete([1], from: "orders")]
        }
        #expect(deleted == [true, false])
    }

    @Test func keysAndTablesAreChecked() async throws {
        let stage = try await stage()
        let engine = stage.engine
        for key in [[], [UInt8](repeating: 1, count: 512)] {
            await expect(.malformedArgument) { try await engine.transaction { try $0.put([1], for: key, in: "notes") } }
            await expect(.malformedArgument) { try await engine.transaction { _ = try $0.get(key, from: "notes") } }
            await expect(.malformedArgument) { try await engine.transaction { try $0.delete(key, from: "notes") } }
        }
        for table in ["nowhere", "journal", "host.notes", ""] {
            await expect(.notFound) { try await engine.transaction { try $0.put([1], for: [1], in: table) } }
            await expect(.notFound) { try await engine.transaction { _ = try $0.get([1], from: table) } }
            await expect(.notFound) { try await engine.transaction { try $0.delete([1], from: table) } }
        }
    }

    @Test func malformedCommandsAreRefusedInATransactionToo() async throws {
        let stage = try await stage()
        let engine = stage.engine
        await expect(.malformedContent) {
            try await engine.transaction { _ = try $0.send("", from: "alice", to: .user("bob"), key: "1") }
        }
        await expect(.idempotencyConflict) {
            try await engine.transaction { transaction in
                try transaction.send("1", from: "alice", to: .user("bob"), key: "1")
                try transaction.send("2", from: "alice", to: .user("bob"), key: "1")
            }
        }
    }

    @Test func connectedDevicesGetWhatATransactionSentAfterItsCommit() async throws {
        let stage = try await stage()
        let engine = stage.engine
        let phone = try await engine.connect("bob", device: "phone")
        #expect(try phone.drain().isEmpty)
        try await engine.transaction { transaction in
            try transaction.send("1", from: "alice", to: .user("bob"), key: "1")
            #expect(try phone.receive().isEmpty)
            try transaction.createGroup("team", owner: "alice", members: ["bob"])
        }
        #expect(try phone.drain().kinds == [.message, .groupCreated])
    }

    @Test func whatATransactionReadsOutsideIsTheStateBeforeIt() async throws {
        let stage = try await stage()
        let engine = stage.engine
        try await engine.transaction { transaction in
            try transaction.send("1", from: "alice", to: .user("bob"), key: "1")
            try transaction.createUser("carol")
            #expect(try engine.inbox.total("bob") == 0)
            #expect(try engine.inbox.list("bob").isEmpty)
            #expect(try engine.users.get("carol") == nil)
        }
        #expect(try engine.inbox.total("bob") == 1)
    }
}

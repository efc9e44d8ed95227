import Arbitrary
import Testing
@testable import TokenIM
import TokenIMLMDB
import TokenIMTesting

/// Verification finds every row that is not what the journal says, in whichever table.
@Suite struct TamperedStoreTests {
    /// Tables whose rows have no value, or are gone when it comes to verifying.
    static let keysAlone = [
        "mentions", "reactions", "member-changes", "requests-of-users", "chats", "keys", "key-runs",
    ]

    /// A store that has been asked for everything, closed.
    private func store() async throws -> TestEngine {
        let test = try TestEngine { configuration in
            configuration.mapSize = 1 << 26
            configuration.limits.foldEntries = 40
            configuration.limits.keyMergeEntries = 60
        }
        var arbitrary = ArbitraryChange(RandomChoices(SeededGenerator(seed: 3)))
        let names = ArbitraryChange<RandomChoices>.users
        for user in names.dropLast() { try await test.engine.users.create(user) }
        try await test.engine.groups.create("all", owner: names[0], members: Array(names[1...3]))
        try await test.engine.consumers.create("sink", from: .beginning)
        for user in names.dropLast() { try await test.engine.devices.register("phone", of: user) }
        try await test.engine.messages.markRead(.group("all"), through: 1, by: names[1])
        try await test.engine.connect(names[1], device: "tablet").close()
        let consumer = try test.engine.consumers.get("sink")
        if let given = try await consumer.receive().first { try await consumer.reject(given.position) }
        for number in 1...3 { try await test.engine.say("\(number)", from: names[0], to: .user(names[1])) }
        _ = try await test.engine.messages.trim(.direct(names[0], names[1]), through: 2)
        for number in 0..<1_500 {
            let (change, principal) = arbitrary.next(test.time.now())
            _ = try? await test.engine.perform(change, by: principal, key: IdempotencyKey("\(number)"))
            if number % 100 == 99 { test.time.advance(by: .seconds(60)) }
        }
        var policies = GroupPolicies()
        policies.joining = .onApproval
        try await test.engine.groups.create("open", owner: names[0], policies: policies)
        try await test.engine.perform(.requestToJoin("open", text: "please"), by: .user(names[3]))
        test.time.advance(by: .seconds(5))
        test.engine.close()
        return test
    }

    /// Changes a table behind the engine's back and verifies.
    private func findings(
        _ test: TestEngine, _ part: String, _ tables: [String],
        _ change: (Table, borrowing WriteTransaction) throws -> Void, in name: String
    ) async throws -> [Finding] {
        try write("\(test.directory.path)/store/\(part)", tables) { try change($0.table(name), $1) }
        let again = try TestEngine(reopening: test)
        defer { again.engine.close() }
        return try await again.engine.verify().findings
    }

    private func write(
        _ directory: String, _ tables: [String], _ body: (Environment, borrowing WriteTransaction) throws -> Void
    ) throws {
        var options = EnvironmentOptions(tables: tables)
        options.mapSize = 1 << 26
        options.allowsNetworkFileSystem = true
        let environment = try Environment(directory: directory, options: options)
        defer { environment.close() }
        try environment.write { try body(environment, $0) }
    }

    /// Adds a row to each table and takes it away again, then changes a value and changes it back.
    private func tamper(_ part: String, _ tables: [String], besides untouched: [String]) async throws {
        let test = try await store()
        let key = [UInt8](repeating: 0xFE, count: 24)
        let nothing: [UInt8] = []
        for name in tables where !untouched.contains(name) {
            let added = try await findings(
                test, part, tables, { table, transaction in try Self.put(nothing, key, table, transaction) }, in: name)
            #expect(added.contains { $0.place == name && $0.detail.contains("is not in the journal") }, "\(name)")
            var kept: [UInt8]?
            let changed = try await findings(
                test, part, tables,
                { table, transaction in
                    _ = try key.withUnsafeBytes { try transaction.delete(table, key: $0) }
                    let first = try transaction.view.first(table).map { (Array($0.key), Array($0.value)) }
                    guard let (key, value) = first, let last = value.last else { return }
                    kept = value
                    try Self.put(value.dropLast() + [last ^ 1], key, table, transaction)
                }, in: name)
            guard let kept else {
                #expect(Self.keysAlone.contains(name), "\(name) is empty: the store must have a row in it")
                continue
            }
            #expect(changed.contains { $0.place == name && $0.detail.contains("differs") }, "\(name)")
            try write("\(test.directory.path)/store/\(part)", tables) { environment, transaction in
                let table = environment.table(name)
                guard let first = try transaction.view.first(table).map({ Array($0.key) }) else { return }
                try Self.put(kept, first, table, transaction)
            }
        }
    }

    private static func put(
        _ value: [UInt8], _ key: [UInt8], _ table: Table, _ transaction: borrowing WriteTransaction
    ) throws {
        try key.withUnsafeBytes { key in
            try value.withUnsafeBytes { _ = try transaction.put(table, key: key, value: $0) }
        }
    }

    @Test func rowsWrittenWithTheJournalAreCompared() async throws {
        try await tamper("journal", JournalTables.names, besides: ["journal", "store"])
    }

    /// As when a page of the trees is newer than the rest of its file.
    @Test func treesThatAreAheadOfTheirCheckpointAreFoundAtOpening() async throws {
        let test = try await store()
        try write("\(test.directory.path)/store/projections", FoldedTables.names) { environment, transaction in
            let table = environment.table("checkpoint")
            let first = try transaction.view.first(table).map { (key: Array($0.key), value: Array($0.value)) }
            let row = try #require(first)
            let position = row.value.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let earlier = withUnsafeBytes(of: (position - 10).bigEndian) { Array($0) }
            try Self.put(earlier, row.key, table, transaction)
        }
        let error = #expect(throws: IMError.self) { try TestEngine(reopening: test) }
        #expect(error?.code == .corrupt)
    }

    /// The checkpoint is what opening goes by.
    @Test func rowsWrittenByFoldsAreCompared() async throws {
        try await tamper("projections", FoldedTables.names, besides: ["checkpoint"])
    }
}

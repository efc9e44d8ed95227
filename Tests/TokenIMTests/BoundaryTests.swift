import Testing
@testable import TokenIM
import TokenIMLMDB
import TokenIMTesting

/// What holds at the very moment or entry where something ends.
@Suite struct BoundaryTests {
    private func stage() async throws -> Stage {
        let stage = try Stage { $0.mapSize = 1 << 26 }
        for name in ["alice", "bob"] { try await stage.engine.users.create(try UserID(name)) }
        return stage
    }

    @Test func aMessageCanBeRecalledAndEditedUntilTheLastMoment() async throws {
        let stage = try await stage()
        let (engine, chat) = (stage.engine, Conversation.direct("alice", "bob"))
        for number in 1...4 {
            // All at the same distance from the end, whenever the engine says that they were sent.
            let receipt = try await engine.say("\(number)", from: "alice", to: .user("bob"))
            let isEdit = number > 2
            let window = isEdit ? Limits().editWindow : Limits().recallWindow
            let last = receipt.timestamp.advanced(by: window)
            stage.time.jump(to: number % 2 == 1 ? last : last.advanced(by: .microseconds(1)))
            let change: Change =
                isEdit ? .edit(receipt.sequence, in: chat, .text("new")) : .recall(receipt.sequence, in: chat)
            if number % 2 == 1 {
                try await engine.perform(change, by: .user("alice"))
            } else {
                await expect(.tooLate) { try await engine.perform(change, by: .user("alice")) }
            }
        }
    }

    /// Within the first block of positions, at its end, behind it, and at the newest entry.
    @Test(arguments: [false, true]) func unreadIsWhatLiesAboveTheMarker(isFolded: Bool) async throws {
        let stage = try await stage()
        let (engine, chat) = (stage.engine, Conversation.direct("alice", "bob"))
        try await engine.say(1...140, from: "alice", to: .user("bob"))
        for sequence: SequenceNumber in [1, 2, 63, 64, 65, 127, 128, 129, 139, 140] {
            if isFolded { try await engine.fold() }
            try await engine.messages.markRead(chat, through: sequence, by: "bob")
            #expect(try engine.inbox.item("bob", chat)?.unread == 140 - sequence)
        }
    }

    @Test func whoIsTakenOutOfTheAddressBookStaysBlocked() async throws {
        let stage = try await stage()
        let engine = stage.engine
        for change in [Change.setContact("bob", alias: "b"), .block("bob"), .removeContact("bob")] {
            try await engine.perform(change, by: .user("alice"))
        }
        #expect(try engine.users.contacts(of: "alice").isEmpty)
        #expect(try engine.users.blocked(by: "alice") == ["bob"])
        await expect(.blocked) { try await engine.say("hi", from: "bob", to: .user("alice")) }
        try await engine.perform(.setContact("bob"), by: .user("alice"))
        try await engine.perform(.block("bob", isOn: false), by: .user("alice"))
        #expect(try engine.users.contacts(of: "alice").map(\.user) == ["bob"])
    }

    /// A row is damaged that is read when the entry has been written already.
    @Test func aCommandThatFailsHalfWayLeavesNothing() async throws {
        let stage = try await stage()
        let chat = Conversation.direct("alice", "bob")
        try await stage.engine.say(1...2, from: "alice", to: .user("bob"))
        try await stage.engine.perform(.recall(1, in: chat), by: .user("alice"))
        stage.engine.close()
        try shortenCounts(stage.test.directory.path + "/store/journal")
        try stage.reopen()
        let engine = stage.engine
        let head = engine.head
        await expect(.corrupt) { try await engine.perform(.recall(2, in: chat), by: .user("alice"), key: "k") }
        #expect(engine.head == head)
        #expect(try engine.messages.history(of: chat, for: "bob").entries.count == 3)
        try await engine.say("3", from: "alice", to: .user("bob"))
        #expect(engine.head == head + 1)
        #expect(try engine.messages.history(of: chat, for: "bob").entries.last?.message?.text == "3")
    }

    private func shortenCounts(_ directory: String) throws {
        var options = EnvironmentOptions(tables: JournalTables.names)
        options.mapSize = 1 << 26
        options.allowsNetworkFileSystem = true
        let journal = try Environment(directory: directory, options: options)
        defer { journal.close() }
        try journal.write { transaction in
            let table = journal.table("withdrawn")
            var keys: [[UInt8]] = []
            var cursor = try transaction.view.cursor(table)
            var row = try cursor.first()
            while let (key, _) = row {
                keys.append(Array(key))
                row = try cursor.next()
            }
            for key in keys {
                try key.withUnsafeBytes { key in
                    try [UInt8(1)].withUnsafeBytes { _ = try transaction.put(table, key: key, value: $0) }
                }
            }
        }
    }
}

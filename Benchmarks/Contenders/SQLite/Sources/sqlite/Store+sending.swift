import Contender
import GRDB

extension Store {
    /// Stores a message in its conversation unless its key is there, and returns its sequence.
    private static func store(_ message: Message, in database: Database) throws -> Int64 {
        let head = try database.cachedStatement(sql: "SELECT head FROM conversation WHERE id = ?")
        let sequence = try (Int64.fetchOne(head, arguments: [message.conversation]) ?? 0) + 1
        try database.cachedStatement(
            sql: "INSERT INTO idempotencyKey VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        ).execute(arguments: [message.sender, message.key, message.conversation, sequence])
        guard database.changesCount == 1 else { throw Failure.duplicateKey }
        try database.cachedStatement(
            sql: """
                INSERT INTO conversation VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET head = excluded.head, lastTime = excluded.lastTime
                """
        ).execute(arguments: [message.conversation, sequence, message.time])
        try database.cachedStatement(
            sql: "INSERT INTO message VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [message.conversation, sequence, message.sender, message.time, message.body])
        return sequence
    }

    /// A message to one user.
    static func send(_ message: Message, in database: Database) throws {
        let sequence = try store(message, in: database)
        try database.cachedStatement(
            sql: """
                INSERT INTO inbox VALUES (?, ?, 1, ?, ?)
                ON CONFLICT DO UPDATE
                SET unread = unread + 1, lastSequence = excluded.lastSequence, lastTime = excluded.lastTime
                """
        ).execute(arguments: [message.receiver, message.conversation, sequence, message.time])
    }

    /// A message to all who have its conversation.
    static func sendToGroup(_ message: Message, in database: Database) throws {
        let sequence = try store(message, in: database)
        try database.cachedStatement(
            sql: """
                UPDATE inbox SET unread = unread + (user <> ?), lastSequence = ?, lastTime = ?
                WHERE conversation = ?
                """
        ).execute(arguments: [message.sender, sequence, message.time, message.conversation])
    }

    /// Sends until the time is over, so many in each transaction.
    func sendAll(
        _ options: UnsafePointer<options>, batch: UInt64,
        _ send: @Sendable (Database) throws -> Void
    ) throws {
        measure_start(options, 0)
        var now = nanoseconds()
        while !measure_is_over() {
            try database.write { database in
                for _ in 0..<batch { try send(database) }
            }
            now = measure_accepted(batch, now)
        }
        measure_stop()
    }

    /// Makes the first users the members of a group.
    func found(_ group: Int64, members: UInt64) throws {
        try database.write { database in
            for member in 0..<members {
                try database.cachedStatement(
                    sql: "INSERT INTO inbox VALUES (?, ?, 0, 0, 0) ON CONFLICT DO NOTHING"
                ).execute(arguments: [Int64(member), group])
            }
        }
    }
}

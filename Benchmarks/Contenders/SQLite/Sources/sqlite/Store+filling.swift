import Contender
import Foundation
import GRDB

extension Store {
    /// Puts there what is there before.
    func fill(_ options: UnsafePointer<options>) throws {
        let (count, conversations) = (options.pointee.messages, options.pointee.conversations)
        let order = Self.inOrderOfConversations(count, conversations)
        try insert("INSERT INTO message VALUES (?, ?, ?, ?, ?)", order) { index in
            let message = Message.prepared(index, options)
            return [
                message.conversation, Int64(index / conversations) + 1, message.sender, message.time, message.body,
            ]
        }
        try insert("INSERT INTO idempotencyKey VALUES (?, ?, ?, ?)", Self.inOrderOfKeys(options)) { index in
            let message = Message.prepared(index, options)
            return [message.sender, message.key, message.conversation, Int64(index / conversations) + 1]
        }
        try fillConversations(options)
        try database.writeWithoutTransaction { database in
            _ = try database.checkpoint(.truncate)
            try database.execute(sql: "ANALYZE")
        }
    }

    /// Inserts rows that come in the order of their keys: seven of ten, and then the others in between, so that pages
    /// are as full as they are after insertions in no order.
    private func insert(
        _ statement: String, _ indices: [UInt32], _ row: (UInt64) -> StatementArguments
    ) throws {
        for pass in [false, true] {
            for start in stride(from: 0, to: indices.count, by: 100_000) {
                try database.write { database in
                    let statement = try database.cachedStatement(sql: statement)
                    for rank in start..<min(start + 100_000, indices.count) where (rank % 10 >= 7) == pass {
                        try statement.execute(arguments: row(UInt64(indices[rank])))
                    }
                }
            }
        }
    }

    private static func inOrderOfConversations(_ count: UInt64, _ conversations: UInt64) -> [UInt32] {
        var order: [UInt32] = []
        order.reserveCapacity(Int(count))
        for conversation in 0..<min(conversations, count) {
            order += stride(from: conversation, to: count, by: Int(conversations)).map(UInt32.init)
        }
        return order
    }

    private static func inOrderOfKeys(_ options: UnsafePointer<options>) -> [UInt32] {
        struct Key {
            var sender: UInt64
            var key: UInt64
            var index: UInt32
        }
        var keys = (0..<options.pointee.messages).map { index in
            var message = Contender.message()
            traffic_prepared(options, index, &message)
            // The first half tells keys apart nearly always; the order need not be perfect.
            let key = withUnsafeBytes(of: message.key) { $0.loadUnaligned(as: UInt64.self).bigEndian }
            return Key(sender: message.sender, key: key, index: UInt32(index))
        }
        keys.sort { ($0.sender, $0.key) < ($1.sender, $1.key) }
        return keys.map(\.index)
    }

    private func fillConversations(_ options: UnsafePointer<options>) throws {
        let (count, conversations) = (options.pointee.messages, options.pointee.conversations)
        try database.write { database in
            let conversation = try database.cachedStatement(sql: "INSERT INTO conversation VALUES (?, ?, ?)")
            for index in 0..<min(count, conversations) {
                let last = (count - 1 - index) / conversations
                let message = Message.prepared(last * conversations + index, options)
                try conversation.execute(arguments: [message.conversation, Int64(last) + 1, message.time])
            }
            var rows: UInt64 = 0
            let inbox = UnsafeMutableBufferPointer(start: prepared_inbox(options, &rows), count: Int(rows))
            defer { inbox.deallocate() }
            let row = try database.cachedStatement(sql: "INSERT INTO inbox VALUES (?, ?, ?, ?, ?)")
            for unread in inbox {
                try row.execute(
                    arguments: [
                        Int64(unread.user), Int64(unread.conversation), Int64(unread.unread), Int64(unread.sequence),
                        Int64(unread.time),
                    ])
            }
        }
    }
}

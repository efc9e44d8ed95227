import Contender
import Foundation
import GRDB

/// Messages in SQLite, as one would keep them with GRDB: write-ahead log, synced at every commit.
struct Store {
    let database: DatabasePool

    /// Opens the database of a directory, and creates it. Without syncing only to fill it.
    init(_ directory: String, isSynced: Bool = true) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 10000")
        }
        database = try DatabasePool(path: "\(directory)/messages.sqlite", configuration: configuration)
        try Self.migrator.migrate(database)
        // The pool has set NORMAL, with which a power cut takes what has been committed since the last checkpoint.
        try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = \(isSynced ? "FULL" : "OFF")")
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("tables") { database in
            try database.execute(
                sql: """
                    CREATE TABLE conversation (
                        id INTEGER PRIMARY KEY, head INTEGER NOT NULL, lastTime INTEGER NOT NULL);
                    CREATE TABLE message (
                        conversation INTEGER NOT NULL, sequence INTEGER NOT NULL, sender INTEGER NOT NULL,
                        time INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (conversation, sequence)) WITHOUT ROWID;
                    CREATE TABLE idempotencyKey (
                        sender INTEGER NOT NULL, key BLOB NOT NULL, conversation INTEGER NOT NULL,
                        sequence INTEGER NOT NULL, PRIMARY KEY (sender, key)) WITHOUT ROWID;
                    CREATE TABLE inbox (
                        user INTEGER NOT NULL, conversation INTEGER NOT NULL, unread INTEGER NOT NULL,
                        lastSequence INTEGER NOT NULL, lastTime INTEGER NOT NULL,
                        PRIMARY KEY (user, conversation)) WITHOUT ROWID;
                    CREATE INDEX inboxByConversation ON inbox (conversation);
                    CREATE TABLE device (
                        id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, sequence INTEGER NOT NULL);
                    """)
        }
        return migrator
    }
}

/// A message that is to be stored.
struct Message {
    var conversation: Int64
    var sender: Int64
    var receiver: Int64
    var time: Int64
    var key: Data
    var body: Data

    init(_ message: message, bytes: Int) {
        conversation = Int64(message.conversation)
        sender = Int64(message.sender)
        receiver = Int64(message.receiver)
        time = Int64(message.time)
        key = withUnsafeBytes(of: message.key) { Data($0) }
        body = withUnsafePointer(to: message) { Data(bytes: body_of($0), count: bytes) }
    }

    /// The next message of the traffic.
    static func next(bytes: Int) -> Message {
        var next = Contender.message()
        traffic_next(&next)
        return Message(next, bytes: bytes)
    }

    /// A message of what is there before.
    static func prepared(_ index: UInt64, _ options: UnsafePointer<options>) -> Message {
        var prepared = Contender.message()
        traffic_prepared(options, index, &prepared)
        return Message(prepared, bytes: options.pointee.body)
    }
}

enum Failure: Error {
    case duplicateKey
    case onlySoMany(UInt64)
}

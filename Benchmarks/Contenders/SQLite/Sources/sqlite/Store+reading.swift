import Contender
import Foundation
import GRDB

extension Store {
    private static let page = 4_096

    private struct Place {
        var conversation: Int64 = -1
        var sequence: Int64 = 0
    }

    /// A device that has all conversations: takes a page of their messages at a time, and commits where it is.
    func catchUp(_ options: UnsafePointer<options>) throws {
        let wanted = options.pointee.messages
        var place = Place()
        try acknowledge(place)
        var total: UInt64 = 0
        measure_start(options, 0)
        var asked = nanoseconds()
        while total < wanted {
            let page = try messages(after: place)
            guard let last = page.last else { throw Failure.onlySoMany(total) }
            place = Place(conversation: last.conversation, sequence: last.sequence)
            try acknowledge(place)
            total += UInt64(page.count)
            asked = measure_accepted(UInt64(page.count), asked)
        }
        measure_stop()
    }

    private struct StoredMessage {
        var conversation: Int64
        var sequence: Int64
        var sender: Int64
        var time: Int64
        var body: Data
    }

    private func messages(after place: Place) throws -> [StoredMessage] {
        try database.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT conversation, sequence, sender, time, body FROM message
                    WHERE (conversation, sequence) > (?, ?) ORDER BY conversation, sequence LIMIT ?
                    """)
            let rows = try Row.fetchCursor(
                statement, arguments: [place.conversation, place.sequence, Self.page])
            var messages: [StoredMessage] = []
            messages.reserveCapacity(Self.page)
            while let row = try rows.next() {
                messages.append(
                    StoredMessage(conversation: row[0], sequence: row[1], sender: row[2], time: row[3], body: row[4]))
            }
            return messages
        }
    }

    private func acknowledge(_ place: Place) throws {
        try database.write { database in
            try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO device VALUES (1, ?, ?)"
            ).execute(arguments: [place.conversation, place.sequence])
        }
    }
}

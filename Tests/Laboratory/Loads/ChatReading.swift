import TokenIM
import TokenIMLMDB

/// All that can be read from an engine that has carried out a script, as lines to compare.
enum ChatReading {
    static func lines(of engine: Engine) throws -> [String] {
        try engine.snapshot { snapshot in
            var lines = ["epoch \(engine.epoch)", "head \(snapshot.head)"]
            let users = ChatCommand.users
            for user in try snapshot.users() {
                lines.append("\(user.id) \(user.status) \(user.profile.name ?? "")" + moment(user.createdAt))
                for group in try snapshot.groups(of: user.id) {
                    lines.append(" \(group.id) \(group.owner) \(group.memberCount)" + moment(group.createdAt))
                }
                for item in try snapshot.inbox(of: user.id) {
                    lines.append(
                        " \(item.conversation) \(item.unread) \(item.readThrough) \(item.headSequence) "
                            + "\(item.activity) \(item.lastMessage?.position ?? 0)")
                }
                try history(of: .personal(user.id), for: user.id, snapshot, &lines)
                for group in ChatCommand.groups { try history(of: .group(group), for: user.id, snapshot, &lines) }
                for other in users where other >= user.id {
                    try history(of: .direct(user.id, other), for: user.id, snapshot, &lines)
                }
            }
            for user in users {
                guard try snapshot.user(user) != nil else { continue }
                for device in try engine.devices.list(of: user) {
                    lines.append("\(user) \(device.id) \(device.cursor)")
                }
            }
            return lines
        }
    }

    /// The rows that the host has put beside it.
    static func rows(of engine: Engine) async throws -> [String] {
        try await engine.transaction { transaction in
            try (0..<5).map { number in
                let value = try transaction.get([UInt8(number)], from: ChatCommand.hostTable)
                return "row \(number) \(value.map { "\($0.count) \($0.first ?? 0)" } ?? "-")"
            }
        }
    }

    private static func moment(_ timestamp: Timestamp) -> String { "@\(timestamp.microseconds)" }

    /// The same without the moments at which things happened.
    static func withoutMoments(_ lines: [String]) -> [String] {
        lines.map { line in line.utf8.firstIndex(of: UInt8(ascii: "@")).map { String(line[..<$0]) } ?? line }
    }

    /// The first line that is not as it should be, for people.
    static func difference(_ found: [String], _ expected: [String]) -> String {
        let index = zip(found, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(found.count, expected.count)
        let line = { (lines: [String]) in index < lines.count ? lines[index] : "nothing" }
        return "line \(index) is “\(line(found))”, not “\(line(expected))”"
    }

    private static func history(
        of conversation: Conversation, for user: UserID, _ snapshot: borrowing Snapshot, _ lines: inout [String]
    ) throws {
        var after: SequenceNumber = 0
        while true {
            let page: HistoryPage
            do throws(IMError) {
                page = try snapshot.history(of: conversation, for: user, after: after, limit: 1_000)
            } catch {
                guard error.code == .notFound else { throw error }
                return
            }
            for entry in page.entries { lines.append(line(entry)) }
            guard !page.isComplete, let last = page.entries.last else { return }
            after = last.sequence
        }
    }

    private static func line(_ entry: Entry) -> String {
        var line = " \(entry.conversation) \(entry.sequence) \(entry.position) "
        line += "\(entry.kind) \(entry.author?.rawValue ?? "") \(entry.members.map(\.rawValue))"
        if let through = entry.through { line += " \(through)" }
        guard let message = entry.message else { return line + moment(entry.timestamp) }
        var text = message.text
        let sum = text.withUTF8 { CRC32C.checksum(of: UnsafeRawBufferPointer($0)) }
        return line + " \(text.utf8.count) \(sum)" + moment(entry.timestamp)
    }
}

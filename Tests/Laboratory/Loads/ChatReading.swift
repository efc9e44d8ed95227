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
                    if group.owner == user.id { try members(of: group, snapshot, &lines) }
                }
                try inbox(of: user.id, snapshot, &lines)
                try people(of: user.id, snapshot, &lines)
                try history(of: .personal(user.id), for: user.id, snapshot, &lines)
                for group in ChatCommand.groups { try history(of: .group(group), for: user.id, snapshot, &lines) }
                for other in users where other >= user.id {
                    try history(of: .direct(user.id, other), for: user.id, snapshot, &lines)
                }
            }
            for user in users {
                guard try snapshot.user(user) != nil else { continue }
                for device in try engine.devices.list(of: user) {
                    lines.append(
                        "\(user) \(device.id) \(device.cursor) \(device.platform ?? "") \(device.pushToken ?? "")")
                }
            }
            if let consumer = try? engine.consumers.get(ChatCommand.consumer) {
                lines.append("floor \(consumer.floor)")
            }
            return lines
        }
    }

    /// How many lines the host's rows take.
    static let rowCount = 5

    /// The rows that the host has put beside it.
    static func rows(of engine: Engine) async throws -> [String] {
        try await engine.transaction { transaction in
            try (0..<rowCount).map { number in
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

    private static func inbox(
        of user: UserID, _ snapshot: borrowing Snapshot, _ lines: inout [String]
    ) throws {
        for item in try snapshot.inbox(of: user) + snapshot.inbox(of: user, archived: true) {
            let setting = item.setting
            lines.append(
                " \(item.conversation) \(item.unread) \(item.mentions) \(item.readThrough) \(item.headSequence) "
                    + "\(item.activity) \(item.lastMessage?.position ?? 0) \(setting.isPinned) \(setting.isArchived) "
                    + "\(setting.isMarkedUnread) \(setting.mutedUntil != nil) \(setting.draft ?? "")")
        }
        for scheduled in try snapshot.scheduled(by: user) { lines.append(" scheduled \(scheduled.sequence)") }
    }

    private static func people(
        of user: UserID, _ snapshot: borrowing Snapshot, _ lines: inout [String]
    ) throws {
        for contact in try snapshot.contacts(of: user) {
            lines.append(" contact \(contact.user) \(contact.alias ?? "")" + moment(contact.since))
        }
        lines.append(" blocks \(try snapshot.blocked(by: user))")
        for request in try snapshot.joinRequests(of: user, at: ChatLoad.start) {
            lines.append(" request \(request.group) \(request.user) \(request.text)")
        }
    }

    private static func members(
        of group: Group, _ snapshot: borrowing Snapshot, _ lines: inout [String]
    ) throws {
        lines.append("  \(group.isMuted) \(group.announcement?.text ?? "")")
        for member in try snapshot.members(of: group.id) {
            lines.append("  \(member.user) \(member.role) \(member.nickname ?? "") \(member.mutedUntil != nil)")
        }
        for ban in try snapshot.bans(of: group.id) { lines.append("  banned \(ban.user)" + moment(ban.timestamp)) }
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
        line += " \(entry.targets) \(entry.text ?? "") \(entry.isOn.map { "\($0)" } ?? "")"
        line += " \(entry.erasure?.description ?? "") \(entry.role?.description ?? "") \(entry.outcome ?? "")"
        let moments = moment(entry.timestamp) + (entry.until.map { moment($0) } ?? "")
        guard let message = entry.message else { return line + moments }
        var text = message.text
        let sum = text.withUTF8 { CRC32C.checksum(of: UnsafeRawBufferPointer($0)) }
        line += " \(text.utf8.count) \(sum) \(message.content.kind) \(message.content.byteCount)"
        line += " \(message.replyTo ?? 0) \(message.mentions) \(message.mentionsAll) \(message.options.isCounted)"
        line += " \(message.reactions.map { "\($0.reaction)\($0.count)\($0.isMine)" }) \(message.isPinned)"
        line += " \(message.origin?.author?.rawValue ?? "") \(message.editedAt == nil ? "" : "edited")"
        return line + moments + (message.expiresAt.map { moment($0) } ?? "")
            + (message.editedAt.map { moment($0) } ?? "")
    }
}

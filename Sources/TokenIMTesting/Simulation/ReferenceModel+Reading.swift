internal import TokenIM

extension ReferenceModel {
    struct Item {
        var conversation: Conversation
        var lastMessage: Line?
        var unread: UInt64
        var readThrough: SequenceNumber
        var headSequence: SequenceNumber
        var activity: Position
    }

    /// A user's conversations, by recent activity.
    func inbox(_ user: UserID) -> [Item] {
        logs.compactMap { item(user, $0) }.sorted { $0.activity > $1.activity }
    }

    private func item(_ user: UserID, _ log: Log) -> Item? {
        guard log.conversation.kind != .personal, let newest = log.lines.last else { return nil }
        var floor = log.trimmedThrough
        if let group = log.conversation.group {
            guard let membership = membership(user, group), membership.isMember else { return nil }
            floor = max(floor, membership.joined - 1)
        } else if !log.conversation.users.contains(user) {
            return nil
        }
        let marker = marker(user, log.conversation)
        let read = mistake == .unreadIgnoresMarkers ? floor : max(floor, marker)
        let messages = log.lines.filter { $0.kind == .message }
        return Item(
            conversation: log.conversation, lastMessage: messages.last { $0.sequence > floor },
            unread: UInt64(messages.filter { $0.sequence > read }.count), readThrough: marker,
            headSequence: log.head, activity: newest.position)
    }

    /// All of a conversation that a user may read, or nil when that is nothing.
    func history(_ user: UserID, _ conversation: Conversation) -> [Line]? {
        guard let log = log(conversation) else { return nil }
        if let group = conversation.group {
            guard membership(user, group) != nil else { return nil }
        } else if !conversation.users.contains(user) {
            return nil
        }
        return log.lines.filter { $0.sequence > log.trimmedThrough && sees(user, $0.sequence, conversation) }
    }

    /// What may be answered when asked whether an entry has been delivered, and whether it has been read; nil when the
    /// user does not see it.
    func state(
        _ user: UserID, _ sequence: SequenceNumber, _ conversation: Conversation
    ) -> (isDelivered: Set<Bool>, isRead: Bool)? {
        guard let log = log(conversation), sequence >= 1, sequence <= log.head, sees(user, sequence, conversation)
        else { return nil }
        if marker(user, conversation) >= sequence { return ([true], true) }
        let position = log.lines[Int(sequence) - 1].position
        // A device that began behind the entry has never been given it.
        let devices = endpoints.filter { $0.user == user && $0.start < position }
        if devices.contains(where: { $0.durable >= position }) { return ([true], false) }
        if devices.contains(where: { $0.cursor >= position }) { return ([true, false], false) }
        return ([false], false)
    }

    /// Everything above a position that is for a device, in order of positions. What has been trimmed is still there.
    func backlog(_ user: UserID, _ device: DeviceID, above position: Position, withOwn: Bool = false) -> [Line] {
        var found: [Line] = []
        for log in logs {
            for line in log.lines.reversed() {
                if line.position <= position { break }
                let isOwn = line.author == user && line.device == device && mistake != .ownEntriesAreEchoed && !withOwn
                if !isOwn, sees(user, line.sequence, log.conversation) { found.append(line) }
            }
        }
        return found.sorted { $0.position < $1.position }
    }

    func isTrimmed(_ line: Line) -> Bool {
        line.sequence <= log(line.conversation)?.trimmedThrough ?? 0
    }
}

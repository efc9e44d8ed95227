internal import TokenIM

extension ReferenceModel {
    struct Item {
        var conversation: Conversation
        var lastMessage: Line?
        var unread: UInt64
        var mentions: UInt64
        var readThrough: SequenceNumber
        var headSequence: SequenceNumber
        var activity: Position
        var setting: ConversationSetting

        var isUnread: Bool { unread > 0 || setting.isMarkedUnread }
    }

    /// All of a user's conversations: those that are pinned, then the others, each by recent activity.
    func inbox(_ user: UserID) -> [Item] {
        logs.compactMap { item(user, $0) }.sorted { one, other in
            one.setting.isPinned == other.setting.isPinned
                ? one.activity > other.activity : one.setting.isPinned
        }
    }

    func item(_ user: UserID, _ log: Log) -> Item? {
        guard log.conversation.kind != .personal, let newest = log.lines.last, isMember(user, log.conversation) else {
            return nil
        }
        let setting = setting(user, log.conversation)
        let gone = max(log.trimmedThrough, setting.cleared)
        var (floor, shownFrom) = (gone, gone + 1)
        if let window = log.conversation.group.flatMap({ membership(user, $0) })?.windows.last {
            floor = max(floor, window.from - 1)
            shownFrom = max(shownFrom, window.shownFrom)
        }
        let marker = marker(user, log.conversation)
        let read = mistake == .unreadIgnoresMarkers ? floor : max(floor, marker)
        let messages = log.lines.filter { $0.isCounted && !setting.deleted.contains($0.sequence) }
        let unread = messages.filter { line in
            line.sequence > read && (!line.isUnreadable || mistake == .unreadKeepsRecalled)
        }
        let mentions = unread.filter { $0.gone == nil && ($0.mentions.isAll || $0.mentions.users.contains(user)) }
        return Item(
            conversation: log.conversation, lastMessage: messages.last { $0.sequence >= shownFrom },
            unread: UInt64(unread.count), mentions: UInt64(min(mentions.count, limits.countedMentions)),
            readThrough: marker, headSequence: log.head, activity: newest.position, setting: setting.value)
    }

    /// All of a conversation that a user may read, or nil when that is nothing.
    func history(_ user: UserID, _ conversation: Conversation) -> [Line]? {
        guard let log = log(conversation) else { return nil }
        if let group = conversation.group {
            guard membership(user, group) != nil else { return nil }
        } else if !conversation.users.contains(user) {
            return nil
        }
        let setting = setting(user, conversation)
        return log.lines.filter { line in
            line.sequence > max(log.trimmedThrough, setting.cleared) && !setting.deleted.contains(line.sequence)
                && sees(user, line.sequence, conversation, inHistory: true)
        }
    }

    /// Whether a user may ask about a message: it sees it, and its content is there.
    func asksAbout(_ user: UserID, _ line: Line) -> Bool {
        line.isMessage && sees(user, line.sequence, line.conversation, inHistory: true)
    }

    /// The members who have read a message of a group.
    func readers(_ line: Line) -> [UserID] {
        guard let group = line.conversation.group else { return [] }
        return people.map(\.id).filter { user in
            user != line.author && role(user, group) != nil && marker(user, line.conversation) >= line.sequence
                && sees(user, line.sequence, line.conversation, inHistory: true)
        }
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
            let cleared = setting(user, log.conversation).cleared
            for line in log.lines.reversed() {
                if line.position <= position || line.sequence <= cleared { break }
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

// MARK: What an entry looks like

extension ReferenceModel {
    /// Whether an entry is a line as a user gets to see it; nil for the host.
    ///
    /// - Parameter isPresent: whether messages are in their present state, and not as they were sent.
    func matches(_ line: Line, _ entry: Entry, for user: UserID?, isPresent: Bool = false) -> Bool {
        let shown = shown(line, to: user)
        guard entry.position == line.position, entry.conversation == line.conversation,
            entry.sequence == line.sequence, entry.timestamp == line.timestamp, entry.author == shown.author,
            entry.kind == shown.kind, entry.members == shown.members, entry.role == shown.role,
            entry.subject == shown.subject, entry.through == shown.through,
            entry.profile?.exactText == shown.profile?.exactText
        else { return false }
        guard entry.targets == shown.targets, entry.text.bytes == shown.text.bytes, entry.isOn == shown.isOn,
            entry.until == shown.until, entry.erasure == shown.erasure, entry.policies == shown.policies,
            entry.setting == shown.setting, entry.outcome == shown.outcome,
            entry.permissions == shown.permissions
        else { return false }
        guard let message = entry.message else { return shown.content == nil }
        return matches(shown, message, for: user, isPresent: isPresent)
    }

    /// Whether a user is a plain member of a channel, or none any more: those do not see each other.
    func areOthersHidden(from user: UserID, in conversation: Conversation) -> Bool {
        guard let group = conversation.group, circle(group)?.kind == .channel else { return false }
        return membership(user, group).map { $0.role < .admin } ?? true
    }

    /// The last entry that one sees who has been a member; nil for whoever still sees all.
    func departure(of user: UserID, from conversation: Conversation) -> SequenceNumber? {
        conversation.group.flatMap { membership(user, $0)?.windows.last?.through }
    }

    private func shown(_ line: Line, to user: UserID?) -> Line {
        var shown = line
        if let erasure = line.gone {
            shown = Line(
                position: line.position, conversation: line.conversation, sequence: line.sequence,
                timestamp: line.timestamp, author: line.author, device: line.device, kind: .erased)
            shown.erasure = erasure
        }
        // The plain members of a channel do not see each other come and go.
        let kinds: [Entry.Kind] = [
            .groupCreated, .membersAdded, .memberRemoved, .memberLeft, .memberMuted, .banChanged, .nicknameChanged,
            .membersInvited, .reactionChanged,
        ]
        if let user, kinds.contains(shown.kind), areOthersHidden(from: user, in: line.conversation) {
            shown.members = shown.members.filter { $0 == user }
            if shown.author != user { shown.author = nil }
        }
        return shown
    }

    private func matches(_ line: Line, _ message: Message, for user: UserID?, isPresent: Bool) -> Bool {
        // Who is no member any more sees it as it was then, and neither reactions nor pins.
        let departure = user.flatMap { self.departure(of: $0, from: line.conversation) }
        var (content, mentions, editedAt) = (line.content, line.mentions, Timestamp?.none)
        let edit = line.edits.last { $0 <= departure ?? .max }
        if isPresent, line.kind == .message, let edit = edit.flatMap({ self.line($0, line.conversation) }) {
            (content, mentions, editedAt) = (edit.content, edit.mentions, edit.timestamp)
        }
        guard message.content == content, message.replyTo == line.replyTo, message.sender == line.author,
            message.mentions == mentions.users, message.mentionsAll == mentions.isAll,
            message.options == line.options, message.expiresAt == line.expiresAt,
            message.origin?.author == line.originAuthor, message.origin?.timestamp == line.originMoment
        else { return false }
        guard isPresent, line.kind == .message else {
            return message.editedAt == nil && message.reactions.isEmpty && !message.isPinned
        }
        let reactions = departure == nil ? line.reactions : []
        return message.editedAt == editedAt && message.isPinned == (departure == nil && line.isPinned)
            && message.reactions.count == reactions.count
            && zip(message.reactions, reactions).allSatisfy { found, expected in
                found.reaction.utf8.elementsEqual(expected.reaction.utf8) && found.count == expected.users.count
                    && found.isMine == (user.map { expected.users.contains($0) } ?? false)
            }
    }
}

extension String? {
    fileprivate var bytes: [UInt8]? { map { Array($0.utf8) } }
}

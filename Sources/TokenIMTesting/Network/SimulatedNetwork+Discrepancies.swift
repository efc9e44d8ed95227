public import TokenIM

/// What is known of a device without asking it.
struct DeviceLedger {
    /// Where its cursor stood when it was registered: what lies behind that is not delivered to it.
    var floor: Position
    /// The greatest cursor that has been seen since the engine was opened.
    var cursor: Position
    /// What it has caused itself, which is not delivered to it either.
    var caused: Set<Position> = []
}

extension SimulatedNetwork {
    /// Whether every device that wants to be online has got and answered for all that there is.
    var isSettled: Bool {
        guard !isDown else { return false }
        return devices.allSatisfy { device in
            guard device.phase != .offline else { return true }
            guard device.isOnline, device.isIdle, let connection = connections.first(where: { $0.device === device })
            else { return false }
            return connection.number == device.connection && connection.delivered == connection.acknowledged
        }
    }

    func noteCursor(of device: SimulatedDevice) {
        let known = (try? engine.devices.list(of: device.user)) ?? []
        guard let cursor = known.first(where: { $0.id == device.id })?.cursor else { return }
        guard let ledger = device.ledger else {
            device.ledger = DeviceLedger(floor: cursor, cursor: cursor)
            return
        }
        if cursor < ledger.cursor {
            complaints.append("\(device.user)/\(device.id): its cursor went from \(ledger.cursor) back to \(cursor)")
        }
        device.ledger?.cursor = cursor
    }

    func noteCaused(by device: SimulatedDevice, after head: Position) {
        underWay = nil
        guard engine.head > head else { return }
        device.ledger?.caused.formUnion(head + 1...engine.head)
    }

    /// Compares what each device has with what the engine says that its user sees, and returns what is wrong, a line
    /// each: entries that are missing, that are not what the engine has, or that the user may not see; sends that are
    /// not there once, or not in their order; cursors that went back.
    ///
    /// Devices that are offline by their own will are left out. Call it when the network has settled: before that, what
    /// is still on its way is missing.
    ///
    /// - Throws: what reading throws; `closed` while the server is away.
    /// - Cost: reads all that all users see.
    public func discrepancies() throws(IMError) -> [String] {
        let present = devices.filter { $0.phase != .offline }
        var views: [View] = []
        for device in present {
            noteCursor(of: device)
            let personal = try visible(.personal(device.user), to: device.user)
            for conversation in try conversations(of: device) {
                let seen = try visible(conversation, to: device.user)
                let item = conversation.kind == .personal ? nil : try engine.inbox.item(device.user, conversation)
                let told = personal.last { $0.subject == conversation && $0.setting != nil }?.setting
                views.append(View(device: device, conversation: conversation, seen: seen, item: item, told: told))
            }
        }
        // Whoever has left does not see that something was trimmed.
        var trimmed: [Conversation: SequenceNumber] = [:]
        for view in views {
            let through = view.seen.compactMap { $0.kind == .historyTrimmed ? $0.through : nil }.max() ?? 0
            trimmed[view.conversation] = max(trimmed[view.conversation] ?? 0, through)
        }
        return complaints + views.flatMap { $0.differences(trimmedThrough: trimmed[$0.conversation] ?? 0) }
    }

    /// What a device's user may see something of, and what any device has something of.
    private func conversations(of device: SimulatedDevice) throws(IMError) -> [Conversation] {
        var groups = Set(try engine.groups.list(of: device.user).map { Conversation.group($0.id) })
        for other in devices { groups.formUnion(other.log.lines.keys.filter { $0.kind == .group }) }
        var found = [Conversation.personal(device.user)]
        var last: UserID?
        while true {
            let page = try engine.users.list(after: last)
            guard let user = page.last else { break }
            last = user.id
            found += page.map { Conversation.direct(device.user, $0.id) }
        }
        return found + groups.sorted { $0.description < $1.description }
    }

    /// All that a user sees of a conversation.
    private func visible(_ conversation: Conversation, to user: UserID) throws(IMError) -> [Entry] {
        var entries: [Entry] = []
        while true {
            do {
                let page = try engine.messages.history(
                    of: conversation, for: user, after: entries.last?.sequence ?? 0)
                entries += page.entries
                if page.isComplete { return entries }
            } catch {
                if error.code == .notFound || error.code == .unknownUser { return [] }
                throw error
            }
        }
    }
}

/// A conversation as a device has it, and as its user sees it.
private struct View {
    let device: SimulatedDevice
    let conversation: Conversation
    let seen: [Entry]
    /// How its user has it; nil when it is not in there.
    let item: InboxItem?
    /// What its devices were told last of how its user has it.
    let told: ConversationSetting?

    func differences(trimmedThrough: SequenceNumber) -> [String] {
        guard let ledger = device.ledger else { return ["\(device.user)/\(device.id) has never been connected"] }
        let found = twice + missing(ledger) + hidden(ledger, trimmedThrough) + sends(ledger) + amended(ledger) + setting
        return found.map { "\(device.user)/\(device.id), \(conversation): \($0)" }
    }

    /// Whether its user is there and sees all since the first that it sees. Who is away for a while is not told what
    /// becomes of a message meanwhile, and finds it as it is when it looks.
    private var isWhole: Bool {
        guard conversation.kind != .personal else { return true }
        guard let head = item?.headSequence, let first = seen.first else { return false }
        return seen.count == Int(head - first.sequence) + 1
    }

    private var twice: [String] {
        let lines = device.log(of: conversation)
        return zip(lines, lines.dropFirst()).filter { $0.sequence == $1.sequence }.map { "has \($1.sequence) twice" }
    }

    private func missing(_ ledger: DeviceLedger) -> [String] {
        // History shows these in their present state, and a device has them as they were.
        let amended = Set(seen.flatMap(\.targets))
        return seen.filter { $0.position > ledger.floor }.compactMap { entry in
            let isOwn = ledger.caused.contains(entry.position)
            guard let line = device.log.line(entry.sequence, of: conversation) else {
                return isOwn ? nil : "lacks \(entry.sequence), which is a \(entry.kind)"
            }
            let isPlaced = line.position == entry.position && (line.entry != nil || isOwn)
            let isSame = line.entry.map { $0 == entry } ?? (line.isNote || line.content == entry.message?.content)
            // What has been erased since may have been delivered before.
            return isPlaced && (isSame || entry.kind == .erased || !isWhole || amended.contains(entry.sequence))
                ? nil : "has \(entry.sequence) as another entry"
        }
    }

    private func hidden(_ ledger: DeviceLedger, _ trimmedThrough: SequenceNumber) -> [String] {
        let sequences = Set(seen.map(\.sequence))
        return device.log(of: conversation).compactMap { line in
            if line.sequence <= trimmedThrough || sequences.contains(line.sequence) { return nil }
            return ledger.caused.contains(line.position) ? nil : "has \(line.sequence), which its user does not see"
        }
    }

    /// A device that has all there is knows what has become of each message, from what it was delivered and what it has
    /// done itself, as history does.
    private func amended(_ ledger: DeviceLedger) -> [String] {
        guard isWhole, device.isIdle else { return [] }
        var copies: [SequenceNumber: MessageCopy] = [:]
        for entry in seen where entry.position > ledger.floor {
            // What it has done itself it knows without being told.
            let known = device.log.line(entry.sequence, of: conversation)?.entry ?? entry
            if known.kind == .message || known.kind == .erased && entry.kind == .erased {
                copies[entry.sequence] = MessageCopy(known, device.log.line(entry.sequence, of: conversation)?.content)
            }
            for target in known.targets { copies[target]?.apply(known, by: device.user) }
        }
        return seen.compactMap { entry in
            guard let copy = copies[entry.sequence], entry.kind == .message || copy.isMessage else { return nil }
            return copy.matches(entry) ? nil : "takes \(entry.sequence) for \(copy), and it is \(entry)"
        }
    }

    /// The devices of a user were told how it has a conversation. That they have all that they were told is known.
    private var setting: [String] {
        guard let present = item?.setting, let told else { return [] }
        let isSame =
            told.isPinned == present.isPinned && told.isArchived == present.isArchived
            && told.mutedUntil == present.mutedUntil
        return isSame ? [] : ["takes its setting for \(told), and it is \(present)"]
    }

    /// What a device sent has to stand there once, and in the order in which it was sent.
    private func sends(_ ledger: DeviceLedger) -> [String] {
        let sent = device.requests.filter { $0.content != nil }.compactMap(\.receipt)
            .filter { $0.conversation == conversation }
        var found = zip(sent, sent.dropFirst()).filter { $1.sequence <= $0.sequence }
            .map { "has sent \($1.sequence) after \($0.sequence)" }
        let known = Set(device.requests.compactMap(\.receipt).map(\.position))
        // An early copy of a request may arrive after a later one has been refused, and be accepted by then.
        let refused = Set(device.requests.filter { $0.refusal != nil && $0.tries > 1 }.compactMap(\.content))
        guard device.isIdle else { return found }
        found += seen.filter {
            $0.kind == .message && ledger.caused.contains($0.position) && !known.contains($0.position)
                && $0.message.map { !refused.contains($0.content) } ?? true
        }.map { "has caused \($0.sequence) and knows nothing of it" }
        return found
    }
}

/// A message as a device has it, after all that it has heard of it.
private struct MessageCopy: CustomStringConvertible {
    var isMessage: Bool
    var content: Content?
    var isGone: Bool
    var isPinned = false
    var reactions: [String: Set<UserID>] = [:]

    init(_ entry: Entry, _ content: Content?) {
        isMessage = entry.kind == .message || content != nil
        self.content = entry.message == nil ? content : entry.kind == .message ? content ?? entry.message?.content : nil
        isGone = entry.kind == .erased && content == nil
    }

    mutating func apply(_ entry: Entry, by user: UserID) {
        if entry.kind == .edited, let message = entry.message { content = message.content }
        if entry.kind == .withdrawn { isGone = true }
        if entry.kind == .pinChanged { isPinned = entry.isOn == true }
        guard entry.kind == .reactionChanged, let reaction = entry.text, let author = entry.author else { return }
        if entry.isOn == true {
            reactions[reaction, default: []].insert(author)
        } else {
            reactions[reaction]?.remove(author)
        }
    }

    func matches(_ entry: Entry) -> Bool {
        guard let message = entry.message, entry.kind == .message else { return isGone && entry.kind == .erased }
        let counts = reactions.mapValues(\.count).filter { $0.value > 0 }
        let found = Dictionary(uniqueKeysWithValues: message.reactions.map { ($0.reaction, $0.count) })
        return !isGone && content == message.content && isPinned == message.isPinned && counts == found
    }

    var description: String {
        let given = reactions.keys.sorted().map { "\($0) \(reactions[$0]?.count ?? 0)" }
        return "\(content.map { "\($0)" } ?? "nothing"), gone \(isGone), pinned \(isPinned), \(given)"
    }
}

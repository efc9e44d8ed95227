extension Snapshot {
    /// What an entry looks like to those outside.
    func entry(_ entry: JournalEntry) throws -> Entry {
        try self.entry(entry, in: conversation(entry.header.conversation))
    }

    func entry(_ entry: JournalEntry, in conversation: Conversation) throws -> Entry {
        let header = entry.header
        let author = header.author == 0 ? nil : try userID(header.author)
        var parts: EntryParts
        switch entry.event {
        case .message(let body):
            // Most entries are this, and go without the copies that parts cost.
            return Entry(
                position: entry.position, conversation: conversation, sequence: header.sequence,
                timestamp: header.timestamp, author: author, kind: .message,
                message: try message(body, by: author, at: header.timestamp), details: nil)
        case .edited(let target, let body):
            parts = EntryParts(.edited, Details(targets: [target]))
            parts.message = try message(body, by: author, at: header.timestamp)
        case .scheduled(let body, let subject, let moment):
            parts = EntryParts(.scheduled, Details(subject: try self.conversation(subject), until: moment))
            parts.message = try message(body, by: author, at: moment)
        default:
            parts = try self.parts(of: entry.event)
        }
        return Entry(
            position: entry.position, conversation: conversation, sequence: header.sequence,
            timestamp: header.timestamp, author: author, kind: parts.kind, message: parts.message,
            details: parts.details)
    }

    func message(_ body: MessageBody, by author: UserID?, at moment: Timestamp) throws -> Message {
        let replyTo = body.replyTo == 0 ? nil : body.replyTo
        guard let extras = body.extras else { return Message(sender: author, content: body.content, replyTo: replyTo) }
        return Message(
            sender: author, content: body.content, replyTo: replyTo, extras: try self.extras(extras, at: moment))
    }

    private func extras(_ extras: MessageBody.Extras, at moment: Timestamp) throws -> Message.Extras {
        var origin: Origin?
        if let found = extras.origin {
            origin = Origin(author: found.author == 0 ? nil : try userID(found.author), timestamp: found.timestamp)
        }
        let options = MessageOptions(
            isCounted: extras.isCounted, isSilent: extras.isSilent,
            expiresAfter: extras.expiresAfter.map { .microseconds($0) },
            burnsAfterReading: extras.burnsAfter.map { .microseconds($0) })
        return Message.Extras(
            mentions: try ids(extras.mentions), mentionsAll: extras.mentionsAll, origin: origin, options: options,
            expiresAt: options.expiresAfter.map { moment.advanced(by: $0) })
    }

    private func parts(of event: Event) throws -> EntryParts {
        switch event {
        case .message, .edited, .scheduled, .cursorsMoved, .consumerChanged, .deviceAdded, .unchanged:
            return EntryParts(.bookkeeping)
        case .erased(let erasure, _): return EntryParts(.erased, Details(erasure: erasure))
        case .withdrawn(let withdrawals, let erasure):
            return EntryParts(.withdrawn, Details(targets: withdrawals.map(\.sequence), erasure: erasure))
        case .reactionChanged(let target, let reaction, let isOn):
            return EntryParts(.reactionChanged, Details(targets: [target], text: reaction, isOn: isOn))
        case .pinChanged(let target, let isOn):
            return EntryParts(.pinChanged, Details(targets: [target], isOn: isOn))
        case .scheduleEnded(let sequence, let outcome):
            return EntryParts(.scheduleEnded, Details(targets: [sequence], outcome: outcome.name))
        case .group(let change): return try parts(of: change)
        case .person(let change): return try parts(of: change)
        case .setting(let change): return try parts(of: change)
        case .userCreated(_, _, let profile): return EntryParts(.userCreated, Details(profile: profile))
        case .userUpdated(_, let profile): return EntryParts(.userUpdated, Details(profile: profile))
        case .userStatusChanged(_, let status):
            return EntryParts(
                status == .deleted ? .userDeleted : status == .suspended ? .userSuspended : .userReinstated)
        case .groupCreated(let group):
            return EntryParts(
                .groupCreated,
                Details(
                    members: try ids([group.owner] + group.members), profile: group.profile, policies: group.policies))
        case .groupUpdated(let profile): return EntryParts(.groupUpdated, Details(profile: profile))
        case .membersAdded(let users): return EntryParts(.membersAdded, Details(members: try ids(users)))
        case .memberRemoved(let user): return EntryParts(.memberRemoved, Details(members: try ids([user])))
        case .memberLeft(let user): return EntryParts(.memberLeft, Details(members: try ids([user])))
        case .roleChanged(let user, let role):
            return EntryParts(.roleChanged, Details(members: try ids([user]), role: role))
        case .ownershipTransferred(let user):
            return EntryParts(.ownershipTransferred, Details(members: try ids([user]), role: .owner))
        case .groupDissolved: return EntryParts(.groupDissolved)
        case .removedFromGroup(let subject):
            return EntryParts(.removedFromGroup, Details(subject: try conversation(subject)))
        case .readMarkerMoved(let subject, let sequence, _):
            return EntryParts(.readMarkerMoved, Details(subject: try conversation(subject), through: sequence))
        case .historyTrimmed(let through, _): return EntryParts(.historyTrimmed, Details(through: through))
        }
    }

    func ids(_ numbers: [UserNumber]) throws -> [UserID] {
        var ids: [UserID] = []
        ids.reserveCapacity(numbers.count)
        for number in numbers { ids.append(try userID(number)) }
        return ids
    }
}

/// What differs from kind to kind.
struct EntryParts {
    var kind: Entry.Kind
    var message: Message?
    var details: Details?

    init(_ kind: Entry.Kind, _ details: Details? = nil) {
        self.kind = kind
        self.details = details
    }
}

extension ScheduleOutcome {
    var name: String {
        switch self {
        case .sent: "sent"
        case .cancelled: "cancelled"
        case .refused(let number):
            IMError.Code.all.first { $0.number == Int(number) }.map { "refused: \($0.name)" } ?? "refused: \(number)"
        }
    }
}

extension Snapshot {
    /// What an entry looks like to those outside.
    func entry(_ entry: JournalEntry) throws -> Entry {
        try self.entry(entry, in: conversation(entry.header.conversation))
    }

    func entry(_ entry: JournalEntry, in conversation: Conversation) throws -> Entry {
        let header = entry.header
        let author = header.author == 0 ? nil : try userID(header.author)
        var parts = EntryParts(kind: .bookkeeping)
        switch entry.event {
        case .message(let content, let replyTo):
            parts.kind = .message
            parts.message = Message(sender: author, content: content, replyTo: replyTo == 0 ? nil : replyTo)
        default:
            parts = try self.parts(of: entry.event)
        }
        return Entry(
            position: entry.position, conversation: conversation, sequence: header.sequence,
            timestamp: header.timestamp, author: author, kind: parts.kind, message: parts.message,
            members: parts.members, role: parts.role, subject: parts.subject, through: parts.through,
            profile: parts.profile)
    }

    private func parts(of event: Event) throws -> EntryParts {
        switch event {
        case .message, .cursorsMoved, .consumerChanged, .deviceAdded, .unchanged: return EntryParts(kind: .bookkeeping)
        case .erased: return EntryParts(kind: .erased)
        case .userCreated(_, _, let profile): return EntryParts(kind: .userCreated, profile: profile)
        case .userUpdated(_, let profile): return EntryParts(kind: .userUpdated, profile: profile)
        case .userStatusChanged(_, let status):
            let kind: Entry.Kind =
                status == .deleted ? .userDeleted : status == .suspended ? .userSuspended : .userReinstated
            return EntryParts(kind: kind)
        case .groupCreated(_, let profile, let owner, let members):
            return EntryParts(kind: .groupCreated, members: try ids([owner] + members), profile: profile)
        case .groupUpdated(let profile): return EntryParts(kind: .groupUpdated, profile: profile)
        case .membersAdded(let users): return EntryParts(kind: .membersAdded, members: try ids(users))
        case .memberRemoved(let user): return EntryParts(kind: .memberRemoved, members: try ids([user]))
        case .memberLeft(let user): return EntryParts(kind: .memberLeft, members: try ids([user]))
        case .roleChanged(let user, let role):
            return EntryParts(kind: .roleChanged, members: try ids([user]), role: role)
        case .ownershipTransferred(let user):
            return EntryParts(kind: .ownershipTransferred, members: try ids([user]), role: .owner)
        case .groupDissolved: return EntryParts(kind: .groupDissolved)
        case .removedFromGroup(let subject):
            return EntryParts(kind: .removedFromGroup, subject: try conversation(subject))
        case .readMarkerMoved(let subject, let sequence, _):
            return EntryParts(kind: .readMarkerMoved, subject: try conversation(subject), through: sequence)
        case .historyTrimmed(let through, _): return EntryParts(kind: .historyTrimmed, through: through)
        }
    }

    private func ids(_ numbers: [UserNumber]) throws -> [UserID] {
        var ids: [UserID] = []
        for number in numbers { ids.append(try userID(number)) }
        return ids
    }
}

/// What differs from kind to kind.
private struct EntryParts {
    var kind: Entry.Kind
    var message: Message?
    var members: [UserID] = []
    var role: Role?
    var subject: Conversation?
    var through: SequenceNumber?
    var profile: Profile?

    init(
        kind: Entry.Kind, members: [UserID] = [], role: Role? = nil, subject: Conversation? = nil,
        through: SequenceNumber? = nil, profile: Profile? = nil
    ) {
        self.kind = kind
        self.members = members
        self.role = role
        self.subject = subject
        self.through = through
        self.profile = profile
    }
}

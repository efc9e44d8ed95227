extension Snapshot {
    func parts(of change: GroupChange) throws -> EntryParts {
        switch change {
        case .policies(let policies): return EntryParts(.policiesChanged, Details(policies: policies))
        case .memberMuted(let user, let until):
            return EntryParts(
                .memberMuted, Details(members: try ids([user]), isOn: until != nil, until: until))
        case .allMuted(let isOn): return EntryParts(.allMuted, Details(isOn: isOn))
        case .banChanged(let user, let isOn):
            return EntryParts(.banChanged, Details(members: try ids([user]), isOn: isOn))
        case .nicknameChanged(let user, let nickname):
            return EntryParts(.nicknameChanged, Details(members: try ids([user]), text: nickname))
        case .announced(let text): return EntryParts(.announced, Details(text: text))
        case .invited(let users, let text, let until, _):
            return EntryParts(.membersInvited, Details(members: try ids(users), text: text, until: until))
        case .invitation(let group, let text, let until):
            return EntryParts(.invited, Details(subject: try conversation(group), text: text, until: until))
        case .requested(let group, let user, let text, let until):
            return EntryParts(
                .joinRequested,
                Details(members: try ids([user]), subject: try conversation(group), text: text, until: until))
        case .requestEnded(let group, let user, let outcome):
            return EntryParts(
                .joinRequestEnded,
                Details(members: try ids([user]), subject: try conversation(group), outcome: outcome.name))
        }
    }

    /// What an entry looks like to one of those who see it: the plain members of a channel do not see each other come,
    /// go and react.
    func entry(_ entry: JournalEntry, in conversation: Conversation, for reader: UserNumber) throws -> Entry {
        let found = try self.entry(entry, in: conversation)
        guard entry.event.tellsOfMembers, try areMembersHidden(in: entry.header.conversation, from: reader) else {
            return found
        }
        return found.withoutOthers(than: try userID(reader))
    }

    /// Whether a reader may not know who the members of a conversation are.
    func areMembersHidden(in number: ConversationNumber, from reader: UserNumber) throws -> Bool {
        guard number.kind == .group, let record = try written.group(number), record.kind == .channel else {
            return false
        }
        return try written.membership(of: reader, in: number).map { $0.role < .admin } ?? true
    }
}

extension Event {
    fileprivate var tellsOfMembers: Bool {
        switch self {
        case .groupCreated, .membersAdded, .memberRemoved, .memberLeft, .reactionChanged: true
        case .group(.memberMuted), .group(.banChanged), .group(.nicknameChanged), .group(.invited): true
        default: false
        }
    }
}

extension Entry {
    /// The same without the names of others: neither among those whom it is about nor as the one who caused it.
    fileprivate func withoutOthers(than reader: UserID) -> Entry {
        let shown = Details(
            members: members.filter { $0 == reader }, role: role, profile: profile, targets: targets, text: text,
            isOn: isOn, until: until, policies: policies)
        return Entry(
            position: position, conversation: conversation, sequence: sequence, timestamp: timestamp,
            author: author == reader ? author : nil, kind: kind, message: message, details: shown)
    }
}

extension Entry.Kind {
    /// The group has new ``Entry/policies``.
    public static let policiesChanged = Entry.Kind(description: "policies-changed")
    /// ``Entry/members`` may not speak ``Entry/until`` a moment; or may again, when ``Entry/isOn`` is false.
    public static let memberMuted = Entry.Kind(description: "member-muted")
    /// Only admins and the owner may speak; or all may again, when ``Entry/isOn`` is false.
    public static let allMuted = Entry.Kind(description: "all-muted")
    /// ``Entry/members`` may not come back to the group; or may again, when ``Entry/isOn`` is false.
    public static let banChanged = Entry.Kind(description: "ban-changed")
    /// ``Entry/members`` is called ``Entry/text`` in this group, or as everywhere when that is nil.
    public static let nicknameChanged = Entry.Kind(description: "nickname-changed")
    /// The group announces ``Entry/text``, or nothing any more when that is nil.
    public static let announced = Entry.Kind(description: "announced")
    /// ``Entry/members`` were invited, with the words ``Entry/text``.
    public static let membersInvited = Entry.Kind(description: "members-invited")
    /// In the personal conversation: ``Entry/author`` invites this user to ``Entry/subject``, ``Entry/until`` a moment.
    public static let invited = Entry.Kind(description: "invited")
    /// In the personal conversation of the one who asks and of those who may answer: ``Entry/members`` asks to join
    /// ``Entry/subject``, with the words ``Entry/text``.
    public static let joinRequested = Entry.Kind(description: "join-requested")
    /// In the personal conversation: the request of ``Entry/members`` to join ``Entry/subject``, or the invitation to
    /// it, was approved, rejected, withdrawn, accepted, declined or has expired, as ``Entry/outcome`` says.
    public static let joinRequestEnded = Entry.Kind(description: "join-request-ended")
}

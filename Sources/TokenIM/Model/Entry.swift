/// One immutable fact of the journal.
public struct Entry: Hashable, Sendable {
    /// What an entry says. More kinds may come; leave alone the ones that you do not know.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        public static let message = Kind(description: "message")
        public static let userCreated = Kind(description: "user-created")
        public static let userUpdated = Kind(description: "user-updated")
        public static let userSuspended = Kind(description: "user-suspended")
        public static let userReinstated = Kind(description: "user-reinstated")
        public static let userDeleted = Kind(description: "user-deleted")
        public static let groupCreated = Kind(description: "group-created")
        public static let groupUpdated = Kind(description: "group-updated")
        public static let membersAdded = Kind(description: "members-added")
        public static let memberRemoved = Kind(description: "member-removed")
        public static let memberLeft = Kind(description: "member-left")
        public static let roleChanged = Kind(description: "role-changed")
        public static let ownershipTransferred = Kind(description: "ownership-transferred")
        public static let groupDissolved = Kind(description: "group-dissolved")
        /// In the personal conversation: this user is no longer a member of ``Entry/subject``.
        public static let removedFromGroup = Kind(description: "removed-from-group")
        /// In the personal conversation: this user has read ``Entry/subject`` through ``Entry/through``.
        public static let readMarkerMoved = Kind(description: "read-marker-moved")
        /// The host trimmed the conversation: entries up to ``Entry/through`` are gone.
        public static let historyTrimmed = Kind(description: "history-trimmed")
        /// What the engine notes for itself; never delivered.
        public static let bookkeeping = Kind(description: "bookkeeping")
        /// An entry whose content has been erased; its place remains. ``Entry/erasure`` says why.
        public static let erased = Kind(description: "erased")
        /// ``Entry/targets`` have a new content, ``Entry/message``.
        public static let edited = Kind(description: "edited")
        /// The content of ``Entry/targets`` is gone: recalled, expired, burned.
        public static let withdrawn = Kind(description: "withdrawn")
        /// ``Entry/author`` gave ``Entry/targets`` the reaction ``Entry/text``, or took it back.
        public static let reactionChanged = Kind(description: "reaction-changed")
        /// ``Entry/targets`` were pinned, or unpinned.
        public static let pinChanged = Kind(description: "pin-changed")
        /// In the personal conversation: ``Entry/message`` will be sent to ``Entry/subject`` at ``Entry/until``.
        public static let scheduled = Kind(description: "scheduled")
        /// In the personal conversation: what became of the scheduled message ``Entry/targets``, in
        /// ``Entry/outcome``.
        public static let scheduleEnded = Kind(description: "schedule-ended")
    }

    // One word to copy: an entry of a group goes to each of its sessions.
    private let fields: Fields

    init(
        position: Position, conversation: Conversation, sequence: SequenceNumber, timestamp: Timestamp,
        author: UserID?, kind: Kind, message: Message?, details: Details?
    ) {
        fields = Fields(
            position: position, conversation: conversation, sequence: sequence, timestamp: timestamp, author: author,
            kind: kind, message: message, details: details)
    }

    public var position: Position { fields.position }
    public var conversation: Conversation { fields.conversation }
    public var sequence: SequenceNumber { fields.sequence }
    public var timestamp: Timestamp { fields.timestamp }
    /// The user who caused it; nil for the host and for the engine itself.
    public var author: UserID? { fields.author }
    public var kind: Kind { fields.kind }
    /// The message, when it is one; the new one, when it is an edit or a scheduled message.
    public var message: Message? { fields.message }
    var details: Details? { fields.details }

    /// The members that it is about: added, removed, given a role.
    public var members: [UserID] { details?.members ?? [] }
    /// The role that was given.
    public var role: Role? { details?.role }
    /// The conversation that it is about, when that is not its own.
    public var subject: Conversation? { details?.subject }
    /// The sequence that it is about: read, trimmed or cleared through.
    public var through: SequenceNumber? { details?.through }
    /// The new profile of the user or group that it is about.
    public var profile: Profile? { details?.profile }
    /// The entries that it is about: edited, recalled, expired, reacted to, pinned.
    public var targets: [SequenceNumber] { details?.targets ?? [] }
    /// What it says in words: a reaction, an announcement, a nickname, why someone asks to join.
    public var text: String? { details?.text }
    /// Whether something was put on or taken off: a reaction, a pin, a block, a mute.
    public var isOn: Bool? { details?.isOn }
    /// Until when, or for when.
    public var until: Timestamp? { details?.until }
    /// Why content is gone: of this entry when it is ``Kind/erased``, of ``targets`` when it is ``Kind/withdrawn``.
    public var erasure: Erasure? { details?.erasure }
    /// The group's new policies.
    public var policies: GroupPolicies? { details?.policies }
    /// What was set for ``subject`` in this user's inbox.
    public var setting: ConversationSetting? { details?.setting }
    /// What the host lets this user do.
    public var permissions: Permissions? { details?.permissions }
    /// How a request, an invitation or a scheduled message ended.
    public var outcome: String? { details?.outcome }
}

extension Entry {
    private final class Fields: Hashable, Sendable {
        let position: Position
        let conversation: Conversation
        let sequence: SequenceNumber
        let timestamp: Timestamp
        let author: UserID?
        let kind: Kind
        let message: Message?
        // Messages, which are most entries, have none of this, so it costs them one word.
        let details: Details?

        init(
            position: Position, conversation: Conversation, sequence: SequenceNumber, timestamp: Timestamp,
            author: UserID?, kind: Kind, message: Message?, details: Details?
        ) {
            self.position = position
            self.conversation = conversation
            self.sequence = sequence
            self.timestamp = timestamp
            self.author = author
            self.kind = kind
            self.message = message
            self.details = details
        }

        static func == (left: Fields, right: Fields) -> Bool {
            left.position == right.position && left.conversation == right.conversation
                && left.sequence == right.sequence && left.timestamp == right.timestamp
                && left.author == right.author && left.kind == right.kind && left.message == right.message
                && left.details == right.details
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(position)
            hasher.combine(conversation)
            hasher.combine(message)
        }
    }
}

/// What differs from kind to kind.
final class Details: Hashable, Sendable {
    let members: [UserID]
    let role: Role?
    let subject: Conversation?
    let through: SequenceNumber?
    let profile: Profile?
    let targets: [SequenceNumber]
    let text: String?
    let isOn: Bool?
    let until: Timestamp?
    let erasure: Erasure?
    let policies: GroupPolicies?
    let setting: ConversationSetting?
    let outcome: String?
    let permissions: Permissions?

    init(
        members: [UserID] = [], role: Role? = nil, subject: Conversation? = nil, through: SequenceNumber? = nil,
        profile: Profile? = nil, targets: [SequenceNumber] = [], text: String? = nil, isOn: Bool? = nil,
        until: Timestamp? = nil, erasure: Erasure? = nil, policies: GroupPolicies? = nil,
        setting: ConversationSetting? = nil, outcome: String? = nil, permissions: Permissions? = nil
    ) {
        self.members = members
        self.role = role
        self.subject = subject
        self.through = through
        self.profile = profile
        self.targets = targets
        self.text = text
        self.isOn = isOn
        self.until = until
        self.erasure = erasure
        self.policies = policies
        self.setting = setting
        self.outcome = outcome
        self.permissions = permissions
    }

    static func == (left: Details, right: Details) -> Bool {
        left.members == right.members && left.role == right.role && left.subject == right.subject
            && left.through == right.through && left.profile == right.profile && left.targets == right.targets
            && left.text == right.text && left.isOn == right.isOn && left.until == right.until
            && left.erasure == right.erasure && left.policies == right.policies && left.setting == right.setting
            && left.outcome == right.outcome && left.permissions == right.permissions
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(members)
        hasher.combine(subject)
        hasher.combine(targets)
    }
}

/// An entry handed to a session, or the notice of entries that can no longer be handed over.
public struct Delivery: Hashable, Sendable {
    private enum Value: Hashable {
        case entry(Entry)
        indirect case gap(Gap, Conversation, Position)
    }

    private let value: Value

    init(_ entry: Entry) {
        value = .entry(entry)
    }

    init(_ gap: Gap, of conversation: Conversation, at position: Position) {
        value = .gap(gap, conversation, position)
    }

    /// What to acknowledge: everything up to here.
    public var position: Position {
        switch value {
        case .entry(let entry): entry.position
        case .gap(_, _, let position): position
        }
    }

    public var conversation: Conversation {
        switch value {
        case .entry(let entry): entry.conversation
        case .gap(_, let conversation, _): conversation
        }
    }

    /// The entry; nil when this is a gap.
    public var entry: Entry? {
        if case .entry(let entry) = value { entry } else { nil }
    }

    /// The entries that were trimmed before this device had acknowledged them; nil when this is an entry.
    public var gap: Gap? {
        if case .gap(let gap, _, _) = value { gap } else { nil }
    }

    /// The message, when the entry is one.
    public var message: Message? { entry?.message }
    public var sequence: SequenceNumber { entry?.sequence ?? gap?.through ?? 0 }
    public var timestamp: Timestamp? { entry?.timestamp }
}

/// Entries that a device missed for good, because the host had them trimmed.
public struct Gap: Hashable, Sendable {
    public let from: SequenceNumber
    public let through: SequenceNumber
}

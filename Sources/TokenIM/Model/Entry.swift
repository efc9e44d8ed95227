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
        /// An entry whose content has been erased; its place remains.
        public static let erased = Kind(description: "erased")
    }

    public let position: Position
    public let conversation: Conversation
    public let sequence: SequenceNumber
    public let timestamp: Timestamp
    /// The user who caused it; nil for the host.
    public let author: UserID?
    public let kind: Kind
    /// The message, when it is one.
    public let message: Message?
    /// The members that it is about: added, removed, given a role.
    public let members: [UserID]
    /// The role that was given.
    public let role: Role?
    /// The conversation that it is about, when that is not its own.
    public let subject: Conversation?
    /// The sequence that it is about: read or trimmed through.
    public let through: SequenceNumber?
    /// The new profile of the user or group that it is about.
    public let profile: Profile?
}

/// An entry handed to a session, or the notice of entries that can no longer be handed over.
public struct Delivery: Hashable, Sendable {
    /// What to acknowledge: everything up to here.
    public let position: Position
    public let conversation: Conversation
    /// The entry; nil when this is a gap.
    public let entry: Entry?
    /// The entries that were trimmed before this device had acknowledged them; nil when this is an entry.
    public let gap: Gap?

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

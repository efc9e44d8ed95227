/// A conversation as one of its users sees it in a list.
public struct InboxItem: Sendable {
    public let conversation: Conversation
    /// The newest message that this user's present membership sees and that it has not deleted for itself, in its
    /// present state: ``Entry/Kind/erased`` when it was taken back. Nil when there is none.
    public let lastMessage: Entry?
    /// Messages of others above ``readThrough``, derived from the journal each time.
    public let unread: UInt64
    /// How many of them mention this user or everybody: up to `Limits.countedMentions`.
    public let mentions: UInt64
    /// How far this user has read: its marker, or what it sent last.
    public let readThrough: SequenceNumber
    /// The newest entry.
    public let headSequence: SequenceNumber
    /// Where the newest entry stands in the journal.
    public let activity: Position
    /// How this user has the conversation, as far as it still holds.
    public let setting: ConversationSetting
    /// What the inbox is ordered by, from the greatest on, and how a list is continued behind this item.
    public let place: InboxPlace
}

/// A place in an inbox: those of pinned conversations are greater than the others.
public struct InboxPlace: Hashable, Comparable, Sendable {
    /// The place as a number, to be kept or sent.
    public let rawValue: UInt64

    private static let pinned: UInt64 = 1 << 63

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    init(isPinned: Bool, activity: Position) {
        rawValue = activity | (isPinned ? Self.pinned : 0)
    }

    public static func < (left: InboxPlace, right: InboxPlace) -> Bool { left.rawValue < right.rawValue }
}

/// What became of a user's inbox since a position.
public struct InboxChanges: Sendable {
    /// The conversations in which something happened or whose markers or settings changed, as they are now, archived
    /// and hidden ones too: the longest unchanged first.
    public let items: [InboxItem]
    /// The groups that the user is no longer a member of.
    public let gone: [Conversation]
    /// Where to ask from the next time.
    public let position: Position
    /// Whether that is all; otherwise ask again at once.
    public let isComplete: Bool
}

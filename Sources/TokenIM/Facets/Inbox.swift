import TokenIMLMDB

/// A user's conversations at a glance.
public struct Inbox: Sendable {
    let engine: Engine

    /// The conversations of a user: those that are pinned, then the others, each by recent activity.
    ///
    /// - Parameters:
    ///   - archived: lists those that the user put away, instead of the others. Hidden ones are in neither list.
    ///   - onlyUnread: leaves out what has been read and is not marked as unread.
    ///   - place: continues a list: the ``InboxItem/place`` of its last item. What moves up between two pages is not on
    ///     the later one: ``changes(of:since:limit:)``, asked from the head that there was before the first page, has
    ///     it.
    /// - Throws: `unknown-user`; `malformed-argument`, `request-too-large` for the limit.
    /// - Cost: one row for each conversation of the user and for each setting, and a few for each item of the page.
    public func list(
        _ user: UserID, archived: Bool = false, onlyUnread: Bool = false, after place: InboxPlace? = nil,
        limit: Int? = nil
    ) throws(IMError) -> [InboxItem] {
        try IMError.mapping {
            try engine.core.snapshot().inbox(
                of: user, archived: archived, onlyUnread: onlyUnread, after: place, limit: limit)
        }
    }

    /// One conversation of a user's inbox, also when it is archived or hidden; nil when it is not in there.
    public func item(_ user: UserID, _ conversation: Conversation) throws(IMError) -> InboxItem? {
        try IMError.mapping { try engine.core.snapshot().inboxItem(of: user, conversation) }
    }

    /// The unread messages in all the conversations of a list: what a badge shows. One that is only marked as unread
    /// adds nothing.
    ///
    /// - Parameters:
    ///   - archived: counts those of the archived conversations, instead of the others.
    ///   - withMuted: whether conversations that are muted now count too.
    /// - Cost: one row for each conversation of the user and for each setting.
    public func total(
        _ user: UserID, archived: Bool = false, withMuted: Bool = true
    ) throws(IMError) -> UInt64 {
        try IMError.mapping {
            try engine.core.snapshot().unreadTotal(
                of: user, archived: archived, withoutMutedAt: withMuted ? nil : engine.time.now())
        }
    }

    /// What became of a user's inbox since a position: for a client that keeps it and only wants what is new.
    ///
    /// - Parameter position: ``InboxChanges/position`` of the last answer; 0 for the whole inbox. Positions belong to
    ///   an ``Engine/epoch``.
    /// - Throws: `unknown-user`; `malformed-argument` for a position above the head; `malformed-argument`,
    ///   `request-too-large` for the limit.
    /// - Cost: one row for each conversation of the user and for each entry of its personal conversation since then, of
    ///   which one call looks at `Limits.pageSize`; a few for each item.
    public func changes(
        of user: UserID, since position: Position, limit: Int? = nil
    ) throws(IMError) -> InboxChanges {
        try IMError.mapping { try engine.core.snapshot().inboxChanges(of: user, since: position, limit: limit) }
    }
}

extension Engine {
    /// Users, with the host's rights.
    public var users: Users { Users(engine: self) }
    /// Groups, with the host's rights.
    public var groups: Groups { Groups(engine: self, actor: .host) }
    public var messages: Messages { Messages(engine: self) }
    public var inbox: Inbox { Inbox(engine: self) }
    public var presence: Presence { Presence(engine: self) }
    public var devices: Devices { Devices(engine: self) }
    public var consumers: Consumers { Consumers(engine: self) }

    /// Lends a consistent view of one moment for several questions. Keep it short, and do not wait in it.
    public func snapshot<Result>(_ body: (borrowing Snapshot) throws -> Result) throws -> Result {
        try body(try IMError.mapping { try core.snapshot() })
    }
}

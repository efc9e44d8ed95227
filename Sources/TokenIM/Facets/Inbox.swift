import TokenIMLMDB

/// A user's conversations at a glance.
public struct Inbox: Sendable {
    let engine: Engine

    /// The conversations of a user, by recent activity, with the last message and the unread count of each.
    ///
    /// - Parameter before: continues a list: the ``InboxItem/activity`` of its last item.
    /// - Cost: one row for each conversation of the user, and one for each item of the page.
    public func list(
        _ user: UserID, before: Position? = nil, onlyUnread: Bool = false, limit: Int? = nil
    ) throws(IMError) -> [InboxItem] {
        try IMError.mapping {
            try engine.core.snapshot().inbox(of: user, before: before, onlyUnread: onlyUnread, limit: limit)
        }
    }

    /// One conversation of a user's inbox; nil when it is not in there.
    public func item(_ user: UserID, _ conversation: Conversation) throws(IMError) -> InboxItem? {
        try IMError.mapping { try engine.core.snapshot().inboxItem(of: user, conversation) }
    }

    /// All unread messages of a user.
    public func total(_ user: UserID) throws(IMError) -> UInt64 {
        try IMError.mapping { try engine.core.snapshot().unreadTotal(of: user) }
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

/// How a user has a conversation in its inbox. Its devices share it.
public struct ConversationSetting: Hashable, Sendable {
    /// Stands before the others.
    public var isPinned = false
    /// No push until then; nil when not muted, `Timestamp.distantFuture` for as long as it is not changed. Counts are
    /// as without it. Once that moment has passed it says nothing any more: see ``isMuted(at:)``.
    public var mutedUntil: Timestamp?
    /// Put away: listed only when asked for, also when something new comes.
    public var isArchived = false
    /// Taken out of the list until the next message comes.
    public var isHidden = false
    /// A text that was begun and not sent: at most `Limits.contentBytes` of UTF-8.
    public var draft: String?
    /// Shown as unread although it was read; ends with the next reading, and with the next message of one's own.
    public var isMarkedUnread = false

    public init() {}

    public func isMuted(at moment: Timestamp) -> Bool {
        mutedUntil.map { $0 > moment } ?? false
    }
}

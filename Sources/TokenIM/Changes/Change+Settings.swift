/// What a user changes about a conversation for itself alone. All of its devices learn of it; nobody else does.
///
/// The host cannot ask for these as itself (`malformed-argument`), only by a user. They throw `not-found` for a
/// conversation that the user is not in, and `malformed-argument` for a personal one. Asking for what is so already
/// succeeds and changes nothing.
extension Change {
    /// Puts a conversation before those that are not pinned, or takes it back from there.
    public static func pinConversation(_ conversation: Conversation, isOn: Bool = true) -> Change {
        Change(action: .setting(.pin(conversation, isOn: isOn)))
    }

    /// Asks for no push notifications of a conversation. Counts and deliveries stay as they are.
    ///
    /// - Parameter moment: until when; nil, or a moment that has passed, ends it.
    public static func muteConversation(
        _ conversation: Conversation, until moment: Timestamp? = .distantFuture
    ) -> Change {
        Change(action: .setting(.mute(conversation, until: moment)))
    }

    /// Puts a conversation away: ``Inbox/list(_:archived:onlyUnread:after:limit:)`` has it only when it is asked for
    /// the archived ones. It stays there when something new comes.
    public static func archive(_ conversation: Conversation, isOn: Bool = true) -> Change {
        Change(action: .setting(.archive(conversation, isOn: isOn)))
    }

    /// Takes a conversation out of the list until the next message comes, whoever sends it.
    public static func hide(_ conversation: Conversation, isOn: Bool = true) -> Change {
        Change(action: .setting(.hide(conversation, isOn: isOn)))
    }

    /// Shows a conversation as unread although it was read. The unread count stays as it is.
    ///
    /// Ends with the next ``Messages/markRead(_:through:by:key:)``, also when that moves no marker, and with the next
    /// message of one's own in it.
    public static func markUnread(_ conversation: Conversation, isOn: Bool = true) -> Change {
        Change(action: .setting(.markUnread(conversation, isOn: isOn)))
    }

    /// Keeps a text that was begun and not sent, for the user's other devices. The store keeps only the newest.
    ///
    /// - Parameter text: nil or nothing when there is no draft any more.
    /// - Throws: `content-too-large` beyond `Limits.contentBytes` of UTF-8.
    public static func setDraft(_ text: String?, in conversation: Conversation) -> Change {
        Change(action: .setting(.draft(text, in: conversation)))
    }

    /// Takes the beginning of a conversation out of this user's sight: history, counts and the user's devices leave out
    /// the entries up to a sequence from now on. The others keep them.
    ///
    /// The conversation stays in the inbox. It does not go back: one that lies behind an earlier one changes nothing.
    /// Those who have left a group may still clear what they saw of it.
    ///
    /// - Throws: `marker-ahead` beyond the newest entry.
    public static func clear(_ conversation: Conversation, through sequence: SequenceNumber) -> Change {
        Change(action: .setting(.clear(conversation, through: sequence)))
    }

    /// Takes entries of a conversation out of this user's sight: history and counts leave them out from now on. The
    /// others keep them, and so do this user's devices until they are told.
    ///
    /// - Throws: `malformed-argument` for no entry or one that is named twice; `request-too-large` for more than
    ///   `Limits.deletedPerCommand`; `not-found` for one that this user does not see; `limit-reached` beyond
    ///   `Limits.hiddenPerConversation`.
    public static func deleteForMe(_ sequences: [SequenceNumber], in conversation: Conversation) -> Change {
        Change(action: .setting(.delete(sequences, in: conversation)))
    }
}

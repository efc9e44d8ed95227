extension Snapshot {
    func parts(of change: SettingChange) throws -> EntryParts {
        let subject = try conversation(change.conversation)
        switch change {
        case .set(_, let setting):
            return EntryParts(.settingChanged, Details(subject: subject, setting: setting))
        case .drafted(_, let draft):
            return EntryParts(.draftChanged, Details(subject: subject, text: draft))
        case .cleared(_, let through, _):
            return EntryParts(.conversationCleared, Details(subject: subject, through: through))
        case .deleted(_, let withdrawals):
            return EntryParts(.deletedForMe, Details(subject: subject, targets: withdrawals.map(\.sequence)))
        }
    }
}

extension Entry.Kind {
    /// In the personal conversation: how this user has ``Entry/subject`` in its inbox, ``Entry/setting``, which here
    /// leaves out the draft.
    public static let settingChanged = Entry.Kind(description: "setting-changed")
    /// In the personal conversation: this user's draft in ``Entry/subject`` is ``Entry/text`` now, or gone.
    public static let draftChanged = Entry.Kind(description: "draft-changed")
    /// In the personal conversation: this user no longer sees ``Entry/subject`` through ``Entry/through``.
    public static let conversationCleared = Entry.Kind(description: "conversation-cleared")
    /// In the personal conversation: this user no longer sees ``Entry/targets`` of ``Entry/subject``.
    public static let deletedForMe = Entry.Kind(description: "deleted-for-me")
}

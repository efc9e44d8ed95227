extension Snapshot {
    func parts(of change: SettingChange) throws -> EntryParts {
        switch change {
        case .set(let conversation, let setting):
            EntryParts(.settingChanged, Details(subject: try self.conversation(conversation), setting: setting))
        }
    }
}

extension Entry.Kind {
    /// In the personal conversation: how this user has ``Entry/subject`` in its inbox, ``Entry/setting``.
    public static let settingChanged = Entry.Kind(description: "setting-changed")
}

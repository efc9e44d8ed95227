extension Snapshot {
    func parts(of change: PersonChange) throws -> EntryParts {
        switch change {
        case .block(let user, let isOn): EntryParts(.blockChanged, Details(members: try ids([user]), isOn: isOn))
        }
    }
}

extension Entry.Kind {
    /// In the personal conversation: this user blocked ``Entry/members``, or no longer does.
    public static let blockChanged = Entry.Kind(description: "block-changed")
}

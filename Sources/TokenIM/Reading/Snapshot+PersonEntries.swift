extension Snapshot {
    func parts(of change: PersonChange) throws -> EntryParts {
        switch change {
        case .block(let user, let isOn): EntryParts(.blockChanged, Details(members: try ids([user]), isOn: isOn))
        case .contact(let user, let alias): EntryParts(.contactChanged, Details(members: try ids([user]), text: alias))
        case .contactRemoved(let user): EntryParts(.contactRemoved, Details(members: try ids([user])))
        case .permissions(let permissions): EntryParts(.permissionsChanged, Details(permissions: permissions))
        case .presence(let setting):
            EntryParts(
                .presenceChanged,
                Details(
                    text: setting.customStatus?.text, isOn: !setting.isHidden, until: setting.customStatus?.until))
        case .device(let device, _):
            EntryParts(.deviceChanged, Details(text: try written.device(device)?.id.rawValue))
        case .deviceRemoved(_, let id): EntryParts(.deviceRemoved, Details(text: id.rawValue))
        case .seen, .erased: EntryParts(.bookkeeping)
        }
    }
}

extension Entry.Kind {
    /// In the personal conversation: this user blocked ``Entry/members``, or no longer does.
    public static let blockChanged = Entry.Kind(description: "block-changed")
    /// In the personal conversation: ``Entry/members`` are in the address book, with the alias ``Entry/text``.
    public static let contactChanged = Entry.Kind(description: "contact-changed")
    /// In the personal conversation: ``Entry/members`` are no longer in the address book.
    public static let contactRemoved = Entry.Kind(description: "contact-removed")
    /// In the personal conversation: the host lets this user do ``Entry/permissions``.
    public static let permissionsChanged = Entry.Kind(description: "permissions-changed")
    /// In the personal conversation: this user has the status ``Entry/text`` until ``Entry/until``, and others see
    /// whether it is online, or not (``Entry/isOn``).
    public static let presenceChanged = Entry.Kind(description: "presence-changed")
    /// In the personal conversation: the device ``Entry/text`` has another platform or push token.
    public static let deviceChanged = Entry.Kind(description: "device-changed")
    /// In the personal conversation: the device ``Entry/text`` was removed.
    public static let deviceRemoved = Entry.Kind(description: "device-removed")
}

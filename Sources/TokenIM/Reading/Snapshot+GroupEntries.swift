extension Snapshot {
    func parts(of change: GroupChange) throws -> EntryParts {
        switch change {
        case .policies(let policies): EntryParts(.policiesChanged, Details(policies: policies))
        }
    }
}

extension Entry.Kind {
    /// The group has new ``Entry/policies``.
    public static let policiesChanged = Entry.Kind(description: "policies-changed")
}

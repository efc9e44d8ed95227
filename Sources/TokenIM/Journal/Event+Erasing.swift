extension Event {
    /// The event without what somebody wrote in it; nil when there is nothing to take out.
    ///
    /// What the journal has to remember for everything else to follow from it stays: that a user was created, that a
    /// message stood in this place and counted.
    func withoutContent(_ erasure: Erasure) -> Event? {
        switch self {
        case .userCreated(let number, let id, let profile):
            profile == Profile() ? nil : .userCreated(number, id, Profile())
        case .userUpdated(let number, let profile): profile == Profile() ? nil : .userUpdated(number, Profile())
        case .person(let change): change.bare.map { .person($0) }
        default: hasContent ? .erased(erasure, wasCounted: isCounted) : nil
        }
    }
}

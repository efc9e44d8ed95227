/// Somebody in a user's address book. The other does not learn of it.
public struct Contact: Hashable, Sendable {
    public let user: UserID
    /// What the owner of the address book calls it; 1 to 128 bytes of UTF-8.
    public let alias: String?
    /// Since when it is in there.
    public let since: Timestamp
}

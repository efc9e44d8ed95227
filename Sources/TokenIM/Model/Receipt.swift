/// What the engine returns for a change once it is on disk.
public struct Receipt: Hashable, Sendable {
    /// The conversation that holds the entry.
    public let conversation: Conversation
    /// The entry's place in that conversation.
    public let sequence: SequenceNumber
    /// The entry's place in the journal.
    public let position: Position
    /// The moment of the entry; of the answer, when nothing had to be written.
    public let timestamp: Timestamp
    /// Whether nothing was written. Either the same request had been carried out before, and the receipt is that one's;
    /// or everything was as asked for already, and the receipt points to the newest entry of the conversation.
    public let isDuplicate: Bool
}

/// Who acts.
public struct Principal: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case host
        case user(UserID, DeviceID?)
    }

    let value: Value

    /// The service that embeds the engine: it may do everything.
    public static let host = Principal(value: .host)

    /// A user, on one of its devices when that is known. The device that causes an entry does not get it delivered.
    public static func user(_ id: UserID, device: DeviceID? = nil) -> Principal {
        Principal(value: .user(id, device))
    }
}

/// Something volatile: never kept, never acknowledged, lost when nobody listens.
public struct Signal: Hashable, Sendable {
    /// The kinds of signal. More may come.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        /// ``Signal/user`` is typing in ``Signal/conversation``, or has stopped.
        public static let typing = Kind(description: "typing")
        /// ``Signal/user`` has come online, or gone.
        public static let presence = Kind(description: "presence")
    }

    public let kind: Kind
    public let user: UserID
    /// Nil for presence.
    public let conversation: Conversation?
    /// Typing or online.
    public let isOn: Bool
}

/// Whether a user can be reached right now.
public struct PresenceStatus: Hashable, Sendable {
    /// Whether at least one session of the user is open.
    public let isOnline: Bool
    /// The devices with an open session, in order of their names.
    public let devices: [DeviceID]
}

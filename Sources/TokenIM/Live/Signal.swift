/// Something volatile: never kept, never acknowledged, lost when nobody listens.
public struct Signal: Hashable, Sendable {
    /// The kinds of signal. More may come.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        /// ``Signal/user`` is typing in ``Signal/conversation``, or has stopped.
        public static let typing = Kind(description: "typing")
        /// ``Signal/user`` has come online, or gone, or changed its ``Signal/customStatus``.
        public static let presence = Kind(description: "presence")
    }

    public let kind: Kind
    public let user: UserID
    /// Nil for presence.
    public let conversation: Conversation?
    /// Typing or online.
    public let isOn: Bool
    /// Of presence: what the user says about itself. Whoever shows it takes it away when its time is over.
    public let customStatus: CustomStatus?

    init(kind: Kind, user: UserID, conversation: Conversation?, isOn: Bool, customStatus: CustomStatus? = nil) {
        self.kind = kind
        self.user = user
        self.conversation = conversation
        self.isOn = isOn
        self.customStatus = customStatus
    }
}

/// Something volatile: never kept, never acknowledged, lost when nobody listens.
public struct Signal: Hashable, Sendable {
    /// The kinds of signal. More may come.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        /// ``Signal/user`` is typing in ``Signal/conversation``, or has stopped.
        public static let typing = Kind(description: "typing")
        /// ``Signal/user`` has come online, or gone, or changed its ``Signal/customStatus``.
        public static let presence = Kind(description: "presence")
        /// ``Signal/user`` has got the messages of this session's user in ``Signal/conversation``, a direct one,
        /// through ``Signal/through``: one of its devices has acknowledged them.
        public static let delivered = Kind(description: "delivered")
        /// ``Signal/user`` has read ``Signal/conversation``, a direct one, through ``Signal/through``. An answer says
        /// by itself that what stands before it has been read, so there is no signal beside it.
        public static let read = Kind(description: "read")
        /// ``Signal/user`` says ``Signal/content`` to those who are connected right now.
        public static let message = Kind(description: "message")
    }

    public let kind: Kind
    public let user: UserID
    /// Nil for presence.
    public let conversation: Conversation?
    /// Typing or online.
    public let isOn: Bool
    /// Of presence: what the user says about itself. Whoever shows it takes it away when its time is over.
    public let customStatus: CustomStatus?
    /// Of delivered and read: through which entry.
    public let through: SequenceNumber?
    /// Of a message that is not kept.
    public let content: Content?

    init(
        kind: Kind, user: UserID, conversation: Conversation?, isOn: Bool, customStatus: CustomStatus? = nil,
        through: SequenceNumber? = nil, content: Content? = nil
    ) {
        self.through = through
        self.content = content
        self.kind = kind
        self.user = user
        self.conversation = conversation
        self.isOn = isOn
        self.customStatus = customStatus
    }
}

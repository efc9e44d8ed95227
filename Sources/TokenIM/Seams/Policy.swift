/// What the host wants to have a say in: asked in the same transaction, after the engine itself has found nothing
/// against a request. It can refuse, and nothing else.
///
/// It is asked about what users do, not about what the host does itself. It runs on the thread that writes: it must
/// return at once, must not call the engine, and should answer the same question the same way. Every question has an
/// answer already, which is yes.
public protocol Policy: Sendable {
    /// Whether a user may send a message.
    func maySend(_ content: Content, from sender: UserID, to target: Target) -> Refusal?
    /// Whether a user may change what has been sent.
    func mayAmend(_ amendment: Amendment, by user: UserID) -> Refusal?
    /// Whether a user may become a member of a group by its own wish, or ask to.
    func mayJoin(_ user: UserID, _ group: GroupID) -> Refusal?
    /// Whether a user may invite another to a group, or add it.
    func mayInvite(_ user: UserID, to group: GroupID, by inviter: UserID) -> Refusal?
    /// Whether a user may create a group.
    func mayCreateGroup(_ group: GroupID, by owner: UserID) -> Refusal?
}

extension Policy {
    public func maySend(_ content: Content, from sender: UserID, to target: Target) -> Refusal? { nil }
    public func mayAmend(_ amendment: Amendment, by user: UserID) -> Refusal? { nil }
    public func mayJoin(_ user: UserID, _ group: GroupID) -> Refusal? { nil }
    public func mayInvite(_ user: UserID, to group: GroupID, by inviter: UserID) -> Refusal? { nil }
    public func mayCreateGroup(_ group: GroupID, by owner: UserID) -> Refusal? { nil }
}

/// Why a host's ``Policy`` does not let something happen. Thrown as an ``IMError`` to the one who asked.
public struct Refusal: Hashable, Sendable {
    public let code: IMError.Code
    public let message: String

    /// - Parameter code: of the host's own, made by `IMError.Code.host(number:name:retry:)`; another one traps.
    public init(_ code: IMError.Code, _ message: String) {
        precondition((6000...6999).contains(code.number), "a policy refuses with a code of the host's own")
        self.code = code
        self.message = message
    }
}

/// What somebody wants to do to a message that has been sent.
public struct Amendment: Hashable, Sendable {
    /// The kinds of amendment. More may come.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        public static let edit = Kind(description: "edit")
        public static let recall = Kind(description: "recall")
        public static let reaction = Kind(description: "reaction")
        public static let pin = Kind(description: "pin")
    }

    public let kind: Kind
    public let conversation: Conversation
    public let sequence: SequenceNumber
    /// The new content of an edit.
    public let content: Content?

    init(_ kind: Kind, _ sequence: SequenceNumber, in conversation: Conversation, content: Content? = nil) {
        self.kind = kind
        self.conversation = conversation
        self.sequence = sequence
        self.content = content
    }
}

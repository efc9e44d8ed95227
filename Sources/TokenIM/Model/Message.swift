/// A message as its receiver sees it.
///
/// A delivery carries the message as it was sent; what became of it since arrives as entries of its own. History shows
/// its present state: edited, with its reactions, pinned.
public struct Message: Hashable, Sendable {
    /// Who sent it; nil when the host itself did.
    public let sender: UserID?
    public let content: Content
    /// The message of the same conversation that this one answers.
    public let replyTo: SequenceNumber?
    // Most messages have none of this, so it costs them one word.
    private let extras: Extras?

    init(sender: UserID?, content: Content, replyTo: SequenceNumber?, extras: Extras? = nil) {
        self.sender = sender
        self.content = content
        self.replyTo = replyTo
        self.extras = extras
    }

    /// The text, or nothing when the content is of another kind.
    public var text: String { content.text ?? "" }
    /// The users that it mentions by name.
    public var mentions: [UserID] { extras?.mentions ?? [] }
    /// Whether it mentions everybody in the conversation.
    public var mentionsAll: Bool { extras?.mentionsAll ?? false }
    /// Where it was forwarded from.
    public var origin: Origin? { extras?.origin }
    public var options: MessageOptions { extras?.options ?? MessageOptions() }
    /// When it will be erased, if it expires.
    public var expiresAt: Timestamp? { extras?.expiresAt }
    /// When it was edited last. Known to history.
    public var editedAt: Timestamp? { extras?.editedAt }
    /// How often each reaction was given, in the order in which they were given first. Known to history.
    public var reactions: [ReactionCount] { extras?.reactions ?? [] }
    /// Known to history.
    public var isPinned: Bool { extras?.isPinned ?? false }

    final class Extras: Hashable, Sendable {
        let mentions: [UserID]
        let mentionsAll: Bool
        let origin: Origin?
        let options: MessageOptions
        let expiresAt: Timestamp?
        let editedAt: Timestamp?
        let reactions: [ReactionCount]
        let isPinned: Bool

        init(
            mentions: [UserID] = [], mentionsAll: Bool = false, origin: Origin? = nil,
            options: MessageOptions = MessageOptions(), expiresAt: Timestamp? = nil, editedAt: Timestamp? = nil,
            reactions: [ReactionCount] = [], isPinned: Bool = false
        ) {
            self.mentions = mentions
            self.mentionsAll = mentionsAll
            self.origin = origin
            self.options = options
            self.expiresAt = expiresAt
            self.editedAt = editedAt
            self.reactions = reactions
            self.isPinned = isPinned
        }

        static func == (left: Extras, right: Extras) -> Bool {
            left.mentions == right.mentions && left.mentionsAll == right.mentionsAll && left.origin == right.origin
                && left.options == right.options && left.expiresAt == right.expiresAt
                && left.editedAt == right.editedAt && left.reactions == right.reactions
                && left.isPinned == right.isPinned
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(mentions)
            hasher.combine(mentionsAll)
            hasher.combine(editedAt)
        }
    }
}

/// Who wrote a forwarded message first, and when. Forwarding again keeps the first origin.
///
/// The conversation that it comes from is not told: who gets the message may not see that one.
public struct Origin: Hashable, Sendable {
    public let author: UserID?
    public let timestamp: Timestamp
}

/// How often a reaction was given to a message.
public struct ReactionCount: Hashable, Sendable {
    public let reaction: String
    public let count: Int
    /// Whether the one who reads is among them.
    public let isMine: Bool
}

/// Whom a message calls by name. They find it counted in their inbox.
public struct Mentions: Hashable, Sendable {
    public var users: [UserID]
    /// Everybody in the conversation. In groups only, and there for those whom the policy allows it.
    public var isAll: Bool

    public init(_ users: [UserID] = [], isAll: Bool = false) {
        self.users = users
        self.isAll = isAll
    }

    public static let none = Mentions()
    public static let all = Mentions(isAll: true)
    public static func users(_ users: UserID...) -> Mentions { Mentions(users) }
}

/// How a message is treated, other than usual.
public struct MessageOptions: Hashable, Sendable {
    /// Whether it counts as a message. One that does not is delivered and is in the history, and that is all: it is
    /// not unread, not an inbox's last message, and no sign that its sender has read what stands before it.
    public var isCounted = true
    /// Asks for no push notification.
    public var isSilent = false
    /// Erases it for all when so much time has passed: 1 second to 366 days.
    public var expiresAfter: Duration?
    /// Erases it for all when so much time has passed since the other read it. In a direct conversation only; 0 seconds
    /// to 7 days.
    public var burnsAfterReading: Duration?
    /// Accepts it now and sends it then: up to 366 days ahead. What the sender may not send by then is not sent, and
    /// its devices are told.
    public var scheduledFor: Timestamp?

    public init(
        isCounted: Bool = true, isSilent: Bool = false, expiresAfter: Duration? = nil,
        burnsAfterReading: Duration? = nil, scheduledFor: Timestamp? = nil
    ) {
        self.isCounted = isCounted
        self.isSilent = isSilent
        self.expiresAfter = expiresAfter
        self.burnsAfterReading = burnsAfterReading
        self.scheduledFor = scheduledFor
    }
}

/// Why an entry's content is gone. More may come.
public struct Erasure: Hashable, Sendable, CustomStringConvertible {
    let rawValue: UInt8

    public var description: String {
        switch self {
        case .recalled: "recalled"
        case .expired: "expired"
        case .burned: "burned"
        case .superseded: "superseded"
        case .deleted: "deleted"
        default: "trimmed"
        }
    }

    /// The host trimmed the conversation.
    public static let trimmed = Erasure(rawValue: 0)
    /// Its author or a moderator took it back.
    public static let recalled = Erasure(rawValue: 1)
    /// Its time was over.
    public static let expired = Erasure(rawValue: 2)
    /// It was read.
    public static let burned = Erasure(rawValue: 3)
    /// It was needed only until something else happened: a scheduled message that was sent or cancelled, an edit of a
    /// message that was taken back.
    public static let superseded = Erasure(rawValue: 4)
    /// Its author was deleted with everything it wrote.
    public static let deleted = Erasure(rawValue: 5)
}

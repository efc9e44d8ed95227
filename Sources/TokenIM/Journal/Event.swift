/// What an entry says, in the store's own numbers.
enum Event: Equatable {
    case message(Content, replyTo: SequenceNumber)
    /// A message whose content has been erased. It keeps its effect on order and counts.
    case erased
    case userCreated(UserNumber, UserID, Profile)
    case userUpdated(UserNumber, Profile)
    case userStatusChanged(UserNumber, User.Status)
    case deviceAdded(DeviceNumber, user: UserNumber, DeviceID, start: Position)
    case cursorsMoved([CursorMove])
    case groupCreated(GroupID, Profile, owner: UserNumber, members: [UserNumber])
    case groupUpdated(Profile)
    case membersAdded([UserNumber])
    case memberRemoved(UserNumber)
    case memberLeft(UserNumber)
    case roleChanged(UserNumber, Role)
    case ownershipTransferred(UserNumber)
    case groupDissolved
    case removedFromGroup(ConversationNumber)
    case readMarkerMoved(ConversationNumber, SequenceNumber, counted: UInt64)
    case historyTrimmed(through: SequenceNumber, counted: UInt64)
    case consumerChanged(ConsumerID, [ConsumerChange])
    /// A request that found everything as asked for; its answer pointed to an entry that was there.
    case unchanged(ConversationNumber, SequenceNumber, Position)

    /// Whether it counts as a message in unread counts.
    var isCounted: Bool {
        switch self {
        case .message, .erased: true
        default: false
        }
    }
}

/// A device has acknowledged everything up to a position.
struct CursorMove: Equatable {
    var device: DeviceNumber
    var position: Position
}

/// What becomes of a consumer and of the entries it was given.
enum ConsumerChange: Equatable {
    case created(start: Position)
    /// Everything up to here is settled.
    case moved(Position)
    /// Given back, to be given out again not before a moment.
    case parked(Position, deliveries: UInt64, notBefore: Timestamp)
    /// Given up.
    case buried(Position, deliveries: UInt64)
    /// A parked entry was processed, or a buried one purged.
    case settled(Position)
    case deleted
}

/// What every entry carries besides its event.
struct EntryHeader: Equatable {
    var timestamp: Timestamp
    var conversation: ConversationNumber
    var sequence: SequenceNumber
    var author: UserNumber
    var device: DeviceNumber
    /// The caller's name for the request, and a digest of what was asked, to tell a retry from another request.
    var request: Request?

    struct Request: Equatable {
        var key: IdempotencyKey
        var digest: UInt64
    }
}

struct JournalEntry: Equatable {
    var position: Position
    var header: EntryHeader
    var event: Event
}

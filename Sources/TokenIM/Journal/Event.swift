/// What an entry says, in the store's own numbers.
enum Event: Equatable {
    case message(MessageBody)
    /// An entry whose content has been erased. It keeps its place, and its effect on counts until it is withdrawn.
    case erased(Erasure, wasCounted: Bool)
    case edited(SequenceNumber, MessageBody)
    /// The content of messages is gone, and they no longer count.
    case withdrawn([Withdrawal], Erasure)
    case reactionChanged(SequenceNumber, String, isOn: Bool)
    case pinChanged(SequenceNumber, isOn: Bool)
    /// In the author's personal conversation: a message to be sent later.
    case scheduled(MessageBody, to: ConversationNumber, at: Timestamp)
    /// In the author's personal conversation: what became of a scheduled message.
    case scheduleEnded(SequenceNumber, ScheduleOutcome)
    case userCreated(UserNumber, UserID, Profile)
    case userUpdated(UserNumber, Profile)
    case userStatusChanged(UserNumber, User.Status)
    case deviceAdded(DeviceNumber, user: UserNumber, DeviceID, start: Position)
    case cursorsMoved([CursorMove])
    indirect case groupCreated(NewGroup)
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
    case group(GroupChange)
    case person(PersonChange)
    case setting(SettingChange)

    /// Whether it carries what somebody wrote, which can be erased.
    var hasContent: Bool {
        switch self {
        case .message, .edited, .scheduled: true
        case .setting(let change): change.hasContent
        default: false
        }
    }

    /// Whether it counts as a message in unread counts.
    var isCounted: Bool {
        switch self {
        case .message(let body): body.isCounted
        case .erased(_, let wasCounted): wasCounted
        default: false
        }
    }
}

/// A message that is taken out of the conversation, and whether it counted as one.
struct Withdrawal: Equatable {
    var sequence: SequenceNumber
    var wasCounted: Bool
}

/// How the wait of a scheduled message ended.
enum ScheduleOutcome: Equatable {
    /// It was sent, as this entry of its conversation.
    case sent(SequenceNumber)
    case cancelled
    /// Its author may not send it any more: the number of the error's code.
    case refused(UInt32)
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

/// What the live side has to know of an entry that has been committed.
struct Committed: Sendable {
    var position: Position
    var conversation: ConversationNumber
    /// The device that caused it, which does not get it back.
    var device: DeviceNumber
    var author: UserNumber
    var isMessage = false
    /// What it says, of a message that everybody sees as it was sent.
    var message: PlainMessage?
    /// Whether some no longer see what came before it.
    var hidesEarlier = false
    var change: Change

    /// A message without anything that has to be looked up, or that the journal keeps in another form.
    struct PlainMessage: Sendable {
        var sequence: SequenceNumber
        var timestamp: Timestamp
        var replyTo: SequenceNumber?
        var content: Content

        init?(_ header: EntryHeader, _ body: MessageBody) {
            switch body.content.value {
            case .text, .custom: break
            default: return nil
            }
            if body.extras != nil { return nil }
            sequence = header.sequence
            timestamp = header.timestamp
            replyTo = body.replyTo == 0 ? nil : body.replyTo
            content = body.content
        }
    }

    enum Change: Sendable {
        case none
        case joined([UserNumber])
        case left(UserNumber)
        /// The user may no longer be connected.
        case disconnected(UserNumber)
        case cursorsMoved([CursorMove])
        case presence(UserNumber, PresenceSetting)
        case deviceRemoved(DeviceNumber)
        case seen([UserSeen])
        /// A user has read a direct conversation through an entry.
        case read(UserNumber, ConversationNumber, SequenceNumber)
    }

    /// Whether both are messages of the same conversation and device, so that the same sessions hear of them.
    func isLikeMessage(_ other: Committed) -> Bool {
        isMessage && other.isMessage && conversation == other.conversation && device == other.device
            && author == other.author
    }

    init(_ entry: JournalEntry) {
        position = entry.position
        conversation = entry.header.conversation
        device = entry.header.device
        author = entry.header.author
        switch entry.event {
        case .groupCreated(let group): change = .joined([group.owner] + group.members)
        case .membersAdded(let users): change = .joined(users)
        case .memberRemoved(let user), .memberLeft(let user): change = .left(user)
        case .userStatusChanged(let user, let status): change = status == .active ? .none : .disconnected(user)
        case .cursorsMoved(let moves): change = .cursorsMoved(moves)
        case .person(.presence(let setting)): change = .presence(conversation.personalUser, setting)
        case .person(.deviceRemoved(let device, _)): change = .deviceRemoved(device)
        case .person(.seen(let users)): change = .seen(users)
        case .readMarkerMoved(let subject, let sequence, _) where subject.kind == .direct:
            change = .read(conversation.personalUser, subject, sequence)
        case .message(let body):
            change = .none
            isMessage = true
            message = PlainMessage(entry.header, body)
        case .historyTrimmed, .setting(.cleared):
            change = .none
            hidesEarlier = true
        default: change = .none
        }
    }
}

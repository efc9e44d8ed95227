/// What is asked of the engine: who asks, under which key, and what.
///
/// A class, because it is wide and goes through many hands from the caller to the writer.
final class Command: Sendable {
    let actor: Actor
    /// The caller's key, and what tells this request from another under the same key.
    let request: EntryHeader.Request?
    let action: Action

    init(_ action: Action, by actor: Actor, key: IdempotencyKey? = nil) {
        self.actor = actor
        self.action = action
        request = key.map { EntryHeader.Request(key: $0, digest: action.digest) }
    }
}

/// What the caller's thread has found out for a command: it has more time than the writer.
///
/// Only what is committed and never changes: a user's number, and what follows from it. Nothing of it has to be there.
struct Preparation: Sendable {
    /// The number of the user who asks, when the command says its name; 0 is nobody.
    var author: UserNumber = 0
    /// The number of the user to whom a message goes.
    var target: UserNumber = 0
    /// Where the command's key is to be found.
    var keyDigest: UInt64?
    /// The conversation to which a message goes, when it is one of two users.
    var conversation: ConversationNumber?
    /// Where the command lies in memory, so that it can be on its way to the processor before it is looked at.
    var place: UInt = 0
}

/// Who asks, as far as the caller knows.
enum Actor: Sendable {
    case host
    case user(UserID, DeviceID? = nil)
    /// A session, with its user and device, which the engine itself has looked up.
    case session(UserNumber, DeviceNumber, SessionNumber)
}

enum Action: Sendable {
    case send(NewMessage, to: Target)
    case forward(SequenceNumber, of: Conversation, to: Target, MessageOptions)
    case edit(SequenceNumber, in: Conversation, Content, Mentions)
    case recall(SequenceNumber, in: Conversation)
    case react(String, to: SequenceNumber, in: Conversation, isOn: Bool)
    case pin(SequenceNumber, in: Conversation, isOn: Bool)
    /// A scheduled message, by its entry in the author's personal conversation.
    case cancelScheduled(SequenceNumber)
    /// From the engine itself: something whose time has come.
    case due(DueTask)
    case markRead(Conversation, through: SequenceNumber, by: UserID)
    case trim(Conversation, through: SequenceNumber)

    case createUser(UserID, Profile)
    case updateUser(UserID, Profile)
    case setUserStatus(UserID, User.Status)
    case addDevice(DeviceID, of: UserID, start: SessionOptions.Start, DeviceDetails)
    /// From the engine itself: what devices have acknowledged.
    case moveCursors([CursorMove])
    case acknowledge(DeviceID, of: UserID, through: Position)

    case createGroup(GroupID, Profile, owner: UserID, members: [UserID], Group.Kind, GroupPolicies)
    case updateGroup(GroupID, Profile)
    case addMembers([UserID], to: GroupID)
    case removeMember(UserID, from: GroupID)
    case leaveGroup(UserID, GroupID)
    case setRole(Role, of: UserID, in: GroupID)
    case transferGroup(GroupID, to: UserID)
    case dissolveGroup(GroupID)
    case group(GroupAction)
    case person(PersonAction)
    case setting(SettingAction)

    case createConsumer(ConsumerID, start: ConsumerStart)
    case changeConsumer(ConsumerID, [ConsumerChange])
    case deleteConsumer(ConsumerID)
}

/// What a command amounts to. Nothing has been written yet.
struct Decision {
    struct Draft {
        var conversation: ConversationNumber
        var event: Event
    }

    var author: UserNumber
    var device: DeviceNumber = 0
    /// The entry that answers the command and carries its key; nil when everything is as asked for already.
    var main: Draft?
    var others: [Draft] = []
    /// Where the answer points when there is no main entry.
    var conversation: ConversationNumber
    /// Journal rows whose content is to be erased, and why.
    var erased: [Position] = []
    var erasure = Erasure.trimmed

    init(author: UserNumber, device: DeviceNumber = 0, _ event: Event, in conversation: ConversationNumber) {
        self.author = author
        self.device = device
        self.conversation = conversation
        main = Draft(conversation: conversation, event: event)
    }

    /// Nothing to do.
    init(unchanged conversation: ConversationNumber, author: UserNumber) {
        self.author = author
        self.conversation = conversation
    }
}

/// What a command led to, in the store's own numbers.
struct Outcome: Sendable {
    var conversation: ConversationNumber
    var sequence: SequenceNumber
    var position: Position
    var timestamp: Timestamp
    var isDuplicate: Bool
}

extension Outcome {
    init(_ entry: JournalEntry, isDuplicate: Bool) {
        if case .unchanged(let conversation, let sequence, let position) = entry.event {
            self.init(
                conversation: conversation, sequence: sequence, position: position,
                timestamp: entry.header.timestamp, isDuplicate: isDuplicate)
            return
        }
        self.init(
            conversation: entry.header.conversation, sequence: entry.header.sequence, position: entry.position,
            timestamp: entry.header.timestamp, isDuplicate: isDuplicate)
    }
}

extension Action {
    /// What makes room, or must go on so that others can: allowed when the store is nearly full.
    var isAllowedWhenFull: Bool {
        switch self {
        case .addDevice, .moveCursors, .acknowledge, .changeConsumer, .deleteConsumer, .markRead, .trim, .setUserStatus,
            .removeMember, .leaveGroup, .dissolveGroup, .recall, .cancelScheduled, .due(.withdraw), .due(.lapse):
            true
        case .person(let action): action.makesRoom
        default: false
        }
    }
}

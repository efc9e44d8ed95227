/// Every bound of the engine, in one place. Beyond one, a request is refused with the code named here.
public struct Limits: Sendable, Hashable {
    /// Bytes of one message's content (`content-too-large`). At most 1 MiB.
    public var contentBytes = 64 << 10
    /// Users that one message mentions (`request-too-large`).
    public var mentionsPerMessage = 100
    /// Targets of one message that is sent to many (`request-too-large`).
    public var targetsPerSend = 500
    /// How long its author may edit a message (`too-late`).
    public var editWindow = Duration.seconds(24 * 3_600)
    /// How long its author may recall a message (`too-late`). Moderators always may.
    public var recallWindow = Duration.seconds(300)
    /// How often one message may be edited (`limit-reached`).
    public var editsPerMessage = 100
    /// Different reactions to one message (`limit-reached`).
    public var reactionKindsPerMessage = 20
    /// Pinned messages of one conversation (`limit-reached`).
    public var pinsPerConversation = 100
    /// Messages that one user has scheduled (`limit-reached`).
    public var scheduledPerUser = 1_000
    /// Messages of one conversation that wait to be read and burned (`limit-reached`).
    public var burningPerConversation = 1_000
    /// Members that one call looks at when it is asked who has read a message.
    public var readersExamined = 10_000
    /// Bytes of a profile: name, avatar, attributes together (`profile-too-large`).
    public var profileBytes = 8 << 10
    /// Members of one group (`group-full`).
    public var groupMembers = 100_000
    /// Users that one command may add to a group (`request-too-large`).
    public var membersPerCommand = 5_000
    /// Admins of one group, who are told of its requests to join, each by an entry of its own (`limit-reached`).
    public var adminsPerGroup = 100
    /// Users that one command may invite to a group (`request-too-large`).
    public var invitationsPerCommand = 500
    /// Requests to join and invitations of one group that wait for an answer (`limit-reached`).
    public var requestsPerGroup = 10_000
    /// Bytes of the text of a request to join or an invitation (`request-too-large`).
    public var requestBytes = 1 << 10
    /// How long a request to join or an invitation waits for an answer. After that it is as if it had not been made.
    public var requestExpiry = Duration.seconds(30 * 86_400)
    /// Users that one group has banned (`limit-reached`).
    public var bansPerGroup = 10_000
    /// Groups that one user may be a member of (`too-many-groups`).
    public var groupsPerUser = 5_000
    /// Devices of one user (`too-many-devices`).
    public var devicesPerUser = 64
    /// Users in one user's address book (`limit-reached`).
    public var contactsPerUser = 10_000
    /// Users that one user blocks (`limit-reached`).
    public var blocksPerUser = 10_000
    /// Sessions of the engine (`too-many-sessions`).
    public var sessions = 1_000_000
    /// Rows that one call of a listing returns (`request-too-large`).
    public var pageSize = 1_000
    /// Entries that one call erases when trimming a conversation, call again for more; and that one step looks at when
    /// what a deleted user wrote is erased.
    public var trimmedPerCommand = 1_000
    /// Entries that one command deletes for its user alone (`request-too-large`).
    public var deletedPerCommand = 100
    /// Entries of one conversation that one user has deleted one by one for itself alone (`limit-reached`).
    public var hiddenPerConversation = 10_000
    /// Unread mentions of one conversation up to which an inbox counts.
    public var countedMentions = 1_000
    /// Users that one call may ask or subscribe the presence of (`request-too-large`).
    public var presencePerCall = 500

    /// Deliveries a session may have unacknowledged; a session may choose fewer or, up to 4,096, more.
    public var sessionWindow = 64
    /// How long a session may leave a delivery unacknowledged before it is closed with `acknowledgement-timeout`.
    public var acknowledgementWait = Duration.seconds(30)
    /// How long an acknowledgement may wait in memory for others to share its write.
    public var acknowledgementDelay = Duration.seconds(1)
    /// How long a typing signal lasts when it is not repeated.
    public var typingDuration = Duration.seconds(6)

    /// Commands that the writer holds at once; callers beyond it are suspended.
    public var mailboxCapacity = 16_384
    /// Callers that may be suspended at once (`overloaded`).
    public var waitingCommands = 1_000_000
    /// Commands of one commit.
    public var batchCommands = 4_096
    /// Bytes of one commit. At most 1 GiB.
    public var batchBytes = 8 << 20

    /// Entries after which the working set is folded into the trees. At most 2²⁸; about 100 bytes of memory each.
    public var foldEntries = 100_000
    /// How long the engine must be quiet before it folds what is left.
    public var foldQuiet = Duration.seconds(1)
    /// Idempotency keys after which they are merged into their tree; about 32 bytes of memory each.
    public var keyMergeEntries = 1_000_000

    /// In-flight entries of one consumer.
    public var consumerInFlight = 1_000
    /// How long a consumer may hold an entry before it is given out again.
    public var consumerWait = Duration.seconds(30)
    /// Members that one call looks at when it is asked whom a message has not reached.
    public var unreachedPerMessage = 1_000
    /// How often a consumer is given an entry before it goes to the dead letters.
    public var consumerDeliveries = 8
    /// How long an entry that a consumer gave back rests before it is given out again: after the first time, the
    /// second, and so on; the last for all further ones.
    public var consumerBackoff: [Duration] = [.seconds(1), .seconds(5), .seconds(30), .seconds(120), .seconds(600)]

    public init() {}

    /// - Throws: `malformed-argument`, naming a limit with which the engine could not work.
    func validate() throws(IMError) {
        let counts = [
            ("contentBytes", contentBytes), ("mentionsPerMessage", mentionsPerMessage),
            ("targetsPerSend", targetsPerSend), ("editsPerMessage", editsPerMessage),
            ("reactionKindsPerMessage", reactionKindsPerMessage), ("pinsPerConversation", pinsPerConversation),
            ("scheduledPerUser", scheduledPerUser), ("burningPerConversation", burningPerConversation),
            ("readersExamined", readersExamined),
            ("profileBytes", profileBytes), ("groupMembers", groupMembers),
            ("membersPerCommand", membersPerCommand), ("adminsPerGroup", adminsPerGroup),
            ("invitationsPerCommand", invitationsPerCommand), ("requestsPerGroup", requestsPerGroup),
            ("requestBytes", requestBytes), ("bansPerGroup", bansPerGroup), ("groupsPerUser", groupsPerUser),
            ("devicesPerUser", devicesPerUser), ("contactsPerUser", contactsPerUser),
            ("blocksPerUser", blocksPerUser), ("sessions", sessions), ("pageSize", pageSize),
            ("trimmedPerCommand", trimmedPerCommand), ("deletedPerCommand", deletedPerCommand),
            ("hiddenPerConversation", hiddenPerConversation), ("countedMentions", countedMentions),
            ("presencePerCall", presencePerCall),
            ("mailboxCapacity", mailboxCapacity), ("batchCommands", batchCommands), ("batchBytes", batchBytes),
            ("foldEntries", foldEntries), ("keyMergeEntries", keyMergeEntries),
            ("consumerInFlight", consumerInFlight), ("unreachedPerMessage", unreachedPerMessage),
            ("consumerDeliveries", consumerDeliveries),
        ]
        for (name, count) in counts where count < 1 {
            throw IMError(.malformedArgument, "Limits.\(name) is \(count); at least 1")
        }
        guard contentBytes <= 1 << 20, batchBytes <= 1 << 30, foldEntries <= 1 << 28, keyMergeEntries <= 1 << 28 else {
            throw IMError(
                .malformedArgument, "Limits.contentBytes, batchBytes, foldEntries or keyMergeEntries too great")
        }
        guard (1...4096).contains(sessionWindow), waitingCommands >= 0 else {
            throw IMError(.malformedArgument, "Limits.sessionWindow is \(sessionWindow); 1 to 4,096")
        }
        let durations = [
            editWindow, recallWindow, acknowledgementWait, acknowledgementDelay, typingDuration, foldQuiet,
            consumerWait, requestExpiry,
        ]
        guard durations.allSatisfy({ $0 > .zero }), consumerBackoff.allSatisfy({ $0 >= .zero }) else {
            throw IMError(.malformedArgument, "Limits has a duration that is not positive")
        }
    }
}

extension IMError {
    /// A stable number and a stable name. Numbers: 1xxx malformed, 2xxx refused, 3xxx over a limit, 4xxx life cycle,
    /// 5xxx storage, 6xxx the host's own, 9xxx broken.
    public struct Code: Hashable, Sendable {
        public let number: Int
        public let name: String
        public let retry: RetryAdvice

        init(_ number: Int, _ name: String, _ retry: RetryAdvice = .never) {
            self.number = number
            self.name = name
            self.retry = retry
        }
    }
}

extension IMError.Code {
    /// A name is empty, longer than 128 bytes, or holds control characters.
    public static let malformedIdentifier = Self(1001, "malformed-identifier")
    /// Content of no kind that can be sent: empty, or a custom type that is malformed.
    public static let malformedContent = Self(1002, "malformed-content")
    /// A number, a limit or a combination that makes no sense, such as a negative limit.
    public static let malformedArgument = Self(1003, "malformed-argument")

    /// No such user, or it has been deleted.
    public static let unknownUser = Self(2001, "unknown-user")
    /// No such thing, or none that the one who asks may see.
    public static let notFound = Self(2002, "not-found")
    /// The principal may see it but not do this.
    public static let notAllowed = Self(2003, "not-allowed")
    /// The name is taken, now or in the past.
    public static let alreadyExists = Self(2004, "already-exists")
    /// The same author used the same key for another request.
    public static let idempotencyConflict = Self(2005, "idempotency-conflict")
    /// The user is suspended.
    public static let userSuspended = Self(2006, "user-suspended")
    /// The user is a member already.
    public static let alreadyMember = Self(2007, "already-member")
    /// The user is not a member.
    public static let notMember = Self(2008, "not-member")
    /// The user owns groups: transfer or dissolve them first.
    public static let ownsGroups = Self(2009, "owns-groups")
    /// The cursor belongs to another life of the store (for example before a backup was restored): start anew.
    public static let epochChanged = Self(2010, "epoch-changed")
    /// An acknowledgement of what has not been delivered.
    public static let acknowledgementAhead = Self(2011, "acknowledgement-ahead")
    /// A marker beyond the newest entry of its conversation.
    public static let markerAhead = Self(2012, "marker-ahead")

    /// The message has been recalled, has expired, or was trimmed.
    public static let messageGone = Self(2013, "message-gone")
    /// The time in which an author may edit or recall is over.
    public static let tooLate = Self(2014, "too-late")
    /// The other user does not want to hear from this one.
    public static let blocked = Self(2015, "blocked")
    /// The member may not speak in this group at present.
    public static let muted = Self(2016, "muted")
    /// The user may not come back to this group.
    public static let banned = Self(2017, "banned")
    /// None of those it is for is connected.
    public static let nobodyConnected = Self(2018, "nobody-connected")

    /// Content of more than `Limits.contentBytes`.
    public static let contentTooLarge = Self(3001, "content-too-large")
    /// The group has `Limits.groupMembers` members.
    public static let groupFull = Self(3002, "group-full")
    /// The user is in `Limits.groupsPerUser` groups.
    public static let tooManyGroups = Self(3003, "too-many-groups")
    /// More in one request than its limit.
    public static let requestTooLarge = Self(3004, "request-too-large")
    /// More commands wait than `Limits.waitingCommands`, or more snapshots are held than the store has readers, 512.
    public static let overloaded = Self(3005, "overloaded", .afterBackoff)
    /// More sessions than `Limits.sessions`.
    public static let tooManySessions = Self(3006, "too-many-sessions", .afterBackoff)
    /// More devices than `Limits.devicesPerUser`.
    public static let tooManyDevices = Self(3007, "too-many-devices")
    /// A profile of more than `Limits.profileBytes`.
    public static let profileTooLarge = Self(3008, "profile-too-large")

    /// As many of something as a limit allows; the message names the limit.
    public static let limitReached = Self(3009, "limit-reached")

    /// The engine is closed, or closing.
    public static let closed = Self(4001, "closed")
    /// The task was cancelled before the engine had accepted the command; nothing happened.
    public static let cancelled = Self(4002, "cancelled", .sameKey)
    /// The session has been closed by its owner.
    public static let sessionClosed = Self(4003, "session-closed")
    /// A newer session of the same device took over, or by the session policy of another: do not reconnect.
    public static let sessionReplaced = Self(4004, "session-replaced")
    /// The device did not acknowledge within `Limits.acknowledgementWait`: reconnect.
    public static let acknowledgementTimeout = Self(4005, "acknowledgement-timeout", .afterBackoff)
    /// The user was suspended or deleted while connected.
    public static let userDisconnected = Self(4006, "user-disconnected")
    /// Another task is receiving from this session.
    public static let receiveInProgress = Self(4007, "receive-in-progress")
    /// The host closed the session; the message says why.
    public static let sessionKicked = Self(4009, "session-kicked")
    /// The store is open already, in this process or in another.
    public static let alreadyOpen = Self(4008, "already-open", .afterBackoff)

    /// The disk or the map is full. Reads, acknowledgements and deletions go on.
    public static let storageFull = Self(5001, "storage-full", .afterBackoff)
    /// Stored data is damaged; `check` says where.
    public static let corrupt = Self(5002, "corrupt")
    /// The disk failed.
    public static let inputOutput = Self(5003, "input-output")
    /// A commit failed in a way that leaves open whether it took effect. Close, open again and retry with the same key.
    public static let outcomeUnknown = Self(5004, "outcome-unknown", .sameKey)
    /// A file system on which LMDB's locks do not work.
    public static let unsupportedFileSystem = Self(5005, "unsupported-file-system")
    /// The store was written by a version that this one does not read, or the directory is no store.
    public static let unreadableStore = Self(5006, "unreadable-store")

    /// A code of the host's own, for what its ``Policy`` refuses. The number is 6000 to 6999; another one traps.
    public static func host(number: Int, name: String, retry: IMError.RetryAdvice = .never) -> Self {
        precondition((6000...6999).contains(number), "a host's own code is 6000 to 6999, not \(number)")
        return Self(number, name, retry)
    }

    /// The code of a number that was stored. The name of a host's own is not known any more.
    static func stored(_ number: Int) -> Self {
        all.first { $0.number == number } ?? Self(number, "host-\(number)")
    }

    /// A mistake of the engine itself.
    public static let broken = Self(9001, "broken")

    /// Every code, in order of its number.
    public static let all: [IMError.Code] = [
        .malformedIdentifier, .malformedContent, .malformedArgument,
        .unknownUser, .notFound, .notAllowed, .alreadyExists, .idempotencyConflict, .userSuspended, .alreadyMember,
        .notMember, .ownsGroups, .epochChanged, .acknowledgementAhead, .markerAhead, .messageGone, .tooLate, .blocked,
        .muted, .banned, .nobodyConnected,
        .contentTooLarge, .groupFull, .tooManyGroups, .requestTooLarge, .overloaded, .tooManySessions, .tooManyDevices,
        .profileTooLarge, .limitReached,
        .closed, .cancelled, .sessionClosed, .sessionReplaced, .acknowledgementTimeout, .userDisconnected,
        .receiveInProgress, .alreadyOpen, .sessionKicked,
        .storageFull, .corrupt, .inputOutput, .outcomeUnknown, .unsupportedFileSystem, .unreadableStore,
        .broken,
    ]
}

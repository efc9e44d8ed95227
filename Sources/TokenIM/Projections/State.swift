import TokenIMLMDB

/// Everything that a decision may ask, as the writer sees it: what is on disk, what was folded, the working set, and
/// what its own batch has already done.
///
/// A value of the writer thread. The transactions are those of the present batch; ``live`` is lent to it for the length
/// of one command by the generation that holds it.
struct State: ~Copyable {
    var written: WrittenView
    var folded: FoldedView
    var live: WorkingSet
    /// The generation that is being folded, until its fold is seen in ``folded``.
    var frozen: WorkingSet?
    /// Idempotency keys that are not in their tree yet, newest first.
    var keyIndexes: [KeyIndex]
    let limits: Limits
    /// The store's secret for where keys lie.
    var keySeed: UInt64

    /// The batch's moment.
    var now = Timestamp.zero
    /// The host's own say in what users do.
    var policy: (any Policy)?
    /// The rule of a group that allowed the present command, when one was asked.
    var rule: Rule.Name?
    /// Whether any message waits to be read and burned; nil when that has not been looked up.
    var hasBurning: Bool?
    /// Whether this batch has set or dropped an alarm.
    var areAlarmsChanged = false
    /// Whether the store has no room left for anything but what makes room.
    var isFull = false
    /// The position of the newest entry, of this batch included.
    var head: Position

    /// What the caller of the present command has found out already.
    var preparation = Preparation()

    private var users: BoundedCache<UserID, UserNumber>
    private var standings: NumberedCache<Standing>
    private var groups: BoundedCache<GroupID, ConversationNumber>
    private var groupRecords: BoundedCache<ConversationNumber, GroupRecord>
    private var memberships: BoundedCache<WorkingSet.MemberKey, MembershipRecord>

    init(
        written: consuming WrittenView, folded: consuming FoldedView, live: WorkingSet, keyIndexes: [KeyIndex],
        limits: Limits, keySeed: UInt64, head: Position
    ) {
        self.written = written
        self.folded = folded
        self.live = live
        self.keyIndexes = keyIndexes
        self.limits = limits
        self.keySeed = keySeed
        self.head = head
        users = BoundedCache(capacity: Self.cacheCapacity)
        standings = NumberedCache(capacity: Self.cacheCapacity)
        groups = BoundedCache(capacity: Self.cacheCapacity)
        groupRecords = BoundedCache(capacity: Self.cacheCapacity)
        memberships = BoundedCache(capacity: Self.cacheCapacity)
    }

    private static let cacheCapacity = 1 << 15

    // MARK: Users and groups

    mutating func userNumber(_ id: UserID) throws -> UserNumber? {
        if let number = users[id] { return number }
        guard let number = try written.userNumber(id) else { return nil }
        users.insert(number, for: id)
        return number
    }

    func user(_ number: UserNumber) throws -> UserRecord? {
        try written.user(number)
    }

    /// What a user may do: all that a send has to know of it.
    mutating func standing(of number: UserNumber) throws -> Standing? {
        if let standing = standings[number] { return standing }
        guard let record = try written.user(number) else { return nil }
        standings.insert(record.standing, for: number)
        return record.standing
    }

    mutating func groupNumber(_ id: GroupID) throws -> ConversationNumber? {
        if let number = groups[id] { return number }
        guard let number = try written.groupNumber(id) else { return nil }
        groups.insert(number, for: id)
        return number
    }

    mutating func group(_ number: ConversationNumber) throws -> GroupRecord? {
        if let record = groupRecords[number] { return record }
        guard let record = try written.group(number) else { return nil }
        groupRecords.insert(record, for: number)
        return record
    }

    mutating func membership(of user: UserNumber, in group: ConversationNumber) throws -> MembershipRecord? {
        let key = WorkingSet.MemberKey(conversation: group, user: user)
        if let record = memberships[key] { return record }
        guard let record = try written.membership(of: user, in: group) else { return nil }
        memberships.insert(record, for: key)
        return record
    }

    // MARK: What evolve changes beside the tables

    mutating func remember(_ record: UserRecord, _ number: UserNumber) {
        users.insert(number, for: record.id)
        standings.insert(record.standing, for: number)
    }

    mutating func remember(_ record: GroupRecord, _ number: ConversationNumber) {
        groups.insert(number, for: record.id)
        groupRecords.insert(record, for: number)
    }

    mutating func remember(_ record: MembershipRecord, of user: UserNumber, in group: ConversationNumber) {
        memberships.insert(record, for: WorkingSet.MemberKey(conversation: group, user: user))
    }

    /// Forgets what was read or changed by a batch that did not happen.
    mutating func forgetCaches() {
        users.removeAll()
        standings.removeAll()
        groups.removeAll()
        groupRecords.removeAll()
        memberships.removeAll()
        hasBurning = nil
    }

    // MARK: Conversations

    func head(of conversation: ConversationNumber) throws -> ConversationHead {
        try live.head(of: conversation) ?? headBeforeLive(of: conversation)
    }

    func headBeforeLive(of conversation: ConversationNumber) throws -> ConversationHead {
        try frozen?.head(of: conversation) ?? folded.head(of: conversation) ?? ConversationHead()
    }

    func position(of sequence: SequenceNumber, in conversation: ConversationNumber) throws -> Position? {
        try live.position(of: sequence, in: conversation)
            ?? frozen?.position(of: sequence, in: conversation)
            ?? folded.position(of: sequence, in: conversation)
    }

    /// How many entries up to a sequence count as messages.
    func counted(through sequence: SequenceNumber, in conversation: ConversationNumber) throws -> UInt64 {
        try live.counted(through: sequence, in: conversation)
            ?? frozen?.counted(through: sequence, in: conversation)
            ?? folded.counted(through: sequence, in: conversation) ?? 0
    }

    /// A user's explicit read marker; in a group also what it sent.
    func marker(of user: UserNumber, in conversation: ConversationNumber) throws -> Marker {
        if let side = conversation.side(of: user) { return try head(of: conversation).marker(side) }
        return try live.marker(of: user, in: conversation) ?? frozen?.marker(of: user, in: conversation)
            ?? folded.marker(of: user, in: conversation) ?? .none
    }

    func cursor(of device: DeviceNumber) throws -> Position? {
        try live.cursor(of: device) ?? frozen?.cursor(of: device) ?? folded.cursor(of: device)
    }

    // MARK: Idempotency

    /// Where the present command's key is found: its caller has found out as a rule.
    func digest(of key: IdempotencyKey, by author: UserNumber) -> UInt64 {
        preparation.keyDigest ?? Digest.of(key, author: author, seed: keySeed)
    }

    /// The entry that the present command's key has already led to.
    func entry(of key: IdempotencyKey, by author: UserNumber) throws -> JournalEntry? {
        let digest = digest(of: key, by: author)
        var found: JournalEntry?
        for index in keyIndexes {
            let position = try index.position(of: digest) { position in
                found = try entry(at: position, ifOf: key, by: author)
                return found != nil
            }
            if position != nil { return found }
        }
        _ = try folded.position(ofKey: digest) { position in
            found = try entry(at: position, ifOf: key, by: author)
            return found != nil
        }
        return found
    }

    /// Two keys may share a digest: the journal says whose entry it is.
    private func entry(
        at position: Position, ifOf key: IdempotencyKey, by author: UserNumber
    ) throws -> JournalEntry? {
        guard let entry = try written.entry(at: position), entry.header.author == author,
            entry.header.request?.key == key
        else { return nil }
        return entry
    }
}

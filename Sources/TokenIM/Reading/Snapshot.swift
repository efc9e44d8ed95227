import TokenIMLMDB
import TokenIMLMDB

/// One consistent moment of the whole store, for reading. What is written meanwhile is not seen.
///
/// Taking one costs well under a microsecond. Keep it short: while it lives, the pages that it sees cannot be used
/// again, so the files grow under a writer.
public struct Snapshot: ~Copyable {
    private let journal: ReadTransaction
    private let projections: ReadTransaction
    let written: WrittenView
    let folded: FoldedView
    let live: Generation
    let frozen: Generation?
    let names: Names
    let limits: Limits

    /// The position of the newest entry that this snapshot sees; 0 in an empty store.
    public let head: Position

    init(
        journal: consuming ReadTransaction, journalTables: JournalTables, projections: consuming ReadTransaction,
        foldedTables: FoldedTables, layers: Layers, names: Names, limits: Limits
    ) throws {
        written = WrittenView(tables: journalTables, transaction: journal.view)
        folded = FoldedView(tables: foldedTables, transaction: projections.view)
        head = try written.lastPosition()
        live = layers.live
        frozen = layers.frozen
        self.names = names
        self.limits = limits
        self.journal = journal
        self.projections = projections
    }

    // MARK: Conversations, in the store's own numbers

    /// Asks the generations from the newest on, then the trees. At most one of them is locked at a time.
    private func find<Value: Sendable>(
        _ inMemory: (borrowing WorkingSet) -> Value?, _ onDisk: () throws -> Value?
    ) rethrows -> Value? {
        // A generation that begins above the head has nothing that this snapshot sees, and is not locked for it.
        if live.first <= head, let value = live.content.withLock({ inMemory($0) }) { return value }
        if let frozen, let value = frozen.content.withLock({ inMemory($0) }) { return value }
        return try onDisk()
    }

    func head(of conversation: ConversationNumber) throws -> ConversationHead {
        try find({ $0.head(of: conversation, through: head) }) { try folded.head(of: conversation) }
            ?? ConversationHead()
    }

    func position(of sequence: SequenceNumber, in conversation: ConversationNumber) throws -> Position? {
        try find({ $0.position(of: sequence, in: conversation) }) {
            try folded.position(of: sequence, in: conversation)
        }
    }

    func counted(through sequence: SequenceNumber, in conversation: ConversationNumber) throws -> UInt64 {
        try find({ $0.counted(through: sequence, in: conversation) }) {
            try folded.counted(through: sequence, in: conversation)
        } ?? 0
    }

    func firstSequence(above position: Position, in conversation: ConversationNumber) throws -> SequenceNumber {
        try find({ $0.firstSequence(above: position, in: conversation) }) {
            try folded.firstSequence(above: position, in: conversation)
        } ?? 1
    }

    /// The positions of consecutive sequences from one on: as many as lie together, at least one when there is one.
    func positions(
        from sequence: SequenceNumber, in conversation: ConversationNumber, limit: Int
    ) throws -> [Position] {
        let inMemory = find({ set -> [Position]? in
            let found = set.positions(from: sequence, in: conversation, limit: limit)
            return found.isEmpty ? nil : found
        }) { nil }
        if let inMemory { return inMemory }
        guard let block = try folded.block(of: sequence, in: conversation) else { return [] }
        let index = Int((sequence - 1) % TimelineBlock.size)
        return index < block.positions.count ? Array(block.positions[index...].prefix(limit)) : []
    }

    func marker(of user: UserNumber, in conversation: ConversationNumber) throws -> Marker {
        if let side = conversation.side(of: user) { return try head(of: conversation).marker(side) }
        return try find({ $0.marker(of: user, in: conversation, through: head) }) {
            try folded.marker(of: user, in: conversation)
        } ?? .none
    }

    func cursor(of device: DeviceNumber) throws -> Position {
        try find({ $0.cursor(of: device, through: head) }) { try folded.cursor(of: device) } ?? 0
    }

    /// The direct conversations of a user, each once, in order of their numbers.
    func chats(of user: UserNumber) throws -> [ConversationNumber] {
        var chats: [ConversationNumber] = []
        try folded.forEachChat(of: user) {
            chats.append($0)
            return true
        }
        let count = chats.count
        if let frozen { chats += frozen.content.withLock { $0.chats(of: user, through: head) } }
        chats += live.content.withLock { $0.chats(of: user, through: head) }
        if chats.count == count { return chats }
        // While a fold is finishing, the frozen generation and the trees may both have one.
        chats.sort()
        var unique: [ConversationNumber] = []
        for chat in chats where chat != unique.last { unique.append(chat) }
        return unique
    }

    // MARK: Names

    func userID(_ number: UserNumber) throws -> UserID {
        if let id = names.user(number) { return id }
        guard let record = try written.user(number) else {
            throw IMError(.corrupt, "user \(number) is named by an entry and has no record")
        }
        names.remember(record.id, number)
        return record.id
    }

    func conversation(_ number: ConversationNumber) throws -> Conversation {
        switch number.kind {
        case .engine: throw IMError(.broken, "the engine's own entries belong to no public conversation")
        case .personal: return .personal(try userID(number.personalUser))
        case .direct:
            let (low, high) = number.directUsers
            return .direct(try userID(low), try userID(high))
        case .group:
            if let id = names.group(number) { return .group(id) }
            guard let record = try written.group(number) else {
                throw IMError(.corrupt, "group \(number.rawValue) is named by an entry and has no record")
            }
            names.remember(record.id, number)
            return .group(record.id)
        }
    }

    /// The number of a user, or `unknown-user`.
    func userNumber(_ id: UserID) throws -> UserNumber {
        guard let number = try written.userNumber(id) else { throw IMError(.unknownUser, "there is no user \(id)") }
        return number
    }

    /// The number of a conversation, or `not-found` when a name in it is unknown.
    func number(of conversation: Conversation) throws -> ConversationNumber {
        guard let number = try known(conversation) else {
            throw IMError(.notFound, "there is no conversation \(conversation)")
        }
        return number
    }

    /// The number of a conversation, or nil when a name in it is unknown.
    func known(_ conversation: Conversation) throws -> ConversationNumber? {
        if let group = conversation.group { return try written.groupNumber(group) }
        var numbers: [UserNumber] = []
        for id in conversation.users {
            guard let number = try written.userNumber(id) else { return nil }
            numbers.append(number)
        }
        return numbers.count == 2 ? .direct(numbers[0], numbers[1]) : .personal(numbers[0])
    }
}

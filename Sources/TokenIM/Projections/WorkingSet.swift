import TokenIMLMDB

/// What the journal says since the last fold, in memory: one generation of the folded projections.
///
/// It only grows while it is the live one. Readers pass the position that they are bound to and do not see what lies
/// above it. The lookups return nil when this generation does not know, and the reader goes on to the one before it.
struct WorkingSet: Sendable {
    struct MemberKey: Hashable {
        var conversation: ConversationNumber
        var user: UserNumber
    }

    struct Version<Value: Sendable>: Sendable {
        var position: Position
        var value: Value
    }

    /// The position of the first entry that it can hold.
    let first: Position
    /// The position of the newest entry that it holds; `first - 1` when it is empty.
    private(set) var last: Position
    private(set) var cells: [ConversationCell] = []
    private var cellIndex = CellIndex()
    /// Where the conversation stands that gets an entry: one command asks for it several times.
    private var lastCell: (conversation: ConversationNumber, index: Int)?
    private(set) var markers: [MemberKey: [Version<Marker>]] = [:]
    private(set) var cursors: [DeviceNumber: [Version<Position>]] = [:]
    /// Direct conversations that came into being, under each of their users.
    private(set) var chats: [UserNumber: [Version<ConversationNumber>]] = [:]
    /// Idempotency keys, in journal order.
    private(set) var keys: [KeyDigest] = []

    init(first: Position) {
        self.first = first
        self.last = first - 1
    }

    var isEmpty: Bool { last < first }
    /// How many entries it holds.
    var count: Int { Int(last + 1 - first) }

    private func offset(_ bound: Position) -> UInt32? {
        bound < first ? nil : UInt32(clamping: bound - first)
    }

    // MARK: Asking

    private func cell(_ conversation: ConversationNumber) -> ConversationCell? {
        cellIndex[conversation].map { cells[$0] }
    }

    func head(of conversation: ConversationNumber, through bound: Position = .max) -> ConversationHead? {
        guard let index = cellIndex[conversation] else { return nil }
        guard let offset = offset(bound) else { return cells[index].base }
        return cells[index].head(through: offset, first: first)
    }

    /// Where the entry of a sequence stands, when it came in this generation.
    func position(of sequence: SequenceNumber, in conversation: ConversationNumber) -> Position? {
        guard let index = cellIndex[conversation], let entry = cells[index].entry(sequence) else { return nil }
        return first + UInt64(entry.offset)
    }

    /// How many entries count as messages up to a sequence that came in this generation.
    func counted(through sequence: SequenceNumber, in conversation: ConversationNumber) -> UInt64? {
        guard let index = cellIndex[conversation], let entry = cells[index].entry(sequence) else { return nil }
        return cells[index].base.counted + UInt64(entry.counted)
    }

    /// The first sequence of a conversation whose position lies above another, when all entries up to that position
    /// came before this generation or in it, and it is known here.
    func firstSequence(above position: Position, in conversation: ConversationNumber) -> SequenceNumber? {
        guard let cell = cell(conversation), position >= cell.base.lastPosition else { return nil }
        let count = offset(position).map { cell.count(through: $0) } ?? 0
        return cell.base.sequence + UInt64(count) + 1
    }

    /// The positions of consecutive sequences from `sequence` on, as far as this generation has them, at most `limit`.
    func positions(from sequence: SequenceNumber, in conversation: ConversationNumber, limit: Int) -> [Position] {
        guard let cell = cell(conversation), sequence > cell.base.sequence else { return [] }
        let index = Int(sequence - cell.base.sequence - 1)
        guard index < cell.entries.count else { return [] }
        return cell.entries[index...].prefix(limit).map { first + UInt64($0.offset) }
    }

    func marker(of user: UserNumber, in conversation: ConversationNumber, through bound: Position = .max) -> Marker? {
        newest(markers[MemberKey(conversation: conversation, user: user)], through: bound)
    }

    func cursor(of device: DeviceNumber, through bound: Position = .max) -> Position? {
        newest(cursors[device], through: bound)
    }

    func chats(of user: UserNumber, through bound: Position = .max) -> [ConversationNumber] {
        guard let chats = chats[user] else { return [] }
        return chats.prefix { $0.position <= bound }.map(\.value)
    }

    private func newest<Value>(_ versions: [Version<Value>]?, through bound: Position) -> Value? {
        guard let versions, let last = versions.last else { return nil }
        if last.position <= bound { return last.value }
        let count = versions.partitioningIndex { $0.position > bound }
        return count == 0 ? nil : versions[count - 1].value
    }

    // MARK: Bringing near

    /// Has brought near what will be looked at to find a conversation.
    func fetchPlace(of conversation: ConversationNumber) {
        cellIndex.fetch(conversation)
    }

    /// Has a conversation's cell brought near, when there is one.
    func fetchCell(of conversation: ConversationNumber) {
        guard let place = cellIndex[conversation] else { return }
        cells.withUnsafeBufferPointer { cells in
            guard let first = cells.baseAddress else { return }
            ProcessorCache.fetch(first + place, byteCount: MemoryLayout<ConversationCell>.size)
        }
    }

    // MARK: Growing

    /// The newest sequence of a conversation that has been begun in this generation.
    func lastSequence(of conversation: ConversationNumber) -> SequenceNumber? {
        findCell(conversation).map { cells[$0].tail.sequence }
    }

    /// The same, of a conversation that is about to get an entry: what follows finds it at once.
    mutating func turn(to conversation: ConversationNumber) -> SequenceNumber? {
        guard let index = findCell(conversation) else { return nil }
        lastCell = (conversation, index)
        return cells[index].tail.sequence
    }

    private func findCell(_ conversation: ConversationNumber) -> Int? {
        if let lastCell, lastCell.conversation == conversation { return lastCell.index }
        return cellIndex[conversation]
    }

    /// Takes up a conversation that is new to this generation, as the one before left it.
    mutating func begin(_ conversation: ConversationNumber, base: ConversationHead) {
        cellIndex.insert(conversation, at: cells.count)
        lastCell = (conversation, cells.count)
        cells.append(ConversationCell(conversation, base: base))
    }

    /// Adds the next entry to a conversation that has been begun. Returns where the conversation stands with it.
    mutating func append(
        _ position: Position, to conversation: ConversationNumber, isCounted: Bool, by side: DirectSide?
    ) -> (sequence: SequenceNumber, counted: UInt64) {
        guard let index = findCell(conversation) else { preconditionFailure("a conversation that was not begun") }
        last = position
        cells[index].append(offset: UInt32(position - first), isCounted: isCounted, by: side)
        return cells[index].tail
    }

    mutating func mark(
        _ side: DirectSide, of conversation: ConversationNumber, _ marker: Marker, at position: Position
    ) {
        guard let index = cellIndex[conversation] else { preconditionFailure("a conversation that was not begun") }
        cells[index].mark(offset: UInt32(position - first), side, marker)
    }

    mutating func withdraw(_ count: Int, from conversation: ConversationNumber, at position: Position) {
        guard let index = cellIndex[conversation] else { preconditionFailure("a conversation that was not begun") }
        cells[index].withdraw(offset: UInt32(position - first), count)
    }

    mutating func mark(
        _ user: UserNumber, of conversation: ConversationNumber, _ marker: Marker, at position: Position
    ) {
        let key = MemberKey(conversation: conversation, user: user)
        markers[key, default: []].append(Version(position: position, value: marker))
    }

    /// - Parameter value: 0 when the device is gone.
    mutating func moveCursor(of device: DeviceNumber, to value: Position, at position: Position) {
        cursors[device, default: []].append(Version(position: position, value: value))
    }

    mutating func addChat(_ conversation: ConversationNumber, of user: UserNumber, at position: Position) {
        chats[user, default: []].append(Version(position: position, value: conversation))
    }

    mutating func addKey(_ digest: UInt64, at position: Position) {
        keys.append(KeyDigest(digest: digest, position: position))
    }

    // MARK: Taking back

    /// Takes back everything above a position, after a batch whose commit did not happen. Returns the keys taken back.
    ///
    /// Walks the whole generation: a failed batch is rare, and an undo log would cost every good one.
    mutating func rollBack(to bound: Position) -> [KeyDigest] {
        last = max(first - 1, min(last, bound))
        for index in cells.indices { cells[index].rollBack(to: offset(bound)) }
        cells.removeAll { $0.isUntouched }
        lastCell = nil
        cellIndex = CellIndex()
        for place in cells.indices { cellIndex.insert(cells[place].number, at: place) }
        markers = markers.compactMapValues { Self.kept($0, bound) }
        cursors = cursors.compactMapValues { Self.kept($0, bound) }
        chats = chats.compactMapValues { Self.kept($0, bound) }
        let kept = keys.partitioningIndex { $0.position > bound }
        defer { keys.removeLast(keys.count - kept) }
        return Array(keys[kept...])
    }

    private static func kept<Value>(_ versions: [Version<Value>], _ bound: Position) -> [Version<Value>]? {
        let kept = versions.filter { $0.position <= bound }
        return kept.isEmpty ? nil : kept
    }
}

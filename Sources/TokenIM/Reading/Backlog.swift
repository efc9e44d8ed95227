import HeapModule
import TokenIMLMDB

/// What lies above a device's cursor in the conversations of its user, read in order of positions: the offline queue.
///
/// One run of consecutive positions for each conversation that has something, merged. Its size depends on the number of
/// those conversations and not on how much has piled up.
struct Backlog {
    fileprivate struct Source {
        var conversation: ConversationNumber
        var sequence: SequenceNumber
        /// Positions of consecutive sequences, as far as they are at hand, and how many of them have been taken.
        var positions: [Position] = []
        var taken = 0
        var visibility: Visibility
        var gap: Gap?
        /// Filled when a batch first comes upon it.
        var known: Known?
        var knownInBatch = 0
    }

    /// The name of a conversation, and how much of its beginning is gone.
    struct Known {
        let conversation: Conversation
        var trimmedThrough: SequenceNumber
        var clearedThrough: SequenceNumber
    }

    /// Which source comes next. The heap moves these rather than the sources, which are wide.
    private struct Turn: Comparable {
        var position: Position
        var source: Int

        static func < (left: Turn, right: Turn) -> Bool { left.position < right.position }
    }

    /// One thing to deliver.
    struct Item {
        var position: Position
        var conversation: ConversationNumber
        /// For ``known(_:in:)``.
        var source: Int
        /// The entries that are gone, when this is no entry.
        var gap: Gap?
    }

    let user: UserNumber
    /// Everything up to here has been looked through when nothing is left.
    let bound: Position
    private var sources: [Source] = []
    private var turns: Heap<Turn> = []
    private var batch = 0

    init(of user: UserNumber, above cursor: Position, in snapshot: borrowing Snapshot) throws {
        self.user = user
        bound = snapshot.head
        // Groups have greater numbers than chats, so one walk over the settings meets them all.
        var settings = try snapshot.written.settings(of: user)
        try add(.personal(user), above: cursor, &settings, in: snapshot)
        for number in try snapshot.chats(of: user) { try add(number, above: cursor, &settings, in: snapshot) }
        var groups: [ConversationNumber] = []
        try snapshot.written.forEachGroup(of: user) { number, leftAt in
            if leftAt ?? .max > cursor { groups.append(number) }
            return true
        }
        for number in groups { try add(number, above: cursor, &settings, in: snapshot) }
    }

    private mutating func add(
        _ number: ConversationNumber, above cursor: Position, _ settings: inout SettingReader,
        in snapshot: borrowing Snapshot
    ) throws {
        let head = try snapshot.head(of: number)
        guard head.lastPosition > cursor,
            var visibility = try snapshot.visibility(of: number, to: user, through: head.sequence, for: .delivery)
        else { return }
        if let setting = try settings.setting(of: number) { visibility.clear(through: setting.cleared.sequence) }
        guard let first = visibility.first(from: try snapshot.firstSequence(above: cursor, in: number)) else { return }
        guard let position = try snapshot.position(of: first, in: number) else {
            throw IMError(.corrupt, "conversation \(number.rawValue) has no position for \(first)")
        }
        var source = Source(
            conversation: number, sequence: first, visibility: visibility, gap: nil)
        if first <= visibility.trimmedThrough {
            // The gap stands where the first entry stood that is gone: nothing that is acknowledged before it passes
            // it.
            let last = visibility.last(through: visibility.trimmedThrough) ?? visibility.trimmedThrough
            source.gap = Gap(from: first, through: last)
            source.sequence = last
        }
        turns.insert(Turn(position: position, source: sources.count))
        sources.append(source)
    }

    var isEmpty: Bool { turns.isEmpty }

    /// Says that another snapshot is read from now on: what is known of the conversations is looked up again.
    mutating func beginBatch() {
        batch += 1
    }

    /// What is known of an item's conversation.
    mutating func known(_ source: Int, in snapshot: borrowing Snapshot) throws -> Known {
        try sources[source].known(in: batch, of: user, snapshot)
    }

    /// Takes the next item.
    mutating func next(in snapshot: borrowing Snapshot) throws -> Item? {
        guard let turn = turns.min else { return nil }
        let item = Item(
            position: turn.position, conversation: sources[turn.source].conversation, source: turn.source,
            gap: sources[turn.source].gap)
        if let position = try sources[turn.source].next(in: snapshot) {
            turns.replaceMin(with: Turn(position: position, source: turn.source))
        } else {
            turns.removeMin()
        }
        return item
    }
}

extension Backlog.Source {
    /// Goes on to the next entry and returns its position; nil when there is none.
    fileprivate mutating func next(in snapshot: borrowing Snapshot) throws -> Position? {
        gap = nil
        let following = sequence + 1
        guard let next = visibility.first(from: following) else { return nil }
        if next != following || taken == positions.count {
            positions = try snapshot.positions(from: next, in: conversation, limit: Int(TimelineBlock.size))
            taken = 0
        }
        guard taken < positions.count else {
            throw IMError(.corrupt, "conversation \(conversation.rawValue) has no position for \(next)")
        }
        defer { taken += 1 }
        sequence = next
        return positions[taken]
    }

    fileprivate mutating func known(
        in batch: Int, of user: UserNumber, _ snapshot: borrowing Snapshot
    ) throws -> Backlog.Known {
        if knownInBatch == batch, let known { return known }
        let found = Backlog.Known(
            conversation: try known?.conversation ?? snapshot.conversation(conversation),
            trimmedThrough: try snapshot.written.trim(of: conversation)?.through ?? 0,
            clearedThrough: try snapshot.clearedThrough(of: conversation, by: user))
        known = found
        knownInBatch = batch
        return found
    }
}

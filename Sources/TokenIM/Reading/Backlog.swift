import HeapModule
import TokenIMLMDB

/// What lies above a device's cursor in the conversations of its user, read in order of positions: the offline queue.
///
/// One run of consecutive positions for each conversation that has something, merged. Its size depends on the number of
/// those conversations and not on how much has piled up.
struct Backlog {
    private struct Source {
        var conversation: ConversationNumber
        var sequence: SequenceNumber
        /// Positions of the sequences behind it, last one first, as far as they are at hand.
        var following: [Position]
        var visibility: Visibility
        var gap: Gap?
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
        /// The entries that are gone, when this is no entry.
        var gap: Gap?
    }

    let user: UserNumber
    /// Everything up to here has been looked through when nothing is left.
    let bound: Position
    private var sources: [Source] = []
    private var turns: Heap<Turn> = []

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
            conversation: number, sequence: first, following: [], visibility: visibility, gap: nil)
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

    /// Takes the next item.
    mutating func next(in snapshot: borrowing Snapshot) throws -> Item? {
        guard let turn = turns.min else { return nil }
        let index = turn.source
        let number = sources[index].conversation
        let item = Item(position: turn.position, conversation: number, gap: sources[index].gap)
        sources[index].gap = nil
        guard let sequence = sources[index].visibility.first(from: sources[index].sequence + 1) else {
            turns.removeMin()
            return item
        }
        if sequence != sources[index].sequence + 1 || sources[index].following.isEmpty {
            let positions = try snapshot.positions(from: sequence, in: number, limit: Int(TimelineBlock.size))
            sources[index].following = positions.reversed()
        }
        guard let position = sources[index].following.popLast() else {
            throw IMError(.corrupt, "conversation \(number.rawValue) has no position for \(sequence)")
        }
        sources[index].sequence = sequence
        turns.replaceMin(with: Turn(position: position, source: index))
        return item
    }
}

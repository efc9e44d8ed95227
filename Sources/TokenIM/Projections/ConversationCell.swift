/// What one conversation got since the last fold.
///
/// Everything is appended and carries the position that caused it, so a reader bound to an earlier moment ignores what
/// came later, and a batch that failed can be taken back.
struct ConversationCell {
    struct TimelineEntry {
        /// The position, counted from the working set's first.
        var offset: UInt32
        /// How many entries of this cell, up to and including this one, count as messages.
        var counted: UInt32
        /// How many entries of this cell stand up to and including the last one by each user of a direct conversation.
        var low: UInt32
        var high: UInt32
    }

    private struct Mark {
        var offset: UInt32
        var marker: Marker
    }

    private struct Withdrawn {
        var offset: UInt32
        /// How many messages this cell's entries have withdrawn up to here.
        var count: UInt32
    }

    let number: ConversationNumber
    /// The head as the fold before left it.
    let base: ConversationHead
    private(set) var entries: [TimelineEntry] = []
    /// What each user of a direct conversation has marked as read. Each goes on from the one before.
    private var lowMarks: [Mark] = []
    private var highMarks: [Mark] = []
    private var withdrawn: [Withdrawn] = []

    init(_ number: ConversationNumber, base: ConversationHead) {
        self.number = number
        self.base = base
    }

    mutating func append(offset: UInt32, isCounted: Bool, by side: DirectSide?) {
        let last = entries.last ?? TimelineEntry(offset: 0, counted: 0, low: 0, high: 0)
        let count = UInt32(entries.count + 1)
        entries.append(
            TimelineEntry(
                offset: offset, counted: last.counted + (isCounted ? 1 : 0),
                low: side == .low ? count : last.low, high: side == .high ? count : last.high))
    }

    mutating func mark(offset: UInt32, _ side: DirectSide, _ marker: Marker) {
        let mark = Mark(offset: offset, marker: marker)
        if side == .low { lowMarks.append(mark) } else { highMarks.append(mark) }
    }

    mutating func withdraw(offset: UInt32, _ count: Int) {
        withdrawn.append(Withdrawn(offset: offset, count: (withdrawn.last?.count ?? 0) + UInt32(count)))
    }

    /// Whether it holds nothing but its base.
    var isUntouched: Bool { entries.isEmpty && lowMarks.isEmpty && highMarks.isEmpty }

    /// The newest sequence, and how many entries up to it count as messages.
    var tail: (sequence: SequenceNumber, counted: UInt64) {
        (base.sequence + UInt64(entries.count), base.counted + UInt64(entries.last?.counted ?? 0))
    }

    /// How many entries stand at or before an offset.
    func count(through offset: UInt32) -> Int {
        guard let last = entries.last else { return 0 }
        return last.offset <= offset ? entries.count : entries.partitioningIndex { $0.offset > offset }
    }

    /// The entry of a sequence, which must lie above the base.
    func entry(_ sequence: SequenceNumber) -> TimelineEntry? {
        guard sequence > base.sequence else { return nil }
        let index = sequence - base.sequence - 1
        return index < UInt64(entries.count) ? entries[Int(index)] : nil
    }

    func head(through offset: UInt32, first: Position) -> ConversationHead {
        let count = count(through: offset)
        var head = base
        if count > 0 {
            let last = entries[count - 1]
            head.sequence += UInt64(count)
            head.counted += UInt64(last.counted)
            head.lastPosition = first + UInt64(last.offset)
            if last.counted > 0 {
                // The newest message is the first entry that reached the present count.
                let index =
                    last.counted == UInt32(count)
                    ? count - 1
                    : entries[..<count].partitioningIndex { $0.counted >= last.counted }
                head.lastMessage = base.sequence + UInt64(index) + 1
                head.lastMessagePosition = first + UInt64(entries[index].offset)
            }
            head.low = head.low.advanced(to: ownMarker(last.low))
            head.high = head.high.advanced(to: ownMarker(last.high))
        }
        if !withdrawn.isEmpty {
            let count = withdrawn.partitioningIndex { $0.offset > offset }
            if count > 0 { head.withdrawn += UInt64(withdrawn[count - 1].count) }
        }
        head.low = head.low.advanced(to: Self.newest(lowMarks, through: offset))
        head.high = head.high.advanced(to: Self.newest(highMarks, through: offset))
        return head
    }

    private static func newest(_ marks: [Mark], through offset: UInt32) -> Marker {
        guard let last = marks.last else { return .none }
        if last.offset <= offset { return last.marker }
        let count = marks.partitioningIndex { $0.offset > offset }
        return count == 0 ? .none : marks[count - 1].marker
    }

    /// Sending moves the sender's own marker to what was sent.
    private func ownMarker(_ count: UInt32) -> Marker {
        guard count > 0 else { return .none }
        let counted = base.counted + UInt64(entries[Int(count) - 1].counted)
        return Marker(sequence: base.sequence + UInt64(count), counted: counted)
    }

    /// Takes back everything above an offset.
    mutating func rollBack(to offset: UInt32?) {
        guard let offset else {
            entries = []
            lowMarks = []
            highMarks = []
            withdrawn = []
            return
        }
        entries.removeLast(entries.count - count(through: offset))
        lowMarks.removeAll { $0.offset > offset }
        highMarks.removeAll { $0.offset > offset }
        withdrawn.removeAll { $0.offset > offset }
    }
}

extension RandomAccessCollection where Index == Int {
    /// The index of the first element that satisfies the predicate; those that do must all stand behind those that
    /// don't.
    func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

import DequeModule

/// What a session has been told of, been handed and acknowledged. Small, whatever the device has not read.
struct DeliveryWindow: Ringable {
    /// Rung when there may be something to receive, or the session has been closed.
    var bell = Bell()
    /// How many deliveries may be unacknowledged.
    let size: Int
    /// Everything up to here has been handed out, or is not for this session.
    private(set) var sent: Position
    private(set) var acknowledged: Position
    /// What has been handed out and not acknowledged, oldest first.
    private var outstanding: Deque<Position> = []
    /// Since when the device owes an acknowledgement.
    private var owesSince: Timestamp?
    /// The deadline that has been set for it, if any.
    private var timedFor: Timestamp?

    /// Positions that have been committed for this session, in order, above `hintsFrom` without exception.
    private var hints: Deque<ClosedRange<Position>> = []
    private var hintsFrom: Position
    private var isSearching = true

    private var isReceiving = false
    private(set) var isClosed = false
    /// Since when the live side knows of an acknowledgement that is to be written.
    private var unwrittenSince: Timestamp?

    private static let greatestHintCount = 64

    init(size: Int, cursor: Position, head: Position) {
        self.size = size
        sent = cursor
        acknowledged = cursor
        hintsFrom = head
    }

    /// Notes entries for this session. When too many gather, they are dropped and the journal is searched instead.
    mutating func hint(_ news: ClosedRange<Position>) {
        // A search may have met it before this was said.
        guard news.upperBound > sent else { return }
        let positions = max(news.lowerBound, sent + 1)...news.upperBound
        if let last = hints.last, last.upperBound + 1 == positions.lowerBound {
            hints[hints.count - 1] = last.lowerBound...positions.upperBound
        } else if hints.count >= Self.greatestHintCount {
            search(from: positions.upperBound)
        } else {
            hints.append(positions)
        }
    }

    private mutating func search(from position: Position) {
        hints = []
        hintsFrom = position
        isSearching = true
    }

    // MARK: Receiving

    /// What a receiver has to read.
    enum Plan {
        case nothing
        /// Look for everything above `sent`.
        case search(above: Position, limit: Int)
        case read([Position])
    }

    private func capacity(_ limit: Int) -> Int { min(limit, size - outstanding.count) }

    /// Whether a receiver would find something to read.
    var hasMore: Bool { capacity(1) > 0 && (isSearching || !hints.isEmpty) }

    /// Says what to read. Unless that is nothing, the receiver comes back with what became of it.
    mutating func begin(limit: Int) throws(IMError) -> Plan {
        if isReceiving { throw IMError(.receiveInProgress, "another task is receiving from this session") }
        let capacity = capacity(limit)
        guard capacity > 0, isSearching || !hints.isEmpty else { return .nothing }
        isReceiving = true
        return isSearching ? .search(above: sent, limit: capacity) : .read(takeHints(limit: capacity))
    }

    private mutating func takeHints(limit: Int) -> [Position] {
        var positions: [Position] = []
        positions.reserveCapacity(min(limit, hints.reduce(0) { $0 + $1.count }))
        while positions.count < limit, let range = hints.popFirst() {
            let taken = range.prefix(limit - positions.count)
            positions += taken
            if taken.count < range.count { hints.prepend(range.lowerBound + Position(taken.count)...range.upperBound) }
        }
        // A session that waits keeps no room for more.
        if hints.isEmpty { hints = [] }
        return positions
    }

    /// Notes what has been handed out after a search; `through` when the search came to its end there.
    mutating func searched(_ found: [Delivery], through end: Position?, now: Timestamp) {
        isReceiving = false
        handOut(found, now: now)
        guard let end else { return }
        sent = max(sent, end)
        while let range = hints.first, range.lowerBound <= end {
            hints.removeFirst()
            if range.upperBound > end { hints.prepend(end + 1...range.upperBound) }
        }
        // What came after the search began is in the hints, unless they overflowed meanwhile.
        if hintsFrom <= end { isSearching = false }
    }

    /// Notes what has been handed out of the positions that were read.
    mutating func read(_ positions: [Position], _ found: [Delivery], now: Timestamp) {
        isReceiving = false
        handOut(found, now: now)
        if let last = positions.last { sent = max(sent, last) }
    }

    /// Notes that reading failed. What was to be read is searched for the next time.
    mutating func abandon() {
        isReceiving = false
        isSearching = true
    }

    private mutating func handOut(_ found: [Delivery], now: Timestamp) {
        guard let last = found.last else { return }
        if outstanding.isEmpty { owesSince = now }
        outstanding.append(contentsOf: found.lazy.map(\.position))
        sent = max(sent, last.position)
    }

    // MARK: Acknowledging

    /// Takes an acknowledgement. Returns whether it was news.
    mutating func acknowledge(through position: Position, now: Timestamp) throws(IMError) -> Bool {
        guard position <= sent else {
            throw IMError(
                .acknowledgementAhead, "\(position) was acknowledged and \(sent) is the last that was delivered")
        }
        guard position > acknowledged else { return false }
        acknowledged = position
        while let first = outstanding.first, first <= position { outstanding.removeFirst() }
        if outstanding.isEmpty { outstanding = [] }
        owesSince = outstanding.isEmpty ? nil : now
        return true
    }

    /// Whether the live side has to be told that there is an acknowledgement to be written. Says so once, and again
    /// when the clock has been set back since.
    mutating func makesUnwrittenKnown(now: Timestamp) -> Bool {
        if let unwrittenSince, unwrittenSince <= now { return false }
        unwrittenSince = now
        return true
    }

    /// What is to be written: the live side hears of the next acknowledgement again.
    mutating func takeUnwritten() -> Position {
        unwrittenSince = nil
        return acknowledged
    }

    // MARK: The end

    /// The deadline that is to be set for what the device owes, unless one that is early enough has been set.
    mutating func nextDeadline(after wait: Duration) -> Timestamp? {
        guard let moment = owesSince?.advanced(by: wait) else { return nil }
        if let timedFor, timedFor <= moment { return nil }
        timedFor = moment
        return moment
    }

    /// Whether the device has owed an acknowledgement for too long, when a deadline has come that was set for it.
    mutating func isOverdue(at deadline: Timestamp, now: Timestamp, after wait: Duration) -> Bool {
        guard timedFor == deadline else { return false }
        timedFor = nil
        return owesSince.map { $0.advanced(by: wait) <= now } ?? false
    }

    mutating func close() {
        isClosed = true
        hints = []
    }
}

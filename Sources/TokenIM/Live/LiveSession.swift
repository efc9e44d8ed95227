/// One live connection of a device, as the live side sees it. Small, whatever the device has not read.
///
/// Belongs to ``Live`` and is touched under its lock only. An object, because it changes with every entry and every
/// acknowledgement, and a value in a dictionary would be copied each time.
final class LiveSession {
    let user: UserNumber
    let userID: UserID
    let device: DeviceNumber
    let deviceID: DeviceID
    let platform: String?
    let window: Int
    /// Rung when there may be something to receive, or the session has been closed.
    let deliveryBell: Doorbell
    let signalBell: Doorbell

    /// Everything up to here has been handed out, or is not for this session.
    private(set) var sent: Position
    private(set) var acknowledged: Position
    /// What has been handed out and not acknowledged, oldest first: at most `window`.
    private var outstanding: [Position] = []
    /// Since when the device owes an acknowledgement.
    private(set) var owesSince: Timestamp?

    /// Positions that have been committed for this session, above `hintsFrom` without exception.
    private var hints: [Position] = []
    private var hintsFrom: Position
    private var isSearching = true

    var isReceiving = false
    /// The deadline that has been set for it, if any.
    var timedFor: Timestamp?
    var signals: [Signal] = []
    var watched: [UserNumber] = []

    private static let greatestHintCount = 64
    /// More than a session may watch users, so that nobody's coming and going pushes out another's.
    static let greatestSignalCount = 1_024

    init(
        user: UserNumber, userID: UserID, device: DeviceNumber, deviceID: DeviceID, platform: String? = nil,
        window: Int, deliveryBell: Doorbell, signalBell: Doorbell, cursor: Position, head: Position
    ) {
        self.user = user
        self.userID = userID
        self.device = device
        self.deviceID = deviceID
        self.platform = platform
        self.window = window
        self.deliveryBell = deliveryBell
        self.signalBell = signalBell
        sent = cursor
        acknowledged = cursor
        hintsFrom = head
    }

    /// Notes an entry for this session. When too many gather, they are dropped and the journal is searched instead.
    func hint(_ position: Position) {
        if hints.count >= Self.greatestHintCount {
            hints = []
            hintsFrom = position
            isSearching = true
        } else {
            hints.append(position)
        }
    }

    /// What a receiver has to read.
    enum Plan {
        case nothing
        /// Look for everything above `sent`.
        case search(above: Position, limit: Int)
        case read([Position])
    }

    func plan(limit: Int) -> Plan {
        let capacity = min(limit, window - outstanding.count)
        if capacity <= 0 { return .nothing }
        if isSearching { return .search(above: sent, limit: capacity) }
        return hints.isEmpty ? .nothing : .read(Array(hints.prefix(capacity)))
    }

    /// Notes what has been handed out after a search; `through` when the search came to its end there.
    func searched(_ positions: [Position], through end: Position?, now: Timestamp) {
        handOut(positions, now: now)
        guard let end else { return }
        sent = max(sent, end)
        hints.removeAll { $0 <= end }
        // What came after the search began is in the hints, unless they overflowed meanwhile.
        if hintsFrom <= end { isSearching = false }
    }

    /// Notes what has been handed out of the hints that were looked at.
    func read(_ looked: [Position], handedOut positions: [Position], now: Timestamp) {
        handOut(positions, now: now)
        guard let last = looked.last else { return }
        sent = max(sent, last)
        hints.removeAll { $0 <= last }
        if hints.isEmpty { hints = [] }
    }

    private func handOut(_ positions: [Position], now: Timestamp) {
        guard let last = positions.last else { return }
        if outstanding.isEmpty { owesSince = now }
        outstanding += positions
        sent = max(sent, last)
    }

    /// Takes an acknowledgement. Returns whether it was news.
    func acknowledge(through position: Position, now: Timestamp) throws(IMError) -> Bool {
        guard position <= sent else {
            throw IMError(
                .acknowledgementAhead, "\(position) was acknowledged and \(sent) is the last that was delivered")
        }
        guard position > acknowledged else { return false }
        acknowledged = position
        outstanding.removeFirst(outstanding.partitioningIndex { $0 > position })
        if outstanding.isEmpty { outstanding = [] }
        owesSince = outstanding.isEmpty ? nil : now
        return true
    }

    /// Adds a signal; of the same kind, user and conversation only the newest stays.
    func add(_ signal: Signal) {
        if signal.kind != .message {
            signals.removeAll {
                $0.kind == signal.kind && $0.user == signal.user && $0.conversation == signal.conversation
            }
        }
        if signals.count >= Self.greatestSignalCount { signals.removeFirst() }
        signals.append(signal)
    }
}

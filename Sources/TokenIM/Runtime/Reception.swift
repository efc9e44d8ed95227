import TokenIMLMDB

/// Where a session's receiver meets those who have something for it: the writer that hints at entries, the device that
/// acknowledges, the live side that closes it.
///
/// Its lock may be taken under that of the live side, and none is taken under it.
typealias Reception = Monitor<DeliveryWindow>

extension Monitor where State == DeliveryWindow {
    /// Begins to take what comes for a session.
    func open(_ window: DeliveryWindow) {
        withLock { $0 = window }
    }

    /// Notes entries for this session. Returns whom to wake.
    func hint(_ positions: ClosedRange<Position>) -> Waiter? {
        withLock { window in
            window.hint(positions)
            return window.bell.ring()
        }
    }

    /// What to read; nil when the session is closed.
    func begin(limit: Int) throws(IMError) -> DeliveryWindow.Plan? {
        try withLock { window throws(IMError) in
            window.isClosed ? nil : try window.begin(limit: limit)
        }
    }

    /// Ends what ``begin(limit:)`` began. Returns the deadline that is to be set, if one is.
    func end(_ wait: Duration, _ note: (inout DeliveryWindow) -> Void) -> Timestamp? {
        withLock { window in
            note(&window)
            return window.nextDeadline(after: wait)
        }
    }

    /// Takes an acknowledgement; nil when the session is closed.
    func acknowledge(
        through position: Position, now: Timestamp, _ wait: Duration
    ) throws(IMError) -> Acknowledgement? {
        try withLock { window throws(IMError) in
            if window.isClosed { return nil }
            guard try window.acknowledge(through: position, now: now) else { return Acknowledgement() }
            return Acknowledgement(
                isToBeWritten: window.makesUnwrittenKnown(now: now), deadline: window.nextDeadline(after: wait),
                waiter: window.hasMore ? window.bell.ring() : nil)
        }
    }

    var acknowledged: Position { withLock { $0.acknowledged } }

    func takeUnwritten() -> Position {
        withLock { $0.takeUnwritten() }
    }

    func isOverdue(at deadline: Timestamp, now: Timestamp, after wait: Duration) -> Bool {
        withLock { $0.isOverdue(at: deadline, now: now, after: wait) }
    }

    func nextDeadline(after wait: Duration) -> Timestamp? {
        withLock { $0.nextDeadline(after: wait) }
    }

    /// Takes nothing any more. Returns whom to wake, and what has been acknowledged.
    func close() -> (waiter: Waiter?, acknowledged: Position) {
        withLock { window in
            window.close()
            return (window.bell.ring(), window.acknowledged)
        }
    }
}

/// What follows from an acknowledgement.
struct Acknowledgement {
    /// The live side does not know yet that there is something to write.
    var isToBeWritten = false
    /// The deadline that is to be set, if one is.
    var deadline: Timestamp?
    /// Who waited for the window to open.
    var waiter: Waiter?
}

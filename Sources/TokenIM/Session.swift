import TokenIMLMDB

/// How a device connects.
public struct SessionOptions: Sendable, Hashable {
    /// Where a device that connects for the first time begins. A known device goes on where it left off.
    public struct Start: Sendable, Hashable {
        enum Value: Sendable, Hashable {
            case automatic
            case creation
            case head
            case position(Position)
        }

        let value: Value

        /// The user's first device begins at the user's creation, a further one at the present head.
        public static let automatic = Start(value: .automatic)
        /// Everything since the user was created.
        public static let creation = Start(value: .creation)
        /// Only what comes from now on; older entries are there as history.
        public static let head = Start(value: .head)
        /// After a position, or after the user's creation when that is later.
        public static func position(_ position: Position) -> Start { Start(value: .position(position)) }
    }

    public var start = Start.automatic
    /// How many deliveries may be unacknowledged, 1 to 4,096; nil for `Limits.sessionWindow`.
    public var window: Int?
    /// The epoch that the device remembers from before; `epoch-changed` when the store has another by now.
    public var epoch: UInt64?
    /// What the device runs on, such as `ios`: 1 to 64 bytes of UTF-8. Nil leaves it as it was said before.
    public var platform: String?
    /// Where a push service reaches the device: 1 to 4,096 bytes of UTF-8. Nil leaves it as it was said before.
    public var pushToken: String?

    var details: DeviceDetails { DeviceDetails(platform: platform, pushToken: pushToken) }

    public init() {}
}

/// One live connection of a device: what it receives, what it acknowledges, what it sends as its user.
///
/// It begins after what the device acknowledged last, and delivers every entry of its user's conversations in order of
/// positions, at least once. What is not acknowledged is delivered again to the device's next session. Nothing is held
/// in memory for a device that does not read: its queue is the journal.
///
/// A newer session of the same device closes this one, or by `Configuration.sessionPolicy` of another. One that is let
/// go without ``close()`` is closed then.
public final class Session: Sendable {
    public let user: UserID
    public let device: DeviceID
    /// The store's life that positions belong to. Keep it with them.
    public let epoch: UInt64

    let engine: Engine
    let number: SessionNumber
    let userNumber: UserNumber
    let deviceNumber: DeviceNumber
    let reception: Reception
    let signalBell: Doorbell
    /// What has been found above the cursor and not been handed out yet, while the session catches up.
    private let backlog = Monitor<Backlog?>(nil)

    init(_ connecting: Connecting, _ attachment: Attachment, engine: Engine) {
        self.engine = engine
        user = connecting.user
        userNumber = attachment.user
        device = connecting.device
        deviceNumber = attachment.device
        number = attachment.session
        reception = connecting.reception
        signalBell = connecting.signalBell
        epoch = engine.epoch
    }

    deinit {
        close()
    }

    /// Closes the session. What was acknowledged is written. Calling it again does nothing.
    public func close() {
        let now = engine.time.now()
        engine.perform(engine.core.live.withLock { $0.detach(number, at: now) })
    }

    // MARK: Receiving

    /// What there is to deliver, as it comes. Suspends while there is nothing, ends when the task is cancelled.
    ///
    /// - Throws: `session-closed`, `session-replaced`, `session-kicked`, `acknowledgement-timeout`,
    ///   `user-disconnected`, `closed`.
    public var deliveries: Deliveries { Deliveries(session: self) }

    /// Takes what can be delivered now, without suspending: up to `maximum`, and up to the window. Empty when there is
    /// nothing, or the window is full.
    ///
    /// - Throws: as ``deliveries``; `receive-in-progress` when another task is at it.
    public func receive(maximum: Int = 4_096) throws(IMError) -> [Delivery] {
        while true {
            guard let plan = try reception.begin(limit: maximum) else { throw reasonOfClosing }
            let (found, note): ([Delivery], (inout DeliveryWindow, Timestamp) -> Void)
            do throws(IMError) {
                switch plan {
                case .nothing: return []
                case .search(let position, let limit):
                    let (deliveries, end) = try search(above: position, limit: limit)
                    (found, note) = (deliveries, { $0.searched(deliveries, through: end, now: $1) })
                case .read(let positions):
                    let deliveries = try read(positions)
                    (found, note) = (deliveries, { $0.read(positions, deliveries, now: $1) })
                }
            } catch {
                _ = reception.end(engine.core.limits.acknowledgementWait) { $0.abandon() }
                throw error
            }
            let now = engine.time.now()
            if let deadline = reception.end(engine.core.limits.acknowledgementWait, { note(&$0, now) }) {
                engine.updateLive { $0.setDeadline(of: number, at: deadline) }
            }
            if !found.isEmpty { return found }
        }
    }

    private var reasonOfClosing: IMError { engine.core.live.withLock { $0.gone(number) } }

    private func read(_ positions: [Position]) throws(IMError) -> [Delivery] {
        let recent = engine.core.recent.deliveries(at: positions)
        if recent.count == positions.count { return recent }
        return try IMError.mapping {
            try engine.core.snapshot().deliveries(at: positions, recent, to: userNumber, deviceNumber)
        }
    }

    /// Reads on in the backlog, or looks for a new one. Also returns where it came to its end, if it did.
    private func search(above position: Position, limit: Int) throws(IMError) -> ([Delivery], Position?) {
        try IMError.mapping {
            let snapshot = try engine.core.snapshot()
            var backlog =
                try self.backlog.withLock { $0.take() }
                ?? Backlog(of: userNumber, above: position, in: snapshot)
            let found = try snapshot.deliveries(from: &backlog, to: deviceNumber, limit: limit)
            if backlog.isEmpty { return (found, backlog.bound) }
            self.backlog.withLock { $0 = backlog }
            return (found, nil)
        }
    }

    /// Acknowledges this delivery and all before it. Cheap: it is written with others within
    /// `Limits.acknowledgementDelay` and when the session closes. On a session that is closed it does nothing, and the
    /// delivery comes again.
    public func acknowledge(_ delivery: Delivery) {
        try? acknowledge(through: delivery.position)
    }

    /// Acknowledges everything up to a position. One that lies behind an earlier one succeeds and changes nothing.
    ///
    /// - Throws: `acknowledgement-ahead` for what has not been delivered; as ``deliveries`` when closed.
    public func acknowledge(through position: Position) throws(IMError) {
        let now = engine.time.now()
        let wait = engine.core.limits.acknowledgementWait
        guard let taken = try reception.acknowledge(through: position, now: now, wait) else { throw reasonOfClosing }
        if taken.isToBeWritten || taken.deadline != nil {
            try engine.updateLive { live throws(IMError) in
                if taken.isToBeWritten { try live.acknowledged(by: number, now: now) }
                if let deadline = taken.deadline { live.setDeadline(of: number, at: deadline) }
            }
        }
        taken.waiter?.resume()
    }
}

/// The deliveries of a session as an asynchronous sequence. Iterate it from one task at a time.
public struct Deliveries: AsyncSequence, Sendable {
    let session: Session

    public func makeAsyncIterator() -> Iterator { Iterator(session: session) }

    public struct Iterator: AsyncIteratorProtocol {
        let session: Session
        private var batch: [Delivery] = []
        private var index = 0

        init(session: Session) {
            self.session = session
        }

        public mutating func next() async throws(IMError) -> Delivery? {
            try await next(isolation: nil)
        }

        public mutating func next(isolation: isolated (any _Concurrency.Actor)?) async throws(IMError) -> Delivery? {
            while index == batch.count {
                if Task.isCancelled { return nil }
                batch = try session.receive()
                index = 0
                if batch.isEmpty { await session.reception.wait() }
            }
            defer { index += 1 }
            return batch[index]
        }
    }
}

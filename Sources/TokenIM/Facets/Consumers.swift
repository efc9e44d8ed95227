import TokenIMLMDB

/// Where a new consumer begins. Only two: all there is, or what comes.
public struct ConsumerStart: Hashable, Sendable {
    private let value: UInt8
    /// With the first entry of the journal.
    public static let beginning = ConsumerStart(value: 0)
    /// With the next entry.
    public static let head = ConsumerStart(value: 1)
}

/// Named places of the host in the whole journal: the outbox for push, webhooks, search, analytics.
public struct Consumers: Sendable {
    let engine: Engine

    /// Creates a consumer.
    ///
    /// - Throws: `already-exists`.
    @discardableResult
    public func create(_ id: ConsumerID, from start: ConsumerStart = .head) async throws(IMError) -> Consumer {
        _ = try await engine.submit(Command(.createConsumer(id, start: start), by: .host))
        return try get(id)
    }

    /// A consumer that exists. All values of one name share what is in flight.
    ///
    /// - Throws: `not-found`.
    public func get(_ id: ConsumerID) throws(IMError) -> Consumer {
        let floor = try IMError.mapping { try engine.core.snapshot().written.consumer(id) }
        guard let floor else { throw IMError(.notFound, "there is no consumer \(id)") }
        return engine.consumer(id, floor: floor)
    }

    /// Deletes a consumer with its dead letters.
    public func delete(_ id: ConsumerID) async throws(IMError) {
        _ = try await engine.submit(Command(.deleteConsumer(id), by: .host))
        engine.forgetConsumer(id)
    }
}

/// An entry given to a consumer.
public struct ConsumerDelivery: Hashable, Sendable {
    public let entry: Entry
    /// How often it has been given out, this time included.
    public let deliveries: Int
    public var position: Position { entry.position }
}

/// A named durable place in the journal. Every entry is given out at least once, in order of positions as long as none
/// is given back, until it is acknowledged or ends among the dead letters.
///
/// The engine's own bookkeeping is left out.
public final class Consumer: Sendable {
    public let id: ConsumerID
    let engine: Engine
    private let state: Monitor<Consumption>
    let bell = Doorbell()

    init(_ id: ConsumerID, engine: Engine, floor: Position) {
        self.id = id
        self.engine = engine
        state = Monitor(Consumption(floor: floor))
    }

    /// Everything up to here has been acknowledged, or lies with the parked entries and the dead letters.
    public var floor: Position { state.withLock { $0.floor } }

    /// Takes what there is now, without suspending: entries that were held too long, entries whose rest is over, then
    /// new ones. Hold each no longer than `Limits.consumerWait`.
    ///
    /// An entry that has been given out `Limits.consumerDeliveries` times without success goes to the dead letters.
    public func receive(maximum: Int = 100) async throws(IMError) -> [ConsumerDelivery] {
        try await receive(maximum: maximum, writtenBy: .distantFuture)
    }

    /// As ``receive(maximum:)``, but of new entries only those that were written by a moment.
    func receive(maximum: Int, writtenBy moment: Timestamp) async throws(IMError) -> [ConsumerDelivery] {
        guard maximum > 0 else { throw IMError(.malformedArgument, "a maximum of \(maximum); at least 1") }
        let maximum = min(maximum, engine.core.limits.consumerInFlight)
        let now = engine.time.now()
        let (given, spent) = try IMError.mapping { try take(maximum, writtenBy: moment, now: now) }
        if !spent.isEmpty { try await change(spent) }
        return given
    }

    /// As ``receive(maximum:)``, but suspends until there is something, or the task is cancelled.
    public func next(maximum: Int = 100) async throws(IMError) -> [ConsumerDelivery] {
        while true {
            let given = try await receive(maximum: maximum)
            if !given.isEmpty || Task.isCancelled { return given }
            await bell.wait()
        }
    }

    private func take(_ maximum: Int, writtenBy moment: Timestamp, now: Timestamp) throws -> ([ConsumerDelivery], [ConsumerChange]) {
        let limits = engine.core.limits
        let snapshot = try engine.core.snapshot()
        guard let floor = try snapshot.written.consumer(id) else {
            throw IMError(.notFound, "there is no consumer \(id)")
        }
        var parked: [(position: Position, deliveries: UInt64)] = []
        try snapshot.written.forEachConsumerEntry(of: id) { position, record in
            if !record.isBuried, record.notBefore <= now { parked.append((position, record.deliveries)) }
            return parked.count < maximum + limits.consumerInFlight
        }
        var wanted: [(position: Position, deliveries: UInt64)] = []
        var spent: [ConsumerChange] = []
        state.withLock { state in
            state.settled(through: floor)
            let parkedPositions = Set(parked.map(\.position))
            for (position, deliveries) in state.overdue(at: now) where wanted.count < maximum {
                if deliveries >= UInt64(limits.consumerDeliveries) {
                    _ = state.take(position)
                    spent.append(.buried(position, deliveries: deliveries))
                } else {
                    wanted.append((position, deliveries + 1))
                    let isParked = parkedPositions.contains(position)
                    state.give(
                        position, deliveries: deliveries + 1, until: now.advanced(by: limits.consumerWait),
                        isParked: isParked)
                }
            }
            for (position, deliveries) in parked where wanted.count < maximum && !state.isInFlight(position) {
                wanted.append((position, deliveries + 1))
                state.give(
                    position, deliveries: deliveries + 1, until: now.advanced(by: limits.consumerWait), isParked: true)
            }
        }
        var given: [ConsumerDelivery] = []
        for (position, deliveries) in wanted {
            guard let entry = try snapshot.written.entry(at: position) else { continue }
            given.append(ConsumerDelivery(entry: try snapshot.entry(entry), deliveries: Int(deliveries)))
        }
        try takeNew(maximum - given.count, from: snapshot, writtenBy: moment, now: now, into: &given)
        return (given, spent)
    }

    private func takeNew(
        _ limit: Int, from snapshot: borrowing Snapshot, writtenBy moment: Timestamp, now: Timestamp,
        into given: inout [ConsumerDelivery]
    ) throws {
        let limits = engine.core.limits
        let (next, count) = state.withLock { ($0.next, $0.count) }
        var room = min(limit, limits.consumerInFlight - count)
        guard room > 0 else { return }
        var read = next
        // One call looks at a bounded stretch, however much of it is the engine's own bookkeeping.
        var looks = max(10_000, room)
        try snapshot.written.forEachEntry(above: next) { entry in
            guard entry.position <= snapshot.head, entry.header.timestamp <= moment else { return false }
            read = entry.position
            looks -= 1
            if entry.header.conversation != .engine {
                given.append(ConsumerDelivery(entry: try snapshot.entry(entry), deliveries: 1))
                room -= 1
                state.withLock {
                    $0.give(
                        entry.position, deliveries: 1, until: now.advanced(by: limits.consumerWait), isParked: false)
                }
            }
            return room > 0 && looks > 0
        }
        state.withLock { $0.read(through: read) }
    }

    /// Settles entries: they are not given out again. Durable when it returns.
    ///
    /// Entries need not be acknowledged in order; one that was acknowledged above another that is still in flight may
    /// be given out again after a crash.
    public func acknowledge(_ positions: [Position]) async throws(IMError) {
        let changes = state.withLock { state -> [ConsumerChange] in
            var changes: [ConsumerChange] = []
            for position in positions {
                if let given = state.take(position), given.isParked { changes.append(.settled(position)) }
            }
            return changes + [.moved(state.reachable)]
        }
        try await change(changes)
    }

    /// Gives an entry back, to be given out again after a while: `delay`, or what `Limits.consumerBackoff` says. After
    /// `Limits.consumerDeliveries` times it goes to the dead letters instead.
    public func reject(_ position: Position, delay: Duration? = nil) async throws(IMError) {
        let limits = engine.core.limits
        let now = engine.time.now()
        let changes = state.withLock { state -> [ConsumerChange]? in
            guard let given = state.take(position) else { return nil }
            let isSpent = given.deliveries >= UInt64(limits.consumerDeliveries)
            let index = min(Int(given.deliveries) - 1, limits.consumerBackoff.count - 1)
            let rest = delay ?? (index >= 0 ? limits.consumerBackoff[index] : .zero)
            let change: ConsumerChange =
                isSpent
                ? .buried(position, deliveries: given.deliveries)
                : .parked(position, deliveries: given.deliveries, notBefore: now.advanced(by: rest))
            return [change, .moved(state.reachable)]
        }
        guard let changes else { throw IMError(.notFound, "position \(position) is not with consumer \(id)") }
        try await change(changes)
    }

    private func change(_ changes: [ConsumerChange]) async throws(IMError) {
        _ = try await engine.submit(Command(.changeConsumer(id, changes), by: .host))
        let floor = try IMError.mapping { try engine.core.snapshot().written.consumer(id) }
        if let floor { state.withLock { $0.settled(through: floor) } }
    }

    // MARK: Dead letters

    /// Entries that were given up, in order of positions, after a position.
    public func deadLetters(after position: Position = 0, limit: Int? = nil) throws(IMError) -> [ConsumerDelivery] {
        let limit = try engine.core.limits.page(limit, default: 100)
        return try IMError.mapping { () throws -> [ConsumerDelivery] in
            let snapshot = try engine.core.snapshot()
            var letters: [ConsumerDelivery] = []
            try snapshot.written.forEachConsumerEntry(of: id) { found, record in
                guard record.isBuried, found > position, let entry = try snapshot.written.entry(at: found) else {
                    return true
                }
                letters.append(
                    ConsumerDelivery(entry: try snapshot.entry(entry), deliveries: Int(record.deliveries)))
                return letters.count < limit
            }
            return letters
        }
    }

    /// Gives a dead letter another round of deliveries.
    public func requeue(_ position: Position) async throws(IMError) {
        try requireBuried(position)
        try await change([.parked(position, deliveries: 0, notBefore: .zero)])
        bell.ring()
    }

    /// Drops a dead letter.
    public func purge(_ position: Position) async throws(IMError) {
        try requireBuried(position)
        try await change([.settled(position)])
    }

    private func requireBuried(_ position: Position) throws(IMError) {
        let isBuried = try IMError.mapping { () throws -> Bool in
            var isBuried = false
            try engine.core.snapshot().written.forEachConsumerEntry(of: id) { found, record in
                if found == position { isBuried = record.isBuried }
                return found < position
            }
            return isBuried
        }
        guard isBuried else { throw IMError(.notFound, "position \(position) is no dead letter of consumer \(id)") }
    }
}

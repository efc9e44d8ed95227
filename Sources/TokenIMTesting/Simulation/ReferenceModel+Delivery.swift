internal import TokenIM

extension ReferenceModel {
    /// One session of a device.
    struct Connection {
        var user: UserID
        var device: DeviceID
        var window: Int
        /// Everything up to here needs no attention any more.
        var floor: Position
        /// Positions above `floor` of what has been handed out, by itself or in a gap.
        var announced: Set<Position> = []
        /// What has been handed out and not acknowledged.
        var outstanding: [Position] = []
        var last: Position = 0
        var owesSince: Timestamp?
        /// Why it is over.
        var end: IMError.Code?
    }

    func connection(_ user: UserID, _ device: DeviceID) -> Int? {
        connections.firstIndex { $0.user == user && $0.device == device }
    }

    func isOpen(_ user: UserID, _ device: DeviceID) -> Bool {
        connection(user, device).map { connections[$0].end == nil } ?? false
    }

    /// Judges a connection. Returns the position at which a device that is new begins; nil for one that is known.
    func connecting(
        _ user: UserID, _ device: DeviceID, _ start: Int, window: Int
    ) throws(Refusal) -> Position? {
        var codes: [IMError.Code] = (1...4_096).contains(window) ? [] : [.malformedArgument]
        let person = existing(user)
        if person == nil { codes.append(.unknownUser) }
        if person?.status == .suspended { codes.append(.userSuspended) }
        let devices = endpoints.filter { $0.user == user }
        let isKnown = devices.contains { $0.id == device }
        if !isKnown, devices.count >= limits.devicesPerUser { codes.append(.tooManyDevices) }
        if !isKnown, start > 2, UInt64(start) > head { codes.append(.acknowledgementAhead) }
        guard codes.isEmpty, let person else { throw Refusal(codes) }
        if isKnown { return nil }
        switch start {
        case 0: return devices.isEmpty ? person.createdPosition : head
        case 1: return person.createdPosition
        case 2: return head
        default: return max(UInt64(start), person.createdPosition)
        }
    }

    mutating func connect(_ user: UserID, _ device: DeviceID, newAt start: Position?, window: Int) {
        if let start {
            endpoints.append(Endpoint(user: user, id: device, start: start))
        }
        end(user, device, .sessionReplaced)
        connections.removeAll { $0.user == user && $0.device == device }
        let floor = endpoints.first { $0.user == user && $0.id == device }?.cursor ?? 0
        connections.append(Connection(user: user, device: device, window: window, floor: floor, last: floor))
    }

    mutating func end(_ user: UserID, _ device: DeviceID, _ code: IMError.Code) {
        guard let index = connection(user, device), connections[index].end == nil else { return }
        connections[index].end = code
        // What was acknowledged is written when a session closes.
        for index in endpoints.indices where endpoints[index].user == user && endpoints[index].id == device {
            endpoints[index].durable = endpoints[index].cursor
        }
    }

    mutating func disconnect(_ user: UserID) {
        for connection in connections where connection.user == user { end(user, connection.device, .userDisconnected) }
    }

    /// Judges what a session was handed. Returns a complaint, or nil.
    mutating func receive(_ deliveries: [Delivery], _ index: Int, maximum: Int, now: Timestamp) -> String? {
        var session = connections[index]
        defer { connections[index] = session }
        let capacity = max(0, min(maximum, session.window - session.outstanding.count))
        if deliveries.count > capacity { return "\(deliveries.count) deliveries where \(capacity) may be" }
        var pending = backlog(session.user, session.device, above: session.floor)
            .filter { !session.announced.contains($0.position) }
        for delivery in deliveries {
            if delivery.position <= session.last { return "out of order: \(delivery) after \(session.last)" }
            session.last = delivery.position
            let passed = pending.filter { $0.position < delivery.position && !isTrimmed($0) }
            if let first = passed.first { return "\(delivery) comes before \(first)" }
            if let gap = delivery.gap {
                // A gap may also tell of what this device has caused itself.
                let gone = backlog(session.user, session.device, above: session.floor, withOwn: true)
                let lines = gone.filter {
                    $0.conversation == delivery.conversation && gap.from <= $0.sequence && $0.sequence <= gap.through
                }
                if lines.allSatisfy({ session.announced.contains($0.position) }) {
                    return "a gap of nothing: \(delivery)"
                }
                if let line = lines.first(where: { !isTrimmed($0) }) { return "\(delivery) hides \(line)" }
                session.announced.formUnion(lines.map(\.position))
            } else {
                guard let line = pending.first(where: { $0.position == delivery.position }) else {
                    return "not expected: \(delivery)"
                }
                if isTrimmed(line) { return "has been trimmed: \(delivery)" }
                guard let entry = delivery.entry, matches(line, entry, for: session.user) else {
                    return "\(delivery) is not \(line)"
                }
                session.announced.insert(line.position)
            }
            pending.removeAll { session.announced.contains($0.position) }
        }
        if deliveries.isEmpty, capacity > 0, let line = pending.first { return "nothing comes, and there is \(line)" }
        if session.outstanding.isEmpty, !deliveries.isEmpty { session.owesSince = now }
        session.outstanding += deliveries.map(\.position)
        return nil
    }

    /// Judges an acknowledgement: whether it may be accepted, and whether it may be refused.
    func acknowledging(_ index: Int, through position: Position) -> (mayPass: Bool, mayFail: Bool) {
        let session = connections[index]
        if position <= max(session.floor, session.last) { return (true, false) }
        if position > head { return (false, true) }
        let isPassing = backlog(session.user, session.device, above: session.floor)
            .contains { $0.position <= position && !session.announced.contains($0.position) }
        return (!isPassing, true)
    }

    /// Takes an acknowledgement. Returns a complaint when it passes something that was never announced.
    mutating func acknowledge(_ index: Int, through position: Position, now: Timestamp) -> String? {
        guard position > connections[index].floor else { return nil }
        let session = connections[index]
        let lost = backlog(session.user, session.device, above: session.floor)
            .first { $0.position <= position && !session.announced.contains($0.position) }
        connections[index].floor = position
        connections[index].outstanding.removeAll { $0 <= position }
        connections[index].owesSince = connections[index].outstanding.isEmpty ? nil : now
        for index in endpoints.indices
        where endpoints[index].user == session.user && endpoints[index].id == session.device {
            endpoints[index].cursor = max(endpoints[index].cursor, position)
            endpoints[index].acknowledgedAt = now
        }
        return lost.map { "acknowledging \(position) passes silently over \($0)" }
    }

    /// The clock has been advanced.
    mutating func advanced(to now: Timestamp) {
        for index in endpoints.indices {
            guard let moment = endpoints[index].acknowledgedAt else { continue }
            if moment.advanced(by: limits.acknowledgementDelay) <= now {
                endpoints[index].durable = endpoints[index].cursor
            }
        }
        for session in connections where session.end == nil {
            guard let since = session.owesSince else { continue }
            if since.advanced(by: limits.acknowledgementWait) <= now {
                end(session.user, session.device, .acknowledgementTimeout)
            }
        }
    }
}

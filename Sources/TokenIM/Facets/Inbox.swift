import TokenIMLMDB

/// A user's conversations at a glance.
public struct Inbox: Sendable {
    let engine: Engine

    /// The conversations of a user, by recent activity, with the last message and the unread count of each.
    ///
    /// - Parameter before: continues a list: the ``InboxItem/activity`` of its last item.
    /// - Cost: one row for each conversation of the user, and one for each item of the page.
    public func list(
        _ user: UserID, before: Position? = nil, onlyUnread: Bool = false, limit: Int? = nil
    ) throws(IMError) -> [InboxItem] {
        try IMError.mapping {
            try engine.core.snapshot().inbox(of: user, before: before, onlyUnread: onlyUnread, limit: limit)
        }
    }

    /// One conversation of a user's inbox; nil when it is not in there.
    public func item(_ user: UserID, _ conversation: Conversation) throws(IMError) -> InboxItem? {
        try IMError.mapping { try engine.core.snapshot().inboxItem(of: user, conversation) }
    }

    /// All unread messages of a user.
    public func total(_ user: UserID) throws(IMError) -> UInt64 {
        try IMError.mapping { try engine.core.snapshot().unreadTotal(of: user) }
    }
}

/// Who can be reached right now.
public struct Presence: Sendable {
    let engine: Engine

    public func of(_ user: UserID) throws(IMError) -> PresenceStatus {
        try of([user])[user] ?? PresenceStatus(isOnline: false, devices: [])
    }

    /// - Throws: `unknown-user`; `request-too-large` for more than `Limits.presencePerCall`.
    public func of(_ users: [UserID]) throws(IMError) -> [UserID: PresenceStatus] {
        guard users.count <= engine.core.limits.presencePerCall else {
            throw IMError(
                .requestTooLarge, "\(users.count) users in one call; the limit is \(engine.core.limits.presencePerCall)"
            )
        }
        let numbers = try IMError.mapping { () throws -> [(UserID, UserNumber)] in
            let snapshot = try engine.core.snapshot()
            return try users.map { ($0, try snapshot.userNumber($0)) }
        }
        return engine.core.live.withLock { live in
            Dictionary(numbers.map { ($0, live.presence(of: $1)) }) { first, _ in first }
        }
    }
}

/// The devices of users, and receiving without a session.
public struct Devices: Sendable {
    let engine: Engine

    /// The devices of a user, in order of their names.
    public func list(of user: UserID) throws(IMError) -> [Device] {
        let devices = try IMError.mapping { try engine.core.snapshot().devices(of: user) }
        return engine.core.live.withLock { live in
            devices.map { number, device in
                Device(
                    id: device.id, cursor: live.cursor(of: number, stored: device.cursor),
                    isConnected: live.isConnected(number))
            }
        }
    }
}

extension Devices {
    /// Registers a device without connecting it, for receiving by polling. One that is known stays as it is.
    public func register(
        _ device: DeviceID, of user: UserID, start: SessionOptions.Start = .automatic
    ) async throws(IMError) {
        _ = try await engine.submit(Command(.addDevice(device, of: user, start: start), by: .host))
    }

    /// What lies above a device's cursor, oldest first. Nothing is held for it and nothing moves until
    /// ``acknowledge(_:of:through:)``: calling again returns the same.
    ///
    /// - Throws: `unknown-user`; `not-found` for a device that is not registered.
    public func receive(_ device: DeviceID, of user: UserID, maximum: Int? = nil) throws(IMError) -> [Delivery] {
        let maximum = try engine.core.limits.page(maximum, default: 100)
        return try IMError.mapping { () throws -> [Delivery] in
            let snapshot = try engine.core.snapshot()
            let userNumber = try snapshot.userNumber(user)
            guard let number = try snapshot.written.deviceNumber(device, of: userNumber) else {
                throw IMError(.notFound, "user \(user) has no device \(device)")
            }
            let stored = try snapshot.cursor(of: number)
            let cursor = engine.core.live.withLock { $0.cursor(of: number, stored: stored) }
            var backlog = try Backlog(of: userNumber, above: cursor, in: snapshot)
            return try snapshot.deliveries(from: &backlog, to: number, limit: maximum)
        }
    }

    /// Acknowledges for a device everything up to a position. Durable when it returns; a cursor never goes back.
    ///
    /// - Throws: `unknown-user`, `not-found`; `acknowledgement-ahead` for a position that does not exist yet.
    public func acknowledge(
        _ device: DeviceID, of user: UserID, through position: Position
    ) async throws(IMError) {
        _ = try await engine.submit(Command(.acknowledge(device, of: user, through: position), by: .host))
    }
}

extension Engine {
    /// Users, with the host's rights.
    public var users: Users { Users(engine: self) }
    /// Groups, with the host's rights.
    public var groups: Groups { Groups(engine: self, actor: .host) }
    public var messages: Messages { Messages(engine: self) }
    public var inbox: Inbox { Inbox(engine: self) }
    public var presence: Presence { Presence(engine: self) }
    public var devices: Devices { Devices(engine: self) }
    public var consumers: Consumers { Consumers(engine: self) }

    /// Lends a consistent view of one moment for several questions. Keep it short, and do not wait in it.
    public func snapshot<Result>(_ body: (borrowing Snapshot) throws -> Result) throws -> Result {
        try body(try IMError.mapping { try core.snapshot() })
    }
}

import TokenIMLMDB

/// A user's conversations at a glance.
public struct Inbox: Sendable {
    let engine: Engine

    /// The conversations of a user: those that are pinned, then the others, each by recent activity.
    ///
    /// - Parameters:
    ///   - archived: lists those that the user put away, instead of the others. Hidden ones are in neither list.
    ///   - onlyUnread: leaves out what has been read and is not marked as unread.
    ///   - place: continues a list: the ``InboxItem/place`` of its last item. What moves up between two pages is not on
    ///     the later one: ``changes(of:since:limit:)``, asked from the head that there was before the first page, has
    ///     it.
    /// - Throws: `unknown-user`; `malformed-argument`, `request-too-large` for the limit.
    /// - Cost: one row for each conversation of the user and for each setting, and a few for each item of the page.
    public func list(
        _ user: UserID, archived: Bool = false, onlyUnread: Bool = false, after place: InboxPlace? = nil,
        limit: Int? = nil
    ) throws(IMError) -> [InboxItem] {
        try IMError.mapping {
            try engine.core.snapshot().inbox(
                of: user, archived: archived, onlyUnread: onlyUnread, after: place, limit: limit)
        }
    }

    /// One conversation of a user's inbox, also when it is archived or hidden; nil when it is not in there.
    public func item(_ user: UserID, _ conversation: Conversation) throws(IMError) -> InboxItem? {
        try IMError.mapping { try engine.core.snapshot().inboxItem(of: user, conversation) }
    }

    /// The unread messages in all the conversations of a list: what a badge shows. One that is only marked as unread
    /// adds nothing.
    ///
    /// - Parameters:
    ///   - archived: counts those of the archived conversations, instead of the others.
    ///   - withMuted: whether conversations that are muted now count too.
    /// - Cost: one row for each conversation of the user and for each setting.
    public func total(
        _ user: UserID, archived: Bool = false, withMuted: Bool = true
    ) throws(IMError) -> UInt64 {
        try IMError.mapping {
            try engine.core.snapshot().unreadTotal(
                of: user, archived: archived, withoutMutedAt: withMuted ? nil : engine.time.now())
        }
    }

    /// What became of a user's inbox since a position: for a client that keeps it and only wants what is new.
    ///
    /// - Parameter position: ``InboxChanges/position`` of the last answer; 0 for the whole inbox. Positions belong to
    ///   an ``Engine/epoch``.
    /// - Throws: `unknown-user`; `malformed-argument` for a position above the head; `malformed-argument`,
    ///   `request-too-large` for the limit.
    /// - Cost: one row for each conversation of the user and for each entry of its personal conversation since then, of
    ///   which one call looks at `Limits.pageSize`; a few for each item.
    public func changes(
        of user: UserID, since position: Position, limit: Int? = nil
    ) throws(IMError) -> InboxChanges {
        try IMError.mapping { try engine.core.snapshot().inboxChanges(of: user, since: position, limit: limit) }
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

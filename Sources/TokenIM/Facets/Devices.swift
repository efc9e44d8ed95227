import TokenIMLMDB

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
                    isConnected: live.isConnected(number), platform: device.platform, pushToken: device.pushToken)
            }
        }
    }

    /// Closes a user's sessions, or that of one device, with `session-kicked`. They may connect again.
    ///
    /// - Parameter reason: 1 to 256 bytes of UTF-8; what the error says that the session ends with.
    /// - Throws: `unknown-user`; `not-found` for a device that is not registered; `malformed-argument`.
    public func kick(_ device: DeviceID? = nil, of user: UserID, reason: String) throws(IMError) {
        guard (1...256).contains(reason.utf8.count) else {
            throw IMError(.malformedArgument, "a reason of \(reason.utf8.count) bytes; 1 to 256")
        }
        let (userNumber, number) = try IMError.mapping { () throws -> (UserNumber, DeviceNumber?) in
            let snapshot = try engine.core.snapshot()
            let userNumber = try snapshot.userNumber(user)
            return (userNumber, try device.map { try snapshot.deviceNumber($0, of: userNumber, user) })
        }
        let now = engine.time.now()
        engine.perform(engine.core.live.withLock { $0.kick(userNumber, number, reason: reason, at: now) })
    }

    // MARK: Without a session

    /// Registers a device without connecting it, for receiving by polling. Of one that is known, only what it says
    /// about itself changes: what is nil stays as it was.
    ///
    /// - Parameters:
    ///   - platform: what it runs on: 1 to 64 bytes of UTF-8.
    ///   - pushToken: where a push service reaches it: 1 to 4,096 bytes of UTF-8.
    public func register(
        _ device: DeviceID, of user: UserID, start: SessionOptions.Start = .automatic, platform: String? = nil,
        pushToken: String? = nil
    ) async throws(IMError) {
        let details = DeviceDetails(platform: platform, pushToken: pushToken)
        _ = try await engine.submit(Command(.addDevice(device, of: user, start: start, details), by: .host))
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
            let number = try snapshot.deviceNumber(device, of: userNumber, user)
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

extension Snapshot {
    fileprivate func deviceNumber(
        _ device: DeviceID, of number: UserNumber, _ user: UserID
    ) throws -> DeviceNumber {
        guard let found = try written.deviceNumber(device, of: number) else {
            throw IMError(.notFound, "user \(user) has no device \(device)")
        }
        return found
    }
}

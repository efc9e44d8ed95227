extension Snapshot {
    /// A user, also one that has been deleted; nil when there never was one of this name.
    public func user(_ id: UserID) throws(IMError) -> User? {
        try IMError.mapping { try written.userNumber(id).flatMap { try written.user($0)?.user } }
    }

    /// Users in order of their names' bytes, after a name. Deleted ones are left out.
    public func users(after id: UserID? = nil, limit: Int? = nil) throws(IMError) -> [User] {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping {
            var users: [User] = []
            try written.forEachUser(after: id) { number in
                if let record = try written.user(number), record.status != .deleted { users.append(record.user) }
                return users.count < limit
            }
            return users
        }
    }

    /// The devices of a user, in order of their names. `isConnected` is not known to a snapshot and false.
    func devices(of user: UserID) throws(IMError) -> [(DeviceNumber, Device)] {
        try IMError.mapping {
            var devices: [(DeviceNumber, Device)] = []
            for number in try written.devices(of: userNumber(user)) {
                guard let record = try written.device(number) else {
                    throw IMError(.corrupt, "device \(number) has a name and no record")
                }
                let device = Device(
                    id: record.id, cursor: try cursor(of: number), isConnected: false,
                    platform: record.details.platform, pushToken: record.details.pushToken)
                devices.append((number, device))
            }
            return devices
        }
    }
}

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

    /// A group, also one that has been dissolved; nil when there never was one of this name.
    public func group(_ id: GroupID) throws(IMError) -> Group? {
        try IMError.mapping { try written.groupNumber(id).flatMap { try group($0) } }
    }

    private func group(_ number: ConversationNumber) throws -> Group? {
        guard let record = try written.group(number) else { return nil }
        return Group(
            id: record.id, profile: record.profile, owner: try userID(record.owner),
            memberCount: Int(record.memberCount), isDissolved: record.isDissolved, createdAt: record.createdAt)
    }

    /// The members of a group in the order in which they became users, after a member.
    public func members(
        of id: GroupID, after user: UserID? = nil, limit: Int? = nil
    ) throws(IMError) -> [Member] {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping {
            guard let number = try written.groupNumber(id) else { throw IMError(.notFound, "there is no group \(id)") }
            var members: [Member] = []
            try written.forEachMembership(in: number, after: try user.map { try userNumber($0) } ?? 0) { user, record in
                if let window = record.current {
                    members.append(Member(user: try userID(user), role: record.role, joinedSequence: window.from))
                }
                return members.count < limit
            }
            return members
        }
    }

    /// The groups that a user is a member of, in the order in which they were created.
    public func groups(of user: UserID) throws(IMError) -> [Group] {
        try IMError.mapping {
            var groups: [Group] = []
            try written.forEachGroup(of: userNumber(user)) { number, leftAt in
                if leftAt == nil, let group = try group(number) { groups.append(group) }
                return true
            }
            return groups
        }
    }
}

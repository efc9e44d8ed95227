extension Snapshot {
    /// A group, also one that has been dissolved; nil when there never was one of this name.
    public func group(_ id: GroupID) throws(IMError) -> Group? {
        try IMError.mapping { try written.groupNumber(id).flatMap { try group($0) } }
    }

    func group(_ number: ConversationNumber) throws -> Group? {
        guard let record = try written.group(number) else { return nil }
        let announcement = try written.announcement(of: number).map { found in
            Announcement(text: found.text, author: try author(found.author), timestamp: found.timestamp)
        }
        return Group(
            id: record.id, kind: record.kind, profile: record.profile, owner: try userID(record.owner),
            memberCount: Int(record.memberCount), policies: record.policies, isMuted: record.isMuted,
            announcement: announcement, isDissolved: record.isDissolved, createdAt: record.createdAt)
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

    /// The members of a group in the order in which they became users, after a member.
    public func members(
        of id: GroupID, after user: UserID? = nil, limit: Int? = nil
    ) throws(IMError) -> [Member] {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping {
            var members: [Member] = []
            try written.forEachMembership(in: try groupNumber(id), after: try number(after: user)) { user, record in
                if let member = try member(user, record) { members.append(member) }
                return members.count < limit
            }
            return members
        }
    }

    /// The members of a group whose place changed after a position, each once, in the order of their last changes.
    ///
    /// - Parameter limit: of the rows. Those that changed with the last of them come along: at most
    ///   `Limits.membersPerCommand` more.
    /// - Cost: two rows for each.
    public func memberChanges(
        of id: GroupID, since position: Position, limit: Int? = nil
    ) throws(IMError) -> MemberChanges {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping { () throws -> MemberChanges in
            let number = try groupNumber(id)
            var changes: [MemberChanges.Change] = []
            var next = position
            var isComplete = true
            try written.forEachMemberChange(in: number, after: position) { position, user in
                if changes.count >= limit, position != next {
                    isComplete = false
                    return false
                }
                next = position
                let record = try written.membership(of: user, in: number)
                let present = try record.flatMap { try member(user, $0) }
                changes.append(MemberChanges.Change(user: try userID(user), member: present))
                return true
            }
            return MemberChanges(changes: changes, next: next, isComplete: isComplete)
        }
    }

    /// Who is banned from a group, in the order in which they became users, after one of them.
    public func bans(of id: GroupID, after user: UserID? = nil, limit: Int? = nil) throws(IMError) -> [Ban] {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping {
            var bans: [Ban] = []
            try written.forEachBan(in: try groupNumber(id), after: try number(after: user)) { user, record in
                bans.append(
                    Ban(user: try userID(user), author: try author(record.author), timestamp: record.timestamp))
                return bans.count < limit
            }
            return bans
        }
    }

    /// The requests to join a group and the invitations to it that wait for an answer at a moment, in the order in
    /// which their users became users, after one of them. Those of deleted users are left out.
    public func joinRequests(
        to id: GroupID, at moment: Timestamp, after user: UserID? = nil, limit: Int? = nil
    ) throws(IMError) -> [JoinRequest] {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping {
            var requests: [JoinRequest] = []
            try written.forEachRequest(in: try groupNumber(id), after: try number(after: user)) { user, record in
                if record.until > moment, try written.user(user)?.status != .deleted {
                    requests.append(try joinRequest(record, of: user, to: id))
                }
                return requests.count < limit
            }
            return requests
        }
    }

    /// A user's requests to join groups, and the invitations it has, that wait for an answer at a moment, in the order
    /// in which the groups were created, after one of them. Those of dissolved groups are left out.
    public func joinRequests(
        of user: UserID, at moment: Timestamp, after id: GroupID? = nil, limit: Int? = nil
    ) throws(IMError) -> [JoinRequest] {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping {
            let number = try userNumber(user)
            var requests: [JoinRequest] = []
            let first = try id.map { try groupNumber($0) } ?? .engine
            try written.forEachRequest(of: number, after: first) { group in
                if let record = try written.request(of: number, in: group), record.until > moment,
                    let found = try written.group(group), !found.isDissolved
                {
                    requests.append(try joinRequest(record, of: number, to: found.id))
                }
                return requests.count < limit
            }
            return requests
        }
    }

    /// Refuses what somebody may not ask of a group; 0 is the host.
    func require(_ action: Rights.GroupAction, in id: GroupID, by reader: UserNumber) throws {
        guard let record = try written.group(try groupNumber(id)) else { throw IMError(.noSuchGroup, in: id) }
        let circumstances = Rights.Circumstances(
            kind: record.kind, policies: record.policies, isDissolved: record.isDissolved)
        let role = try role(of: reader, in: id)
        let standing: Rights.Standing = reader == 0 ? .host : role.map { .member($0) } ?? .outsider
        let rule = Rights.rule(action, by: standing, in: circumstances)
        if rule.code != nil { throw IMError(rule, in: id) }
    }

    /// The role of a member; nil for everybody else.
    func role(of user: UserNumber, in id: GroupID) throws -> Role? {
        guard let membership = try written.membership(of: user, in: groupNumber(id)), membership.isMember else {
            return nil
        }
        return membership.role
    }

    private func joinRequest(_ record: RequestRecord, of user: UserNumber, to id: GroupID) throws -> JoinRequest {
        JoinRequest(
            group: id, user: try userID(user), isInvitation: record.isInvitation, author: try author(record.author),
            text: record.text, timestamp: record.timestamp, expiresAt: record.until)
    }

    private func member(_ user: UserNumber, _ record: MembershipRecord) throws -> Member? {
        guard let window = record.current else { return nil }
        return Member(
            user: try userID(user), role: record.role, joinedSequence: window.from,
            historySequence: window.historyFrom, nickname: record.nickname, mutedUntil: record.mutedUntil)
    }

    private func author(_ number: UserNumber) throws -> UserID? {
        number == 0 ? nil : try userID(number)
    }

    private func number(after user: UserID?) throws -> UserNumber {
        try user.map { try userNumber($0) } ?? 0
    }

    private func groupNumber(_ id: GroupID) throws -> ConversationNumber {
        guard let number = try written.groupNumber(id) else { throw IMError(.noSuchGroup, in: id) }
        return number
    }
}

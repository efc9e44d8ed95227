/// Groups and their members, changed with the rights of the one whose facet this is: the host's on ``Engine``, the
/// user's on ``Session``. Every change is an entry of the group, which all members get.
///
/// A group that one may not see looks like one that is not there: `not-found`.
public struct Groups: Sendable {
    let engine: Engine
    let actor: Actor
    /// Kept, so that it stays open as long as this is used.
    var session: Session?

    /// Creates a group or a channel. Its members see it from its first entry on.
    ///
    /// - Parameters:
    ///   - members: without the owner; at most `Limits.membersPerCommand`, add more later.
    ///   - policies: nil for what the kind begins with.
    /// - Throws: `already-exists`, `unknown-user`, `too-many-groups`, `group-full`, `request-too-large`,
    ///   `profile-too-large`, `malformed-argument` for a user who is named twice, `not-allowed` for a user who names
    ///   another as owner; what the host's own policy says.
    @discardableResult
    public func create(
        _ id: GroupID, name: String? = nil, avatar: String? = nil, attributes: [String: String] = [:], owner: UserID,
        members: [UserID] = [], kind: Group.Kind = .group, policies: GroupPolicies? = nil,
        key: IdempotencyKey? = nil
    ) async throws(IMError) -> Receipt {
        let profile = Profile(name: name, avatar: avatar, attributes: attributes)
        let change = Change.createGroup(id, profile, owner: owner, members: members, kind: kind, policies: policies)
        return try await submit(change.action, id, key)
    }

    /// Replaces a group's profile. For those whom `GroupPolicies.editingInformation` allows it.
    @discardableResult
    public func update(_ id: GroupID, _ profile: Profile, key: IdempotencyKey? = nil) async throws(IMError) -> Receipt {
        try await submit(.updateGroup(id, profile), id, key)
    }

    /// Adds members; all, or none when one of them is refused. Whoever comes back sees again what earlier memberships
    /// saw, of which the latest 32 are kept. They get the group from this entry on, and see as much of what was before
    /// as `GroupPolicies.history` says. For admins and the owner.
    ///
    /// - Throws: `unknown-user`, `already-member`, `banned`, `group-full`, `too-many-groups`, `request-too-large`,
    ///   `not-allowed`; what the host's own policy says.
    @discardableResult
    public func add(
        _ users: [UserID], to id: GroupID, key: IdempotencyKey? = nil
    ) async throws(IMError) -> Receipt {
        try await submit(.addMembers(users, to: id), id, key)
    }

    /// Removes a member, who learns of it through the personal conversation and sees nothing newer of the group. Admins
    /// remove members, the owner also admins.
    @discardableResult
    public func remove(_ user: UserID, from id: GroupID, key: IdempotencyKey? = nil) async throws(IMError) -> Receipt {
        try await submit(.removeMember(user, from: id), id, key)
    }

    /// Lets a member leave. The owner transfers the group first.
    @discardableResult
    public func leave(_ user: UserID, _ id: GroupID, key: IdempotencyKey? = nil) async throws(IMError) -> Receipt {
        try await submit(.leaveGroup(user, id), id, key)
    }

    /// Makes a member an admin, or an admin a member again. For the owner.
    @discardableResult
    public func setRole(
        _ role: Role, of user: UserID, in id: GroupID, key: IdempotencyKey? = nil
    ) async throws(IMError) -> Receipt {
        try await submit(.setRole(role, of: user, in: id), id, key)
    }

    /// Makes another member the owner; the present one becomes an admin.
    @discardableResult
    public func transfer(_ id: GroupID, to user: UserID, key: IdempotencyKey? = nil) async throws(IMError) -> Receipt {
        try await submit(.transferGroup(id, to: user), id, key)
    }

    /// Dissolves a group: nobody can send to it or change it any more. Its history stays readable to its members.
    @discardableResult
    public func dissolve(_ id: GroupID, key: IdempotencyKey? = nil) async throws(IMError) -> Receipt {
        try await submit(.dissolveGroup(id), id, key)
    }

    /// Invites users, and says who could not be invited and why. What ``Change/invite(_:to:text:)`` does and throws.
    ///
    /// A retry with the same key gets the same answer.
    @discardableResult
    public func invite(
        _ users: [UserID], to id: GroupID, text: String = "", key: IdempotencyKey? = nil
    ) async throws(IMError) -> [InvitationResult] {
        let receipt = try await submit(.group(.invite(users, id, text: text)), id, key)
        let refusals = try IMError.mapping { () throws -> [UInt32] in
            let event = try engine.core.snapshot().written.entry(at: receipt.position)?.event
            guard case .group(.invited(_, _, _, let refusals)) = event else { return [] }
            return refusals
        }
        return users.enumerated().map { index, user in
            let number = index < refusals.count ? Int(refusals[index]) : 0
            return InvitationResult(user: user, refusal: number == 0 ? nil : IMError.Code.stored(number))
        }
    }
}

/// What can be asked of groups.
extension Groups {
    /// A group, also a dissolved one; nil when there never was one of this name, or the user may not see it: it is
    /// neither a member nor invited, nor may it join or ask to. Who is no member is not shown the announcement.
    public func get(_ id: GroupID) throws(IMError) -> Group? {
        try IMError.mapping { () throws -> Group? in
            let snapshot = try engine.core.snapshot()
            guard let group = try snapshot.group(id), reader != 0, try snapshot.role(of: reader, in: id) == nil else {
                return try snapshot.group(id)
            }
            let isOpen = group.policies.joining != .invitedOnly && !group.isDissolved
            return try isOpen || isInvited(to: id, snapshot) ? group.withoutAnnouncement : nil
        }
    }

    /// The members, in the order in which they became users, after one of them. In a channel for admins and the owner.
    ///
    /// - Throws: `not-found`, `not-allowed`, `unknown-user`; `malformed-argument`, `request-too-large` for the limit.
    public func members(
        of id: GroupID, after user: UserID? = nil, limit: Int? = nil
    ) throws(IMError) -> [Member] {
        try ask(.listMembers, of: id) { try $0.members(of: id, after: user, limit: limit) }
    }

    /// The members whose place changed after a position, each once: a client that has the members as of a position is
    /// brought up to date by what changed since, also by who is gone. From 0 on it gets all of them and those who left.
    ///
    /// - Parameters:
    ///   - position: the ``MemberChanges/next`` of the call before.
    ///   - limit: of the changes. Those that changed by the same entry as the last of them come along: at most
    ///     `Limits.membersPerCommand` more.
    /// - Throws: as ``members(of:after:limit:)``.
    public func memberChanges(
        of id: GroupID, since position: Position, limit: Int? = nil
    ) throws(IMError) -> MemberChanges {
        try ask(.listMembers, of: id) { try $0.memberChanges(of: id, since: position, limit: limit) }
    }

    /// Who is banned, in the order in which they became users, after one of them. For admins and the owner.
    ///
    /// - Throws: as ``members(of:after:limit:)``.
    public func bans(of id: GroupID, after user: UserID? = nil, limit: Int? = nil) throws(IMError) -> [Ban] {
        try ask(.listBans, of: id) { try $0.bans(of: id, after: user, limit: limit) }
    }

    /// The requests to join a group, and the invitations to it, that wait for an answer, in the order in which their
    /// users became users, after one of them. For those who may answer requests.
    ///
    /// - Throws: as ``members(of:after:limit:)``.
    public func joinRequests(
        to id: GroupID, after user: UserID? = nil, limit: Int? = nil
    ) throws(IMError) -> [JoinRequest] {
        try ask(.answerRequests, of: id) { snapshot in
            try snapshot.joinRequests(to: id, at: engine.time.now(), after: user, limit: limit)
        }
    }

    /// A user's requests to join groups, and the invitations it has, that wait for an answer, in the order in which the
    /// groups were created, after one of them. A user may ask for its own only.
    ///
    /// - Throws: `unknown-user`, `not-allowed`, `not-found`; `malformed-argument`, `request-too-large` for the limit.
    public func joinRequests(
        of user: UserID, after id: GroupID? = nil, limit: Int? = nil
    ) throws(IMError) -> [JoinRequest] {
        try IMError.mapping { () throws -> [JoinRequest] in
            let snapshot = try engine.core.snapshot()
            try requireItself(user, snapshot)
            return try snapshot.joinRequests(of: user, at: engine.time.now(), after: id, limit: limit)
        }
    }

    /// The groups of a user, in the order in which they were created. A user may ask for its own only.
    public func list(of user: UserID) throws(IMError) -> [Group] {
        try IMError.mapping { () throws -> [Group] in
            let snapshot = try engine.core.snapshot()
            try requireItself(user, snapshot)
            return try snapshot.groups(of: user)
        }
    }

    /// The user who asks; 0 for the host.
    private var reader: UserNumber {
        if case .session(let user, _, _) = actor { user } else { 0 }
    }

    private func ask<Value>(
        _ action: Rights.GroupAction, of id: GroupID, _ body: (borrowing Snapshot) throws -> Value
    ) throws(IMError) -> Value {
        try IMError.mapping { () throws -> Value in
            let snapshot = try engine.core.snapshot()
            try snapshot.require(action, in: id, by: reader)
            return try body(snapshot)
        }
    }

    private func requireItself(_ user: UserID, _ snapshot: borrowing Snapshot) throws {
        if reader != 0, try snapshot.userNumber(user) != reader {
            throw IMError(.notAllowed, "another user's groups")
        }
    }

    private func isInvited(to id: GroupID, _ snapshot: borrowing Snapshot) throws -> Bool {
        guard let number = try snapshot.written.groupNumber(id),
            let request = try snapshot.written.request(of: reader, in: number)
        else { return false }
        return request.isInvitation && request.until > engine.time.now()
    }

    private func submit(_ action: Action, _ id: GroupID, _ key: IdempotencyKey?) async throws(IMError) -> Receipt {
        try await engine.submit(Command(action, by: actor, key: key), in: .group(id))
    }
}

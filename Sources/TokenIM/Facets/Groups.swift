/// Groups and their members, changed with the rights of the one whose facet this is: the host's on ``Engine``, the
/// user's on ``Session``. Every change is an entry of the group, which all members get.
///
/// A group that one may not see looks like one that is not there: `not-found`.
public struct Groups: Sendable {
    let engine: Engine
    let actor: Actor
    /// Kept, so that it stays open as long as this is used.
    var session: Session?

    /// Creates a group. Its members see it from its first entry on.
    ///
    /// - Parameter members: without the owner; at most `Limits.membersPerCommand`, add more later.
    /// - Throws: `already-exists`, `unknown-user`, `too-many-groups`, `group-full`, `request-too-large`,
    ///   `profile-too-large`, `malformed-argument` for a user who is named twice, `not-allowed` for a user who names
    ///   another as owner.
    @discardableResult
    public func create(
        _ id: GroupID, name: String? = nil, avatar: String? = nil, attributes: [String: String] = [:], owner: UserID,
        members: [UserID] = [], key: IdempotencyKey? = nil
    ) async throws(IMError) -> Receipt {
        let profile = Profile(name: name, avatar: avatar, attributes: attributes)
        return try await submit(.createGroup(id, profile, owner: owner, members: members), id, key)
    }

    /// Replaces a group's profile. For admins and the owner.
    @discardableResult
    public func update(_ id: GroupID, _ profile: Profile, key: IdempotencyKey? = nil) async throws(IMError) -> Receipt {
        try await submit(.updateGroup(id, profile), id, key)
    }

    /// Adds members; all, or none when one of them is refused. Whoever comes back sees again what earlier memberships
    /// saw, of which the latest 32 are kept. They see the group from this entry on. For admins and the owner.
    ///
    /// - Throws: `unknown-user`, `already-member`, `group-full`, `too-many-groups`, `request-too-large`, `not-allowed`.
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

    /// A group, also a dissolved one; nil when there never was one of this name, or the user is no member.
    public func get(_ id: GroupID) throws(IMError) -> Group? {
        try IMError.mapping { () throws -> Group? in
            let snapshot = try engine.core.snapshot()
            return try isVisible(id, in: snapshot) ? snapshot.group(id) : nil
        }
    }

    /// The members, in the order in which they became users, after one of them.
    public func members(
        of id: GroupID, after user: UserID? = nil, limit: Int? = nil
    ) throws(IMError) -> [Member] {
        try IMError.mapping { () throws -> [Member] in
            let snapshot = try engine.core.snapshot()
            guard try isVisible(id, in: snapshot) else { throw IMError(.notFound, "there is no group \(id)") }
            return try snapshot.members(of: id, after: user, limit: limit)
        }
    }

    /// The groups of a user, in the order in which they were created. A user may ask for its own only.
    public func list(of user: UserID) throws(IMError) -> [Group] {
        try IMError.mapping { () throws -> [Group] in
            let snapshot = try engine.core.snapshot()
            if case .session(let number, _, _) = actor, try snapshot.userNumber(user) != number {
                throw IMError(.notAllowed, "another user's groups")
            }
            return try snapshot.groups(of: user)
        }
    }

    private func isVisible(_ id: GroupID, in snapshot: borrowing Snapshot) throws -> Bool {
        guard case .session(let user, _, _) = actor else { return true }
        guard let number = try snapshot.written.groupNumber(id) else { return false }
        return try snapshot.written.membership(of: user, in: number)?.isMember == true
    }

    private func submit(_ action: Action, _ id: GroupID, _ key: IdempotencyKey?) async throws(IMError) -> Receipt {
        try await engine.submit(Command(action, by: actor, key: key), in: .group(id))
    }
}

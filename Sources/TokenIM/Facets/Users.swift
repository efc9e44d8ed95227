/// Creating, changing, asking after users.
public struct Users: Sendable {
    let engine: Engine

    /// Creates a user.
    ///
    /// - Throws: `already-exists`, also for the name of a deleted user; `profile-too-large`, `idempotency-conflict`,
    ///   `storage-full`, `overloaded`, `closed`.
    @discardableResult
    public func create(
        _ id: UserID, name: String? = nil, avatar: String? = nil, attributes: [String: String] = [:],
        key: IdempotencyKey? = nil
    ) async throws(IMError) -> Receipt {
        let profile = Profile(name: name, avatar: avatar, attributes: attributes)
        return try await submit(.createUser(id, profile), id, key)
    }

    /// Replaces a user's profile. The user's devices learn of it through the personal conversation.
    ///
    /// - Throws: `unknown-user`, `profile-too-large`, `idempotency-conflict`.
    @discardableResult
    public func update(_ id: UserID, _ profile: Profile, key: IdempotencyKey? = nil) async throws(IMError) -> Receipt {
        try await submit(.updateUser(id, profile), id, key)
    }

    /// Suspends a user: its sessions are closed, and it may neither connect nor act. What others send still gathers.
    @discardableResult
    public func suspend(_ id: UserID, key: IdempotencyKey? = nil) async throws(IMError) -> Receipt {
        try await submit(.setUserStatus(id, .suspended), id, key)
    }

    /// Lifts a suspension.
    @discardableResult
    public func reinstate(_ id: UserID, key: IdempotencyKey? = nil) async throws(IMError) -> Receipt {
        try await submit(.setUserStatus(id, .active), id, key)
    }

    /// Deletes a user: it leaves its groups, nobody sees its profile any more, and the name is never given again. What
    /// it sent stays, and so do the entries of its own personal conversation.
    ///
    /// - Throws: `unknown-user`; `owns-groups` while it owns one.
    @discardableResult
    public func delete(_ id: UserID, key: IdempotencyKey? = nil) async throws(IMError) -> Receipt {
        try await submit(.setUserStatus(id, .deleted), id, key)
    }

    /// A user, also a deleted one; nil when there never was one of this name.
    public func get(_ id: UserID) throws(IMError) -> User? {
        try IMError.mapping { try engine.core.snapshot().user(id) }
    }

    /// Users in order of their names' bytes, after a name.
    public func list(after id: UserID? = nil, limit: Int? = nil) throws(IMError) -> [User] {
        try IMError.mapping { try engine.core.snapshot().users(after: id, limit: limit) }
    }

    private func submit(_ action: Action, _ id: UserID, _ key: IdempotencyKey?) async throws(IMError) -> Receipt {
        try await engine.submit(Command(action, by: .host, key: key), in: .personal(id))
    }
}

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

    /// Deletes a user: it leaves its groups, its profile, its contacts and what else it said about itself are erased,
    /// and the name is never given again. What it sent to others stays, unless that shall be erased too.
    ///
    /// The deletion takes effect at once; then erasing goes step by step, each a command of its own that looks at
    /// `Limits.trimmedPerCommand` entries of the user's conversations. When it is interrupted, by an error or the end
    /// of the process, calling this again goes on where it stopped; also later, to erase what was kept.
    ///
    /// - Parameter erasesMessages: whether what it sent is erased, for everybody and from the store. Erased messages
    ///   keep their place.
    /// - Throws: `unknown-user`; `owns-groups` while it owns one.
    @discardableResult
    public func delete(
        _ id: UserID, erasesMessages: Bool = false, key: IdempotencyKey? = nil
    ) async throws(IMError) -> Receipt {
        let receipt = try await submit(.setUserStatus(id, .deleted), id, key)
        let step = Command(.person(.eraseContent(of: id, isEverywhere: erasesMessages)), by: .host)
        while try await !engine.submit(step).isDuplicate {}
        return receipt
    }

    /// A user's address book, in the order in which its contacts became users, after one of them.
    public func contacts(
        of user: UserID, after other: UserID? = nil, limit: Int? = nil
    ) throws(IMError) -> [Contact] {
        try IMError.mapping { try engine.core.snapshot().contacts(of: user, after: other, limit: limit) }
    }

    /// Those whom a user blocks, in the order in which they became users, after one of them.
    public func blocked(
        by user: UserID, after other: UserID? = nil, limit: Int? = nil
    ) throws(IMError) -> [UserID] {
        try IMError.mapping { try engine.core.snapshot().blocked(by: user, after: other, limit: limit) }
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

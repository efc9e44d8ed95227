/// Something that somebody may ask to have changed, as a value: carried out by ``Engine/perform(_:by:key:)``,
/// ``Session/perform(_:key:)`` or a host transaction, and judged without being carried out by
/// ``Engine/explain(_:by:)``.
public struct Change: Sendable {
    let action: Action
}

extension Engine {
    /// Carries out a change as somebody, and returns once it is on disk.
    ///
    /// - Parameter key: makes a retry harmless: the same principal's second request with the same key has no second
    ///   effect and gets the first receipt; another request under it throws `idempotency-conflict`.
    /// - Throws: what the change says; `unknown-user`, `user-suspended`, `storage-full`, `overloaded`, `closed`,
    ///   `cancelled`.
    @discardableResult
    public func perform(
        _ change: Change, by principal: Principal, key: IdempotencyKey? = nil
    ) async throws(IMError) -> Receipt {
        let outcome = try await submit(Command(change.action, by: principal.actor, key: key))
        return Receipt(outcome, in: change.action.conversation(of: principal.user, outcome))
    }
}

extension Session {
    /// Carries out a change as this session's user, and returns once it is on disk. It is not delivered to this device,
    /// but to the user's others.
    ///
    /// - Throws: as ``Engine/perform(_:by:key:)``, and what says that the session is closed.
    @discardableResult
    public func perform(_ change: Change, key: IdempotencyKey? = nil) async throws(IMError) -> Receipt {
        let command = Command(change.action, by: .session(userNumber, deviceNumber, number), key: key)
        let outcome = try await engine.submit(command)
        return Receipt(outcome, in: change.action.conversation(of: user, outcome))
    }
}

extension HostTransaction {
    /// Carries out a change as somebody. It takes effect with the transaction.
    @discardableResult
    public func perform(
        _ change: Change, by principal: Principal, key: IdempotencyKey? = nil
    ) throws(IMError) -> Receipt {
        let outcome = try perform(Command(change.action, by: principal.actor, key: key))
        return Receipt(outcome, in: change.action.conversation(of: principal.user, outcome))
    }
}

extension Principal {
    var user: UserID? {
        if case .user(let id, _) = value { id } else { nil }
    }

    var actor: Actor {
        switch value {
        case .host: .host
        case .user(let id, let device): .user(id, device)
        }
    }
}

extension Action {
    /// The conversation that the entry of a change belongs to, when the one who asks is a user, or the host.
    func conversation(of user: UserID?, _ outcome: Outcome) -> Conversation {
        switch self {
        case .send(_, let target):
            target.conversation(from: user, isScheduled: outcome.conversation.kind == .personal)
        case .forward(_, _, let target, _):
            target.conversation(from: user, isScheduled: outcome.conversation.kind == .personal)
        case .edit(_, let conversation, _, _), .recall(_, let conversation), .react(_, _, let conversation, _),
            .pin(_, let conversation, _):
            conversation
        case .group(let action): action.conversation(of: user)
        case .person(let action): .personal(action.subject ?? user ?? UserID(trusted: ""))
        case .updateGroup(let id, _), .addMembers(_, let id), .removeMember(_, let id), .leaveGroup(_, let id),
            .setRole(_, _, let id), .transferGroup(let id, _), .dissolveGroup(let id),
            .createGroup(let id, _, _, _, _, _):
            .group(id)
        default: user.map { .personal($0) } ?? .personal(UserID(trusted: ""))
        }
    }
}

extension Target {
    fileprivate func conversation(from user: UserID?, isScheduled: Bool) -> Conversation {
        // The host sends nothing itself: without a user it comes to a refusal.
        let user = user ?? UserID(trusted: "")
        return isScheduled ? .personal(user) : conversation(from: user)
    }
}

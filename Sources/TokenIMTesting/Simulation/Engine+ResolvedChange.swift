internal import TokenIM

extension Engine {
    /// Does a change through the facet of the one who asks.
    func perform(_ change: ResolvedChange) async -> Result<Receipt, IMError> {
        do throws(IMError) {
            return .success(try await receipt(of: change))
        } catch {
            return .failure(error)
        }
    }

    private func receipt(of change: ResolvedChange) async throws(IMError) -> Receipt {
        let key = change.key
        let groups = change.session?.groups ?? groups
        if change.isValue, let value = change.action.change {
            if let session = change.session { return try await session.perform(value, key: key) }
            return try await perform(value, by: change.principal, key: key)
        }
        switch change.action {
        case .createUser(let id, let profile):
            return try await users.create(
                id, name: profile.name, avatar: profile.avatar, attributes: profile.attributes, key: key)
        case .updateUser(let id, let profile): return try await users.update(id, profile, key: key)
        case .setStatus(let id, let status):
            switch status {
            case .suspended: return try await users.suspend(id, key: key)
            case .active: return try await users.reinstate(id, key: key)
            default: return try await users.delete(id, key: key)
            }
        case .createGroup(let id, let profile, let owner, let members, _, _):
            return try await groups.create(
                id, name: profile.name, avatar: profile.avatar, attributes: profile.attributes, owner: owner,
                members: members, key: key)
        case .updateGroup(let id, let profile): return try await groups.update(id, profile, key: key)
        case .add(let users, let id): return try await groups.add(users, to: id, key: key)
        case .remove(let user, let id): return try await groups.remove(user, from: id, key: key)
        case .leave(let user, let id): return try await groups.leave(user, id, key: key)
        case .setRole(let role, let user, let id): return try await groups.setRole(role, of: user, in: id, key: key)
        case .transfer(let id, let user): return try await groups.transfer(id, to: user, key: key)
        case .dissolve(let id): return try await groups.dissolve(id, key: key)
        case .send(let content, let target, let replyTo, _, _):
            guard let key else { throw IMError(.malformedArgument, "a message needs a key") }
            if let session = change.session {
                return try await session.send(content, to: target, key: key, replyTo: replyTo)
            }
            return try await messages.send(
                content, from: change.actor.user ?? "nobody", to: target, key: key, replyTo: replyTo)
        case .markRead(let conversation, let sequence, let user):
            if let session = change.session {
                return try await session.markRead(conversation, through: sequence, key: key)
            }
            return try await messages.markRead(conversation, through: sequence, by: user, key: key)
        default: throw IMError(.broken, "not a verb of its own")
        }
    }
}

extension HostTransaction {
    func perform(_ change: ResolvedChange) -> Result<Receipt, IMError> {
        do throws(IMError) {
            return .success(try receipt(of: change))
        } catch {
            return .failure(error)
        }
    }

    private func receipt(of change: ResolvedChange) throws(IMError) -> Receipt {
        if change.isValue, let value = change.action.change {
            return try perform(value, by: change.principal, key: change.key)
        }
        switch change.action {
        case .createUser(let id, let profile): return try createUser(id, profile, key: change.key)
        case .createGroup(let id, let profile, let owner, let members, _, _):
            return try createGroup(id, profile, owner: owner, members: members, key: change.key)
        case .add(let users, let id): return try add(users, to: id, key: change.key)
        case .remove(let user, let id): return try remove(user, from: id, key: change.key)
        case .send(let content, let target, let replyTo, _, _):
            guard let key = change.key, let sender = change.actor.user else {
                throw IMError(.malformedArgument, "a message needs a key and a sender")
            }
            return try send(content, from: sender, to: target, key: key, replyTo: replyTo)
        default: throw IMError(.broken, "not for a transaction")
        }
    }
}

extension Action {
    /// Tells this request from another one under the same idempotency key. Stored, so it never changes its meaning.
    var digest: UInt64 {
        var digest = Digest()
        switch self {
        case .send(let content, let target, let replyTo):
            digest.combine(1)
            digest.combine(target)
            digest.combine(replyTo)
            digest.combine(content)
        case .markRead(let conversation, let through, let user):
            digest.combine(2)
            digest.combine(conversation)
            digest.combine(through)
            digest.combine(user.rawValue)
        case .trim(let conversation, let through):
            digest.combine(3)
            digest.combine(conversation)
            digest.combine(through)
        case .createUser(let id, let profile): digest.combine(4, id.rawValue, profile)
        case .updateUser(let id, let profile): digest.combine(5, id.rawValue, profile)
        case .setUserStatus(let id, let status):
            digest.combine(6)
            digest.combine(id.rawValue)
            digest.combine(UInt64(status.rawValue))
        case .createGroup(let id, let profile, let owner, let members):
            digest.combine(9, id.rawValue, profile)
            digest.combine(owner.rawValue)
            digest.combine(members)
        case .updateGroup(let id, let profile): digest.combine(10, id.rawValue, profile)
        case .addMembers(let users, let group):
            digest.combine(11)
            digest.combine(group.rawValue)
            digest.combine(users)
        case .removeMember(let user, let group): digest.combine(12, user.rawValue, group.rawValue)
        case .leaveGroup(let user, let group): digest.combine(13, user.rawValue, group.rawValue)
        case .setRole(let role, let user, let group):
            digest.combine(14, user.rawValue, group.rawValue)
            digest.combine(UInt64(role.rawValue))
        case .transferGroup(let group, let user): digest.combine(15, user.rawValue, group.rawValue)
        case .dissolveGroup(let group):
            digest.combine(16)
            digest.combine(group.rawValue)
        case .addDevice, .moveCursors, .acknowledge, .createConsumer, .changeConsumer, .deleteConsumer:
            // From the engine itself, without a key.
            break
        }
        return digest.value
    }
}

extension Digest {
    fileprivate mutating func combine(_ tag: UInt64, _ name: String, _ profile: Profile) {
        combine(tag)
        combine(name)
        combine(profile.name == nil ? 0 : 1)
        combine(profile.name ?? "")
        combine(profile.avatar == nil ? 0 : 1)
        combine(profile.avatar ?? "")
        combine(UInt64(profile.attributes.count))
        for (key, value) in profile.attributes.sorted(by: { $0.key < $1.key }) {
            combine(key)
            combine(value)
        }
    }

    fileprivate mutating func combine(_ tag: UInt64, _ one: String, _ other: String) {
        combine(tag)
        combine(one)
        combine(other)
    }

    fileprivate mutating func combine(_ target: Target) {
        switch target.value {
        case .user(let id):
            combine(1)
            combine(id.rawValue)
        case .group(let id):
            combine(2)
            combine(id.rawValue)
        }
    }

    fileprivate mutating func combine(_ conversation: Conversation) {
        combine(conversation.kind.description)
        combine(conversation.users)
        combine(conversation.group?.rawValue ?? "")
    }

    fileprivate mutating func combine(_ users: [UserID]) {
        combine(UInt64(users.count))
        for user in users { combine(user.rawValue) }
    }

    fileprivate mutating func combine(_ content: Content) {
        switch content.value {
        case .text(let text):
            combine(1)
            combine(text)
        case .custom(let type, let bytes):
            combine(2)
            combine(type)
            bytes.withUnsafeBytes { combine($0) }
        }
    }
}

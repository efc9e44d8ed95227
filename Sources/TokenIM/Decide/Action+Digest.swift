import TokenIMLMDB

extension Action {
    /// Tells this request from another one under the same idempotency key. Stored, so it never changes its meaning.
    var digest: UInt64 {
        var digest = Digest()
        switch self {
        case .send(let message, let target):
            digest.combine(1)
            digest.combine(target)
            digest.combine(message.replyTo)
            digest.combine(message.content)
            if let extras = message.extras {
                digest.combine(extras.mentions)
                digest.combine(extras.options)
            }
        case .forward(let sequence, let conversation, let target, let options):
            digest.combine(17)
            digest.combine(sequence)
            digest.combine(conversation)
            digest.combine(target)
            digest.combine(options)
        case .edit(let sequence, let conversation, let content, let mentions):
            digest.combine(18)
            digest.combine(sequence)
            digest.combine(conversation)
            digest.combine(content)
            digest.combine(mentions)
        case .recall(let sequence, let conversation):
            digest.combine(19)
            digest.combine(sequence)
            digest.combine(conversation)
        case .react(let reaction, let sequence, let conversation, let isOn):
            digest.combine(20)
            digest.combine(reaction)
            digest.combine(sequence)
            digest.combine(conversation)
            digest.combine(isOn ? 1 : 0)
        case .pin(let sequence, let conversation, let isOn):
            digest.combine(21)
            digest.combine(sequence)
            digest.combine(conversation)
            digest.combine(isOn ? 1 : 0)
        case .cancelScheduled(let sequence):
            digest.combine(22)
            digest.combine(sequence)
        case .group(let action):
            digest.combine(23)
            action.combine(into: &digest)
        case .person(let action):
            digest.combine(24)
            action.combine(into: &digest)
        case .setting(let action):
            digest.combine(25)
            action.combine(into: &digest)
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
        case .createGroup(let id, let profile, let owner, let members, let kind, let policies):
            digest.combine(9, id.rawValue, profile)
            digest.combine(owner.rawValue)
            digest.combine(members)
            digest.combine(UInt64(kind.rawValue))
            digest.combine(policies)
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
        case .addDevice, .moveCursors, .acknowledge, .createConsumer, .changeConsumer, .deleteConsumer, .due:
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
        for (key, value) in profile.sortedAttributes {
            combine(key)
            combine(value)
        }
    }

    fileprivate mutating func combine(_ tag: UInt64, _ one: String, _ other: String) {
        combine(tag)
        combine(one)
        combine(other)
    }

    mutating func combine(_ target: Target) {
        switch target.value {
        case .user(let id):
            combine(1)
            combine(id.rawValue)
        case .group(let id):
            combine(2)
            combine(id.rawValue)
        }
    }

    mutating func combine(_ conversation: Conversation) {
        combine(conversation.kind.description)
        combine(conversation.users)
        combine(conversation.group?.rawValue ?? "")
    }

    mutating func combine(_ users: [UserID]) {
        combine(UInt64(users.count))
        for user in users { combine(user.rawValue) }
    }

    mutating func combine(_ content: Content) {
        switch content.value {
        case .text(let text):
            combine(1)
            combine(text)
        case .custom(let type, let bytes):
            combine(2)
            combine(type)
            bytes.withUnsafeBytes { combine($0) }
        default:
            // The stored form says everything about it, and never changes its meaning either.
            var writer = ByteWriter(capacity: 256)
            EventCoding.encode(content, into: &writer)
            combine(3)
            combine(writer.bytes)
        }
    }

    fileprivate mutating func combine(_ mentions: Mentions) {
        combine(mentions.isAll ? 1 : 0)
        combine(mentions.users)
    }

    fileprivate mutating func combine(_ options: MessageOptions) {
        combine((options.isCounted ? 1 : 0) + (options.isSilent ? 2 : 0))
        combine(options.expiresAfter)
        combine(options.burnsAfterReading)
        combine(options.scheduledFor)
    }

    mutating func combine(_ duration: Duration?) {
        combine(duration == nil ? 0 : 1)
        combine(UInt64(bitPattern: duration?.wholeMicroseconds ?? 0))
    }

    mutating func combine(_ moment: Timestamp?) {
        combine(moment == nil ? 0 : 1)
        combine(UInt64(bitPattern: moment?.microseconds ?? 0))
    }
}

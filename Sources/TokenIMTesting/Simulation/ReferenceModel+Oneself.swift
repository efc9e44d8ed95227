internal import TokenIM

/// What users say about themselves and others, and how they have their conversations.
extension ReferenceModel {
    mutating func changeOneself(
        _ action: ModelAction, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        switch action {
        case .setPermissions(let permissions, let user):
            if actor != .host { throw Refusal(.notAllowed) }
            guard let person = existing(user) else { throw Refusal(.unknownUser) }
            if person.permissions == permissions { return .unchanged(.personal(user)) }
            change(user) { $0.permissions = permissions }
            return .appended(
                append(.permissionsChanged, to: .personal(user), by: actor, at: moment) {
                    $0.permissions = permissions
                })
        case .removeDevice(let device, let user):
            if existing(user) == nil { throw Refusal(.unknownUser) }
            if let author = actor.user, author != user { throw Refusal(.notAllowed) }
            guard endpoints.contains(where: { $0.user == user && $0.id == device }) else { throw Refusal(.notFound) }
            end(user, device, .sessionKicked)
            endpoints.removeAll { $0.user == user && $0.id == device }
            // Another device of this name gets what this one has caused.
            for log in logs.indices {
                for line in logs[log].lines.indices
                where logs[log].lines[line].author == user && logs[log].lines[line].device == device {
                    logs[log].lines[line].device = nil
                }
            }
            return .appended(
                append(.deviceRemoved, to: .personal(user), by: actor, at: moment) { line in
                    line.text = device.rawValue
                    if line.device == device { line.device = nil }
                })
        default: break
        }
        guard let user = actor.user else { throw Refusal(.malformedArgument) }
        switch action {
        case .block(let other, let isOn): return try block(other, isOn: isOn, user, by: actor, at: moment)
        case .setContact(let other, let alias): return try setContact(other, alias, user, by: actor, at: moment)
        case .removeContact(let other):
            if person(other) == nil { throw Refusal(.unknownUser) }
            if person(user)?.contacts.contains(where: { $0.user == other }) != true {
                return .unchanged(.personal(user))
            }
            change(user) { $0.contacts.removeAll { $0.user == other } }
            return .appended(
                append(.contactRemoved, to: .personal(user), by: actor, at: moment) { $0.members = [other] })
        case .setCustomStatus(let status):
            if let until = status?.until, until <= moment { throw Refusal(.malformedArgument) }
            return setPresence(of: user, by: actor, at: moment) { $0.customStatus = status }
        case .setHidden(let isHidden):
            return setPresence(of: user, by: actor, at: moment) { $0.isHidden = isHidden }
        default: return try changeSetting(action, of: user, by: actor, at: moment)
        }
    }

    private mutating func block(
        _ other: UserID, isOn: Bool, _ user: UserID, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        if isOn ? existing(other) == nil : person(other) == nil { throw Refusal(.unknownUser) }
        if other == user { throw Refusal(.malformedArgument) }
        let blocked = person(user)?.blocked ?? []
        if blocked.contains(other) == isOn { return .unchanged(.personal(user)) }
        if isOn, blocked.count >= limits.blocksPerUser { throw Refusal(.limitReached) }
        change(user) { person in
            if isOn { person.blocked.append(other) } else { person.blocked.removeAll { $0 == other } }
        }
        return .appended(
            append(.blockChanged, to: .personal(user), by: actor, at: moment) { line in
                line.members = [other]
                line.isOn = isOn
            })
    }

    private mutating func setContact(
        _ other: UserID, _ alias: String?, _ user: UserID, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        if existing(other) == nil { throw Refusal(.unknownUser) }
        let contacts = person(user)?.contacts ?? []
        if let known = contacts.first(where: { $0.user == other }) {
            if known.alias.map({ Array($0.utf8) }) == alias.map({ Array($0.utf8) }) {
                return .unchanged(.personal(user))
            }
            change(user) { person in
                for index in person.contacts.indices where person.contacts[index].user == other {
                    person.contacts[index].alias = alias
                }
            }
        } else {
            if contacts.count >= limits.contactsPerUser { throw Refusal(.limitReached) }
            change(user) { $0.contacts.append((other, alias, moment)) }
        }
        return .appended(
            append(.contactChanged, to: .personal(user), by: actor, at: moment) { line in
                line.members = [other]
                line.text = alias
            })
    }

    private mutating func setPresence(
        of user: UserID, by actor: ModelActor, at moment: Timestamp, _ body: (inout Person) -> Void
    ) -> ModelAnswer {
        let before = person(user)
        change(user, body)
        let after = person(user)
        if before?.customStatus == after?.customStatus, before?.isHidden == after?.isHidden {
            return .unchanged(.personal(user))
        }
        return .appended(
            append(.presenceChanged, to: .personal(user), by: actor, at: moment) { line in
                line.text = after?.customStatus?.text
                line.until = after?.customStatus?.until
                line.isOn = after?.isHidden == false
            })
    }

    // MARK: Conversations

    /// Whether a conversation is there for a user, or for the host.
    func requireVisible(_ conversation: Conversation, to user: UserID?) throws(Refusal) {
        if let group = conversation.group {
            if circle(group) == nil { throw Refusal(.notFound) }
        } else if conversation.users.contains(where: { person($0) == nil }) {
            throw Refusal(.notFound)
        }
        if let user, !isMember(user, conversation) { throw Refusal(.notFound) }
    }

    private mutating func changeSetting(
        _ action: ModelAction, of user: UserID, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        switch action {
        case .pinConversation(let conversation, let isOn):
            try requireVisible(conversation, to: user)
            return set(conversation, of: user, by: actor, at: moment) { $0.isPinned = isOn }
        case .muteConversation(let conversation, let until):
            try requireVisible(conversation, to: user)
            return set(conversation, of: user, by: actor, at: moment) { $0.mutedUntil = until }
        case .archive(let conversation, let isOn):
            try requireVisible(conversation, to: user)
            return set(conversation, of: user, by: actor, at: moment) { $0.isArchived = isOn }
        case .hide(let conversation, let isOn):
            try requireVisible(conversation, to: user)
            return set(conversation, of: user, by: actor, at: moment) { $0.isHidden = isOn }
        case .markUnread(let conversation, let isOn):
            try requireVisible(conversation, to: user)
            return set(conversation, of: user, by: actor, at: moment) { $0.isMarkedUnread = isOn }
        case .setDraft(let text, let conversation):
            try requireVisible(conversation, to: user)
            return draft(text == "" ? nil : text, conversation, of: user, by: actor, at: moment)
        case .clear(let conversation, let sequence):
            return try clear(conversation, sequence, of: user, by: actor, at: moment)
        case .deleteForMe(let sequences, let conversation):
            return try delete(sequences, conversation, of: user, by: actor, at: moment)
        default: preconditionFailure("not about oneself")
        }
    }

    /// Sets something for a user; nothing happens when it is so already.
    mutating func set(
        _ conversation: Conversation, of user: UserID, by actor: ModelActor, at moment: Timestamp,
        _ body: (inout ConversationSetting) -> Void
    ) -> ModelAnswer {
        var present = setting(user, conversation).value
        if !present.isMuted(at: moment) { present.mutedUntil = nil }
        var new = present
        body(&new)
        if !new.isMuted(at: moment) { new.mutedUntil = nil }
        if new == present { return .unchanged(.personal(user)) }
        changeSetting(user, conversation, isNew: true) { $0.value = new }
        return .appended(
            append(.settingChanged, to: .personal(user), by: actor, at: moment) { line in
                line.subject = conversation
                new.draft = nil
                line.setting = new
            })
    }

    private mutating func draft(
        _ text: String?, _ conversation: Conversation, of user: UserID, by actor: ModelActor, at moment: Timestamp
    ) -> ModelAnswer {
        let present = setting(user, conversation)
        if present.value.draft.map({ Array($0.utf8) }) == text.map({ Array($0.utf8) }) {
            return .unchanged(.personal(user))
        }
        if let sequence = present.draftedAt { change(sequence, .personal(user)) { $0.gone = .superseded } }
        let line = append(.draftChanged, to: .personal(user), by: actor, at: moment) { line in
            line.subject = conversation
            line.text = text
        }
        changeSetting(user, conversation, isNew: true) { setting in
            setting.value.draft = text
            setting.draftedAt = text == nil ? nil : line.sequence
        }
        return .appended(line)
    }

    /// The last entry that a user sees of a conversation, also of one that it has left.
    private func lastSeen(_ conversation: Conversation, by user: UserID) throws(Refusal) -> SequenceNumber {
        if let group = conversation.group, let end = membership(user, group)?.windows.last?.through { return end }
        try requireVisible(conversation, to: user)
        return log(conversation)?.head ?? 0
    }

    private mutating func clear(
        _ conversation: Conversation, _ sequence: SequenceNumber, of user: UserID, by actor: ModelActor,
        at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        if try sequence > lastSeen(conversation, by: user) { throw Refusal(.markerAhead) }
        if setting(user, conversation).cleared >= sequence { return .unchanged(.personal(user)) }
        changeSetting(user, conversation, isNew: true) { setting in
            setting.cleared = sequence
            setting.deleted.removeAll { $0 <= sequence }
        }
        return .appended(
            append(.conversationCleared, to: .personal(user), by: actor, at: moment) { line in
                line.subject = conversation
                line.through = sequence
            })
    }

    private mutating func delete(
        _ sequences: [SequenceNumber], _ conversation: Conversation, of user: UserID, by actor: ModelActor,
        at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        let last = try lastSeen(conversation, by: user)
        let present = setting(user, conversation)
        let floor = max(present.cleared, log(conversation)?.trimmedThrough ?? 0)
        for sequence in sequences {
            guard sequence > floor, sequence <= last, sees(user, sequence, conversation, inHistory: true) else {
                throw Refusal(.notFound)
            }
        }
        let new = sequences.sorted().filter { !present.deleted.contains($0) }
        if new.isEmpty { return .unchanged(.personal(user)) }
        if present.deleted.count + new.count > limits.hiddenPerConversation { throw Refusal(.limitReached) }
        changeSetting(user, conversation, isNew: true) { $0.deleted += new }
        return .appended(
            append(.deletedForMe, to: .personal(user), by: actor, at: moment) { line in
                line.subject = conversation
                line.targets = new
            })
    }
}

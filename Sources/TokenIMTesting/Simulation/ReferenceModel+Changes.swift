internal import TokenIM

extension ReferenceModel {
    /// Does what is asked, or says why not.
    ///
    /// - Parameter moment: the timestamp that the entries of it get.
    mutating func perform(
        _ action: ModelAction, by actor: ModelActor, key: IdempotencyKey?, at moment: Timestamp
    ) -> ModelAnswer {
        let malformed = malformed(action)
        let text = action.text
        if let key, let request = requests.first(where: { $0.author == actor.user && $0.key == key }) {
            if !malformed.isEmpty { return .refused(malformed + [.idempotencyConflict]) }
            if mistake != .retriesTakeEffect {
                return request.text == text
                    ? .duplicate(request.line, request.moment) : .refused([.idempotencyConflict])
            }
        }
        do throws(Refusal) {
            if !malformed.isEmpty { throw Refusal(malformed + refusalsWithoutChange(action, by: actor, at: moment)) }
            if let user = actor.user { try requireActive(user) }
            let answer = try change(action, by: actor, at: moment)
            if let key { keep(Request(author: actor.user, key: key, text: text, answer: answer, moment: moment)) }
            return answer
        } catch {
            return .refused(error.codes)
        }
    }

    /// A key is kept for what changes nothing, too: that takes a position, which nobody sees.
    private mutating func keep(_ request: Request) {
        requests.append(request)
        guard case .unchanged(let conversation) = request.answer else { return }
        requests[requests.count - 1].line = log(conversation)?.lines.last
        head += 1
        silent += 1
    }

    private func refusalsWithoutChange(
        _ action: ModelAction, by actor: ModelActor, at moment: Timestamp
    ) -> [IMError.Code] {
        var copy = self
        do throws(Refusal) {
            if let user = actor.user { try requireActive(user) }
            _ = try copy.change(action, by: actor, at: moment)
            return []
        } catch {
            return error.codes
        }
    }

    private func requireActive(_ user: UserID) throws(Refusal) {
        guard let person = existing(user) else { throw Refusal(.unknownUser) }
        if person.status == .suspended { throw Refusal(.userSuspended) }
    }

    /// What is wrong with a request by itself.
    private func malformed(_ action: ModelAction) -> [IMError.Code] {
        switch action {
        case .send(let content, let target, _, let mentions, let options):
            return malformed(content) + malformed(mentions, isDirect: target.group == nil)
                + malformed(options, isDirect: target.group == nil)
        case .forward(_, _, let target, let options): return malformed(options, isDirect: target.group == nil)
        case .edit(_, let conversation, let content, let mentions):
            return malformed(content) + malformed(mentions, isDirect: conversation.group == nil)
        case .createUser(_, let profile), .updateUser(_, let profile), .updateGroup(_, let profile):
            return malformed(profile)
        case .createGroup(_, let profile, let owner, let members, _, _):
            return malformed(profile) + malformed(members, and: [owner])
        case .add(let users, _):
            return malformed(users, and: []) + (users.isEmpty ? [.malformedArgument] : [])
        case .setRole(let role, _, _): return role == .owner ? [.malformedArgument] : []
        case .request(_, let text): return text.utf8.count > limits.requestBytes ? [.requestTooLarge] : []
        case .invite(let users, _, let text):
            var codes: [IMError.Code] = text.utf8.count > limits.requestBytes ? [.requestTooLarge] : []
            if users.count > limits.invitationsPerCommand { codes.append(.requestTooLarge) }
            if users.isEmpty || Set(users).count < users.count { codes.append(.malformedArgument) }
            return codes
        case .announce(let text, _): return text?.utf8.count ?? 0 > limits.profileBytes ? [.profileTooLarge] : []
        case .pinConversation(let conversation, _), .muteConversation(let conversation, _),
            .archive(let conversation, _), .hide(let conversation, _), .markUnread(let conversation, _),
            .clear(let conversation, _):
            return conversation.kind == .personal ? [.malformedArgument] : []
        case .setDraft(let text, let conversation):
            return (conversation.kind == .personal ? [.malformedArgument] : [])
                + (text?.utf8.count ?? 0 > limits.contentBytes ? [.contentTooLarge] : [])
        case .deleteForMe(let sequences, let conversation):
            var codes: [IMError.Code] = conversation.kind == .personal ? [.malformedArgument] : []
            if sequences.isEmpty || Set(sequences).count < sequences.count { codes.append(.malformedArgument) }
            if sequences.count > limits.deletedPerCommand { codes.append(.requestTooLarge) }
            return codes
        default: return []
        }
    }

    private func malformed(_ content: Content) -> [IMError.Code] {
        if let custom = content.custom, custom.type.isEmpty { return [.malformedContent] }
        if content.text == "" { return [.malformedContent] }
        return content.byteCount > limits.contentBytes ? [.contentTooLarge] : []
    }

    private func malformed(_ mentions: Mentions, isDirect: Bool) -> [IMError.Code] {
        var codes: [IMError.Code] = mentions.users.count > limits.mentionsPerMessage ? [.requestTooLarge] : []
        if mentions.isAll, isDirect { codes.append(.malformedArgument) }
        if Set(mentions.users).count < mentions.users.count { codes.append(.malformedArgument) }
        return codes
    }

    private func malformed(_ options: MessageOptions, isDirect: Bool) -> [IMError.Code] {
        let day = Duration.seconds(86_400)
        var codes: [IMError.Code] = []
        if let expiry = options.expiresAfter, expiry < .seconds(1) || expiry > day * 366 {
            codes.append(.malformedArgument)
        }
        if let burning = options.burnsAfterReading, !isDirect || burning < .zero || burning > day * 7 {
            codes.append(.malformedArgument)
        }
        return codes
    }

    private func malformed(_ profile: Profile) -> [IMError.Code] {
        (profile.name?.utf8.count ?? 0) > limits.profileBytes ? [.profileTooLarge] : []
    }

    private func malformed(_ users: [UserID], and others: [UserID]) -> [IMError.Code] {
        var codes: [IMError.Code] = users.count > limits.membersPerCommand ? [.requestTooLarge] : []
        for (index, user) in (others + users).enumerated() where (others + users).firstIndex(of: user) != index {
            codes.append(.malformedArgument)
        }
        return codes
    }

    private mutating func change(
        _ action: ModelAction, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        switch action {
        case .createUser(let id, let profile):
            if person(id) != nil { throw Refusal(.alreadyExists) }
            let line = append(.userCreated, to: .personal(id), by: actor, at: moment) { $0.profile = profile }
            people.append(Person(id: id, profile: profile, createdAt: moment, createdPosition: line.position))
            return .appended(line)
        case .updateUser(let id, let profile):
            guard let person = existing(id) else { throw Refusal(.unknownUser) }
            if person.profile.exactText == profile.exactText { return .unchanged(.personal(id)) }
            change(id) { $0.profile = profile }
            return .appended(append(.userUpdated, to: .personal(id), by: actor, at: moment) { $0.profile = profile })
        case .setStatus(let id, let status): return try setStatus(status, of: id, by: actor, at: moment)
        case .markRead(let conversation, let sequence, let user):
            return try markRead(conversation, through: sequence, of: user, by: actor, at: moment)
        case .trim(let conversation, let sequence):
            return try trim(conversation, through: sequence, by: actor, at: moment)
        case .send, .forward, .edit, .recall, .react, .pin, .cancelScheduled:
            return try changeMessage(action, by: actor, at: moment)
        case .block, .setContact, .removeContact, .setPermissions, .setCustomStatus, .setHidden, .removeDevice,
            .pinConversation, .muteConversation, .archive, .hide, .markUnread, .setDraft, .clear, .deleteForMe:
            return try changeOneself(action, by: actor, at: moment)
        default: return try changeGroup(action, by: actor, at: moment)
        }
    }

    private mutating func setStatus(
        _ status: User.Status, of id: UserID, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        guard let person = person(id) else { throw Refusal(.unknownUser) }
        if person.status == status { return .unchanged(.personal(id)) }
        if person.status == .deleted { throw Refusal(.unknownUser) }
        if status == .deleted, circles.contains(where: { $0.owner == id && !$0.isDissolved }) {
            throw Refusal(.ownsGroups)
        }
        change(id) { $0.status = status }
        let kind: Entry.Kind =
            status == .deleted ? .userDeleted : status == .suspended ? .userSuspended : .userReinstated
        let line = append(kind, to: .personal(id), by: actor, at: moment)
        if status != .active { disconnect(id) }
        guard status == .deleted else { return .appended(line) }
        change(id) { person in
            person.profile = Profile()
            person.contacts = []
            person.blocked = []
            person.isHidden = false
            person.customStatus = nil
            for index in person.settings.indices {
                person.settings[index].value.draft = nil
                person.settings[index].draftedAt = nil
            }
        }
        // What it said about itself is gone from what has been written down, too.
        if let index = index(of: .personal(id)) {
            for line in logs[index].lines.indices where logs[index].lines[line].profile != nil {
                logs[index].lines[line].profile = Profile()
            }
        }
        for circle in circles(of: id) { end(id, circle.id, .memberLeft, by: actor, at: moment) }
        for waiting in log(.personal(id))?.lines ?? [] where waiting.isWaiting {
            endWaiting(waiting.sequence, of: id, "cancelled", by: actor, at: moment)
        }
        return .appended(line)
    }

    private mutating func markRead(
        _ conversation: Conversation, through sequence: SequenceNumber, of user: UserID, by actor: ModelActor,
        at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        guard existing(user) != nil else { throw Refusal(.unknownUser) }
        if conversation.kind == .personal { throw Refusal(.malformedArgument) }
        guard conversation.users.allSatisfy({ person($0) != nil }) else { throw Refusal(.notFound) }
        let last = log(conversation)?.head ?? 0
        if let group = conversation.group {
            // Who has left has nothing to read any more.
            if role(user, group) == nil { throw Refusal(.notFound) }
        } else if !conversation.users.contains(user) {
            throw Refusal(.notFound)
        }
        if sequence > last { throw Refusal(.markerAhead, .notFound) }
        if marker(user, conversation) >= sequence {
            return set(conversation, of: user, by: actor, at: moment) { $0.isMarkedUnread = false }
        }
        mark(user, conversation, sequence, at: moment)
        return .appended(
            append(.readMarkerMoved, to: .personal(user), by: actor, at: moment) { line in
                line.subject = conversation
                line.through = sequence
            })
    }

    private mutating func trim(
        _ conversation: Conversation, through sequence: SequenceNumber, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        if conversation.kind == .personal { throw Refusal(.malformedArgument) }
        if let group = conversation.group, circle(group) == nil { throw Refusal(.notFound) }
        guard conversation.users.allSatisfy({ person($0) != nil }) else { throw Refusal(.notFound) }
        guard let index = index(of: conversation), sequence <= logs[index].head else {
            if sequence == 0 { return .unchanged(conversation) }
            throw Refusal(.markerAhead, .notFound)
        }
        let through = min(sequence, logs[index].trimmedThrough + UInt64(limits.trimmedPerCommand))
        guard through > logs[index].trimmedThrough else { return .unchanged(conversation) }
        logs[index].trimmedThrough = through
        for line in logs[index].lines.indices where logs[index].lines[line].sequence <= through {
            let kind = logs[index].lines[line].kind
            logs[index].lines[line].isPinned = false
            if kind == .message || kind == .edited, logs[index].lines[line].gone == nil {
                logs[index].lines[line].gone = .trimmed
            }
        }
        return .appended(append(.historyTrimmed, to: conversation, by: actor, at: moment) { $0.through = through })
    }

    mutating func end(
        _ user: UserID, _ id: GroupID, _ kind: Entry.Kind, by actor: ModelActor, at moment: Timestamp
    ) {
        let line = append(kind, to: .group(id), by: actor, at: moment) { $0.members = [user] }
        change(user, in: id) { membership in
            membership.role = .member
            membership.nickname = nil
            membership.windows[membership.windows.count - 1].through = line.sequence - 1
        }
    }
}

extension Target {
    /// A target does not say what it is, but what it is called.
    fileprivate var parts: (kind: Substring, name: String) {
        let text = description
        let kind = text.prefix { $0 != " " }
        return (kind, String(decoding: text.utf8.dropFirst(kind.utf8.count + 1), as: UTF8.self))
    }

    var user: UserID? { parts.kind == "user" ? try? UserID(parts.name) : nil }
    var group: GroupID? { parts.kind == "group" ? try? GroupID(parts.name) : nil }
}

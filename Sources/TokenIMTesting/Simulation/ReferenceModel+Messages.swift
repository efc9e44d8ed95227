internal import TokenIM

/// Messages, and what becomes of them.
extension ReferenceModel {
    mutating func changeMessage(
        _ action: ModelAction, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        switch action {
        case .send(let content, let target, let replyTo, let mentions, let options):
            let conversation = try destination(target, by: actor, content, mentions, replyTo, options, at: moment)
            return put(to: conversation, by: actor, at: moment, options) { line in
                line.content = content
                line.replyTo = replyTo
                line.mentions = mentions
            }
        case .forward(let sequence, let source, let target, let options):
            return try forward(sequence, source, target, options, by: actor, at: moment)
        case .edit(let sequence, let conversation, let content, let mentions):
            return try edit(sequence, conversation, content, mentions, by: actor, at: moment)
        case .recall(let sequence, let conversation):
            return try recall(sequence, conversation, by: actor, at: moment)
        case .react(let reaction, let sequence, let conversation, let isOn):
            return try react(reaction, sequence, conversation, isOn: isOn, by: actor, at: moment)
        case .pin(let sequence, let conversation, let isOn):
            return try pin(sequence, conversation, isOn: isOn, by: actor, at: moment)
        case .cancelScheduled(let sequence):
            guard let user = actor.user, line(sequence, .personal(user))?.isWaiting == true else {
                throw Refusal(.notFound)
            }
            return .appended(endWaiting(sequence, of: user, "cancelled", by: actor, at: moment))
        default: preconditionFailure("not about messages")
        }
    }

    // MARK: Sending

    /// Why somebody may not say something, as far as it depends on the place and the one who speaks.
    private func refusals(
        of content: Content, mentionsAll: Bool, in conversation: Conversation, by author: UserID, at moment: Timestamp
    ) -> [IMError.Code] {
        var codes: [IMError.Code] = []
        if let group = conversation.group {
            guard let circle = circle(group), let membership = membership(author, group), membership.isMember else {
                return [.notFound]
            }
            if circle.isDissolved { codes.append(.notAllowed) }
            if !circle.policies.posting.includes(membership.role) { codes.append(.notAllowed) }
            if mentionsAll, !circle.policies.mentioningAll.includes(membership.role) { codes.append(.notAllowed) }
            if membership.mutedUntil ?? .zero > moment { codes.append(.muted) }
            if circle.isMuted, membership.role == .member { codes.append(.muted) }
        } else if let other = conversation.other(than: author), person(other)?.blocked.contains(author) == true {
            codes.append(.blocked)
        }
        let permissions = person(author)?.permissions ?? .all
        if !permissions.contains(.send) { codes.append(.notAllowed) }
        if content.media != nil, !permissions.contains(.upload) { codes.append(.notAllowed) }
        return codes
    }

    private func destination(
        _ target: Target, by actor: ModelActor, _ content: Content, _ mentions: Mentions, _ replyTo: SequenceNumber?,
        _ options: MessageOptions, at moment: Timestamp
    ) throws(Refusal) -> Conversation {
        guard let sender = actor.user else { throw Refusal(.malformedArgument) }
        let conversation: Conversation
        if let group = target.group {
            conversation = .group(group)
            guard role(sender, group) != nil else { throw Refusal(.notFound) }
        } else {
            guard let other = target.user, existing(other) != nil else { throw Refusal(.unknownUser) }
            conversation = .direct(sender, other)
        }
        var codes = refusals(of: content, mentionsAll: mentions.isAll, in: conversation, by: sender, at: moment)
        if mentions.users.contains(where: { existing($0) == nil }) { codes.append(.unknownUser) }
        if let replyTo, replyTo > log(conversation)?.head ?? 0 { codes.append(.notFound) }
        codes += refusals(of: options, in: conversation, by: sender, at: moment)
        if !codes.isEmpty { throw Refusal(codes) }
        return conversation
    }

    private func refusals(
        of options: MessageOptions, in conversation: Conversation, by author: UserID, at moment: Timestamp
    ) -> [IMError.Code] {
        var codes: [IMError.Code] = []
        if options.burnsAfterReading != nil {
            if conversation.users.first == conversation.users.last { codes.append(.malformedArgument) }
            let burning = log(conversation)?.lines.filter { $0.isMessage && $0.options.burnsAfterReading != nil } ?? []
            if burning.count >= limits.burningPerConversation { codes.append(.limitReached) }
        }
        if let scheduled = options.scheduledFor, scheduled > moment {
            if scheduled.duration(since: moment) > .seconds(366 * 86_400) { codes.append(.malformedArgument) }
            let waiting = log(.personal(author))?.lines.filter(\.isWaiting) ?? []
            if waiting.count >= limits.scheduledPerUser { codes.append(.limitReached) }
        }
        return codes
    }

    /// Sends a message now, or puts it where it waits for its moment.
    private mutating func put(
        to conversation: Conversation, by actor: ModelActor, at moment: Timestamp, _ options: MessageOptions,
        _ change: (inout Line) -> Void
    ) -> ModelAnswer {
        let author = actor.user ?? "nobody"
        var kept = options
        kept.scheduledFor = nil
        let everybody = self
        func fill(_ line: inout Line) {
            change(&line)
            line.options = kept
            line.mentions = everybody.seen(line.mentions, in: conversation, without: author)
        }
        guard let scheduled = options.scheduledFor, scheduled > moment else {
            return .appended(append(.message, to: conversation, by: actor, at: moment, fill))
        }
        return .appended(
            append(.scheduled, to: .personal(author), by: actor, at: moment) { line in
                fill(&line)
                line.subject = conversation
                line.until = scheduled
                line.isWaiting = true
            })
    }

    /// Those mentioned who see it, in the order in which they became users.
    private func seen(_ mentions: Mentions, in conversation: Conversation, without author: UserID?) -> Mentions {
        let users = people.map(\.id).filter { user in
            user != author && mentions.users.contains(user) && isMember(user, conversation)
        }
        return Mentions(users, isAll: mentions.isAll)
    }

    private mutating func forward(
        _ sequence: SequenceNumber, _ source: Conversation, _ target: Target, _ options: MessageOptions,
        by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        var found: Line?
        var codes: [IMError.Code] = []
        do throws(Refusal) { found = try find(sequence, source, by: actor) } catch { codes += error.codes }
        if found?.options.burnsAfterReading != nil { codes.append(.notAllowed) }
        let content = found.map { presentContent($0) } ?? .text("?")
        var conversation: Conversation?
        do throws(Refusal) {
            conversation = try destination(target, by: actor, content, .none, nil, options, at: moment)
        } catch {
            codes += error.codes
        }
        guard codes.isEmpty, let found, let conversation else { throw Refusal(codes) }
        return put(to: conversation, by: actor, at: moment, options) { line in
            line.content = content
            line.originAuthor = found.originMoment == nil ? found.author : found.originAuthor
            line.originMoment = found.originMoment ?? found.timestamp
        }
    }

    // MARK: Amending

    /// A message that somebody may see, or why there is none.
    private func find(
        _ sequence: SequenceNumber, _ conversation: Conversation, by actor: ModelActor
    ) throws(Refusal) -> Line {
        try requireVisible(conversation, to: actor.user)
        guard let line = line(sequence, conversation) else { throw Refusal(.notFound) }
        if let user = actor.user, !sees(user, sequence, conversation, inHistory: true) { throw Refusal(.notFound) }
        if line.gone != nil { throw Refusal(.messageGone) }
        if line.kind != .message { throw Refusal(.notFound) }
        return line
    }

    func presentContent(_ line: Line) -> Content {
        line.edits.last.flatMap { self.line($0, line.conversation)?.content } ?? line.content ?? .text("")
    }

    private mutating func edit(
        _ sequence: SequenceNumber, _ conversation: Conversation, _ content: Content, _ mentions: Mentions,
        by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        let found = try find(sequence, conversation, by: actor)
        var codes: [IMError.Code] = []
        if let user = actor.user {
            if found.author != user { codes.append(.notAllowed) }
            if moment.duration(since: found.timestamp) > limits.editWindow { codes.append(.tooLate) }
            codes += refusals(of: content, mentionsAll: mentions.isAll, in: conversation, by: user, at: moment)
        } else if mentions.isAll, conversation.group.flatMap({ circle($0) })?.isDissolved == true {
            codes.append(.notAllowed)
        }
        if found.edits.count >= limits.editsPerMessage { codes.append(.limitReached) }
        if mentions.users.contains(where: { existing($0) == nil }) { codes.append(.unknownUser) }
        if !codes.isEmpty { throw Refusal(codes) }
        let called = seen(mentions, in: conversation, without: found.author)
        let line = append(.edited, to: conversation, by: actor, at: moment) { line in
            line.content = content
            line.replyTo = found.replyTo
            line.mentions = called
            line.targets = [sequence]
        }
        change(sequence, conversation) { $0.edits.append(line.sequence) }
        return .appended(line)
    }

    private mutating func recall(
        _ sequence: SequenceNumber, _ conversation: Conversation, by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        let found: Line
        do throws(Refusal) {
            found = try find(sequence, conversation, by: actor)
        } catch {
            if error.codes == [.messageGone] { return .unchanged(conversation) }
            throw error
        }
        if let user = actor.user {
            let isInTime = moment.duration(since: found.timestamp) <= limits.recallWindow
            if !(found.author == user && isInTime), !moderates(found, user) {
                throw Refusal(found.author == user ? .tooLate : .notAllowed)
            }
        }
        return .appended(withdraw([sequence], conversation, .recalled, by: actor, at: moment))
    }

    /// Whether somebody may take back a message in a group because of its role there.
    private func moderates(_ line: Line, _ user: UserID) -> Bool {
        guard let group = line.conversation.group, let role = role(user, group), role >= .admin,
            circle(group)?.isDissolved == false
        else { return false }
        guard let author = line.author, author != user, let other = self.role(author, group) else { return true }
        return other < role
    }

    private mutating func withdraw(
        _ sequences: [SequenceNumber], _ conversation: Conversation, _ erasure: Erasure, by actor: ModelActor,
        at moment: Timestamp
    ) -> Line {
        let line = append(.withdrawn, to: conversation, by: actor, at: moment) { line in
            line.targets = sequences
            line.erasure = erasure
        }
        for sequence in sequences {
            let edits = self.line(sequence, conversation)?.edits ?? []
            for sequence in [sequence] + edits {
                change(sequence, conversation) { target in
                    target.gone = erasure
                    target.reactions = []
                    target.isPinned = false
                }
            }
        }
        return line
    }

    private mutating func react(
        _ reaction: String, _ sequence: SequenceNumber, _ conversation: Conversation, isOn: Bool,
        by actor: ModelActor, at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        guard let user = actor.user else { throw Refusal(.malformedArgument) }
        let found = try find(sequence, conversation, by: actor)
        if conversation.group.flatMap({ circle($0) })?.isDissolved == true { throw Refusal(.notAllowed) }
        let index = found.reactions.firstIndex { $0.reaction.utf8.elementsEqual(reaction.utf8) }
        let hasIt = index.map { found.reactions[$0].users.contains(user) } ?? false
        if hasIt == isOn { return .unchanged(conversation) }
        if isOn, index == nil, found.reactions.count >= limits.reactionKindsPerMessage {
            throw Refusal(.limitReached)
        }
        change(sequence, conversation) { line in
            if let index, isOn {
                line.reactions[index].users.append(user)
            } else if let index {
                line.reactions[index].users.removeAll { $0 == user }
                if line.reactions[index].users.isEmpty { line.reactions.remove(at: index) }
            } else {
                line.reactions.append((reaction, [user]))
            }
        }
        return .appended(
            append(.reactionChanged, to: conversation, by: actor, at: moment) { line in
                line.targets = [sequence]
                line.text = reaction
                line.isOn = isOn
            })
    }

    private mutating func pin(
        _ sequence: SequenceNumber, _ conversation: Conversation, isOn: Bool, by actor: ModelActor,
        at moment: Timestamp
    ) throws(Refusal) -> ModelAnswer {
        let found = try find(sequence, conversation, by: actor)
        if let group = conversation.group, let circle = circle(group) {
            if circle.isDissolved { throw Refusal(.notAllowed) }
            if let role = actor.user.flatMap({ role($0, group) }), !circle.policies.pinning.includes(role) {
                throw Refusal(.notAllowed)
            }
        }
        if found.isPinned == isOn { return .unchanged(conversation) }
        let pins = log(conversation)?.lines.filter(\.isPinned).count ?? 0
        if isOn, pins >= limits.pinsPerConversation { throw Refusal(.limitReached) }
        change(sequence, conversation) { $0.isPinned = isOn }
        return .appended(
            append(.pinChanged, to: conversation, by: actor, at: moment) { line in
                line.targets = [sequence]
                line.isOn = isOn
            })
    }

    // MARK: What comes by itself

    @discardableResult
    mutating func endWaiting(
        _ sequence: SequenceNumber, of user: UserID, _ outcome: String, by actor: ModelActor, at moment: Timestamp
    ) -> Line {
        change(sequence, .personal(user)) { line in
            line.isWaiting = false
            line.gone = .superseded
        }
        return append(.scheduleEnded, to: .personal(user), by: actor, at: moment) { line in
            line.targets = [sequence]
            line.outcome = outcome
        }
    }

    /// Takes an entry that the engine made of itself, because its moment had come. Returns a complaint, or nil.
    mutating func adopt(_ entry: Entry) -> String? {
        let moment = entry.timestamp
        switch entry.kind {
        case .withdrawn:
            guard let erasure = entry.erasure else { return "withdrawn for no reason: \(entry)" }
            for sequence in entry.targets {
                let line = line(sequence, entry.conversation)
                let due = erasure == .expired ? line?.expiresAt : erasure == .burned ? line?.burnsAt : nil
                guard let line, line.isMessage, let due, due <= moment else {
                    return "withdrawn, and not due: \(entry)"
                }
            }
            _ = withdraw(entry.targets, entry.conversation, erasure, by: .host, at: moment)
        case .message, .erased:
            // It may be gone again by now, if it was to expire soon.
            guard let author = entry.author,
                let waiting = log(.personal(author))?.lines.first(where: {
                    $0.isWaiting && $0.subject == entry.conversation && $0.until ?? .distantFuture <= moment
                        && (entry.kind == .erased || $0.content == entry.message?.content)
                })
            else { return "sent, and nobody asked for it: \(entry)" }
            let codes = releasing(waiting, author, at: moment)
            if !codes.isEmpty { return "sent, and it may not be, \(codes.map(\.name)): \(entry)" }
            append(.message, to: entry.conversation, by: .user(author), at: moment) { line in
                line.content = waiting.content
                line.replyTo = waiting.replyTo
                line.mentions = waiting.mentions
                line.options = waiting.options
                line.originAuthor = waiting.originAuthor
                line.originMoment = waiting.originMoment
            }
            endWaiting(waiting.sequence, of: author, "sent", by: .user(author), at: moment)
        case .scheduleEnded:
            let user = entry.conversation.users.first ?? "nobody"
            guard let sequence = entry.targets.first, let waiting = line(sequence, entry.conversation),
                waiting.isWaiting, waiting.until ?? .distantFuture <= moment
            else { return "ended, and not due: \(entry)" }
            let outcomes = releasing(waiting, user, at: moment).map { "refused: \($0.name)" }
            guard let outcome = entry.outcome, outcomes.contains(outcome) else {
                return "\(entry) ends otherwise than \(outcomes)"
            }
            endWaiting(sequence, of: user, outcome, by: .user(user), at: moment)
        case .joinRequestEnded:
            guard let group = entry.subject?.group, let user = entry.members.first,
                let joining = circle(group)?.joinings.first(where: { $0.user == user }), joining.until <= moment
            else { return "lapsed, and not due: \(entry)" }
            endJoining(user, group, "expired", by: .host, at: moment)
        default: return "nobody asked for \(entry)"
        }
        return nil
    }

    /// Why a message that waited cannot be sent now.
    private func releasing(_ waiting: Line, _ author: UserID, at moment: Timestamp) -> [IMError.Code] {
        guard let conversation = waiting.subject, let content = waiting.content else { return [.notFound] }
        var codes: [IMError.Code] = person(author)?.status == .active ? [] : [.userSuspended]
        if let other = conversation.other(than: author), existing(other) == nil { codes.append(.unknownUser) }
        return codes
            + refusals(of: content, mentionsAll: waiting.mentions.isAll, in: conversation, by: author, at: moment)
    }

    /// Something that should have happened by itself by now, or nil.
    func overdue(at now: Timestamp) -> String? {
        for log in logs {
            for line in log.lines {
                if line.isWaiting, line.until ?? .distantFuture <= now { return "not sent: \(line)" }
                guard line.isMessage else { continue }
                if line.expiresAt ?? .distantFuture <= now { return "not expired: \(line)" }
                if line.burnsAt ?? .distantFuture <= now { return "not burned: \(line)" }
            }
        }
        for circle in circles {
            if let joining = circle.joinings.first(where: { $0.until <= now }) { return "not lapsed: \(joining)" }
        }
        return nil
    }
}

extension ReferenceModel.Line {
    /// Whether it is a message that still has its content.
    var isMessage: Bool { kind == .message && gone == nil }

    /// Whether an inbox takes it for a message. One that does not count is to it like a notice: it is not the last
    /// message, moves no marker and brings back nothing that was hidden.
    var isCounted: Bool { kind == .message && options.isCounted }

    var expiresAt: Timestamp? {
        options.expiresAfter.map { (kind == .scheduled ? until ?? timestamp : timestamp).advanced(by: $0) }
    }
}

extension Conversation {
    /// The other of two; nil when there is none.
    func other(than user: UserID) -> UserID? {
        guard kind == .direct else { return nil }
        return users.first { $0 != user }
    }
}

extension GroupPolicies.Level {
    func includes(_ role: Role) -> Bool {
        self == .all || role == .owner || self == .admins && role >= .admin
    }
}

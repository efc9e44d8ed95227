internal import TokenIMLMDB
internal import TokenIM

extension Simulation {
    func change(_ command: ScriptCommand) async throws(Complaint) -> String {
        let change = resolve(command)
        if case .trim(let conversation, let sequence) = change.action {
            return try await trim(conversation, through: sequence)
        }
        let result = await engine.perform(change)
        var moment: Timestamp?
        return try check(result, change, moment: &moment)
    }

    /// Sends many messages one after the other.
    func burst(_ command: ScriptCommand) async throws(Complaint) -> String {
        var last = ""
        for number in 0..<min(1_000, max(0, command[.count])) {
            let key = 1_000_000 + Int(model.head)
            let send = ScriptCommand(.send, -1, command[.user], command[.target], 10 + number, 0, key)
            last = try await change(send)
        }
        return last
    }

    /// Puts names for the numbers, and sequences for the places.
    func resolve(_ command: ScriptCommand) -> ResolvedChange {
        if command.verb.isChange { return resolveChange(command) }
        let isHost = !command.verb.labels.contains(.by) || command[.by] < 0 || openConnection(command[.by]) == nil
        let session = isHost ? nil : sessions[command[.by]]
        var actor = session.map { ModelActor.session($0.user, $0.device) } ?? .host
        let group = ScriptNames.group(command[.group])
        let user = ScriptNames.user(command[.user])
        let profile = ScriptNames.profile(command[.profile])
        let action: ModelAction
        switch command.verb {
        case .createGroup:
            action = .createGroup(
                group, profile, owner: ScriptNames.user(command[.owner]),
                members: ScriptNames.members(command[.members]))
        case .updateGroup: action = .updateGroup(group, profile)
        case .add: action = .add(ScriptNames.members(command[.members]), group)
        case .remove: action = .remove(user, group)
        case .leave: action = .leave(user, group)
        case .setRole: action = .setRole([.member, .admin, .owner][max(0, command[.role]) % 3], user, group)
        case .transfer: action = .transfer(group, user)
        case .dissolve: action = .dissolve(group)
        case .send:
            if actor == .host { actor = .user(user) }
            let target = command[.target]
            let sender = actor.user ?? user
            let conversation =
                target >= ScriptNames.firstGroup
                ? ScriptNames.conversation(0, target) : .direct(sender, ScriptNames.user(max(0, target)))
            let head = model.log(conversation)?.head ?? 0
            let reply = command[.reply]
            let replyTo = reply == 0 ? nil : max(1, relative(reply > 0 ? reply - 1 : reply, to: head))
            action = .send(ScriptNames.content(command[.content]), ScriptNames.target(target), replyTo: replyTo)
        case .markRead:
            let subject = ScriptNames.conversation(command[.with], command[.target])
            let reader = actor.user ?? user
            let head = model.log(subject)?.head ?? 0
            action = .markRead(subject, relative(command[.place], to: head), reader)
        case .trim:
            let conversation = ScriptNames.conversation(command[.with], command[.target])
            action = .trim(conversation, relative(command[.place], to: model.log(conversation)?.head ?? 0))
        default:
            action =
                switch command.verb {
                case .createUser: .createUser(user, profile)
                case .updateUser: .updateUser(user, profile)
                case .suspend: .setStatus(user, .suspended)
                case .reinstate: .setStatus(user, .active)
                default: .setStatus(user, .deleted)
                }
        }
        let key = ScriptNames.key(command.verb == .send && command[.key] == 0 ? -1 : command[.key])
        return ResolvedChange(action: action, actor: actor, key: key, session: session)
    }

    /// Compares what the engine said with what the model says.
    ///
    /// - Parameter moment: the one that all new entries of a transaction share, once it is known.
    func check(
        _ result: Result<Receipt, IMError>, _ change: ResolvedChange, moment: inout Timestamp?
    ) throws(Complaint) -> String {
        let head = model.head
        let receipt: Receipt
        do throws(IMError) {
            receipt = try result.get()
        } catch {
            var copy = model
            let answer = copy.perform(
                change.action, by: change.actor, key: change.key, at: max(time.now(), model.latest))
            guard case .refused(let codes) = answer else {
                throw Complaint("refused with \(error); the model says \(answer)")
            }
            if codes.contains(error.code) { return error.code.name }
            throw Complaint("refused with \(error), and not with \(codes.map(\.name))")
        }
        let answer = model.perform(change.action, by: change.actor, key: change.key, at: receipt.timestamp)
        if case .refused(let codes) = answer {
            throw Complaint("accepted with \(receipt); the model says \(codes.map(\.name))")
        }
        if model.head > head {
            if let moment, moment != receipt.timestamp { throw Complaint("two moments in one transaction") }
            if moment == nil { try note(receipt.timestamp) }
            moment = receipt.timestamp
        }
        try check(receipt, answer)
        return "\(receipt.position) \(receipt.sequence) \(receipt.timestamp.microseconds) \(receipt.isDuplicate)"
    }

    private func check(_ receipt: Receipt, _ answer: ModelAnswer) throws(Complaint) {
        var (line, moment, isDuplicate): (ReferenceModel.Line?, Timestamp?, Bool) = (nil, nil, true)
        switch answer {
        case .appended(let new): (line, moment, isDuplicate) = (new, new.timestamp, false)
        case .duplicate(let earlier, let then): (line, moment) = (earlier, then)
        case .unchanged(let subject): line = model.log(subject)?.lines.last
        case .refused: break
        }
        guard receipt.isDuplicate == isDuplicate, line?.conversation == receipt.conversation,
            receipt.sequence == line?.sequence, receipt.position == line?.position,
            receipt.timestamp == moment ?? receipt.timestamp
        else { throw Complaint("\(receipt), and not \(answer)") }
    }

    private func trim(_ conversation: Conversation, through sequence: SequenceNumber) async throws(Complaint) -> String
    {
        let head = engine.head
        let result: Result<SequenceNumber, IMError>
        do throws(IMError) {
            result = .success(try await engine.messages.trim(conversation, through: sequence))
        } catch {
            result = .failure(error)
        }
        // A trim has no receipt: the journal has its moment.
        var moment = max(time.now(), model.latest)
        if engine.head > head {
            let entries = try read { () throws(IMError) in try engine.entries(after: head) }
            moment = entries.last?.timestamp ?? moment
            try note(moment)
        }
        switch (result, model.perform(.trim(conversation, sequence), by: .host, key: nil, at: moment)) {
        case (.failure(let error), .refused(let codes)) where codes.contains(error.code): return error.code.name
        case (.success(let through), .appended), (.success(let through), .unchanged):
            let expected = model.log(conversation)?.trimmedThrough ?? 0
            guard through == expected else { throw Complaint("trimmed through \(through), not \(expected)") }
            return "\(through)"
        case (let result, let answer): throw Complaint("\(result); the model says \(answer)")
        }
    }

    // MARK: Host transactions

    private struct Abandoned: Error {}

    func transaction(_ block: [ScriptCommand], fails: Bool) async throws(Complaint) -> String {
        let before = model
        var changes: [ResolvedChange] = []
        for command in block {
            var change = resolve(command)
            if change.session != nil {
                // In a transaction the host acts.
                change.session = nil
                let isOfUser = command.verb == .send || change.isValue
                change.actor = isOfUser ? .user(change.actor.user ?? "nobody") : .host
            }
            changes.append(change)
        }
        let asked = changes
        let results = Monitor<[Result<Receipt, IMError>]>([])
        do {
            try await engine.transaction { transaction in
                for change in asked {
                    let result = transaction.perform(change)
                    results.withLock { $0.append(result) }
                }
                if fails { throw Abandoned() }
            }
            if fails { throw Complaint("a transaction that threw has succeeded") }
        } catch {
            guard error is Abandoned else { throw Complaint("the transaction failed: \(error)") }
        }
        let found = results.withLock { $0 }
        var moment: Timestamp?
        var lines: [String] = []
        for (result, change) in zip(found, changes) { lines.append(try check(result, change, moment: &moment)) }
        if fails { model = before }
        return lines.joined(separator: ", ")
    }
}

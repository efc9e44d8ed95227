internal import TokenIM

/// What can be asked about single messages, and about a user itself.
extension Simulation {
    func compareDetails(
        _ user: UserID, _ log: ReferenceModel.Log, _ generator: inout SeededGenerator
    ) throws(Complaint) {
        let conversation = log.conversation
        try comparePins(user, log)
        let sequence = SequenceNumber.random(in: 1...(log.head + 1), using: &generator)
        let line = model.line(sequence, conversation).flatMap { model.asksAbout(user, $0) ? $0 : nil }
        let reactions: [Reaction]
        do throws(IMError) {
            reactions = try engine.messages.reactions(to: sequence, in: conversation, for: user, limit: 40)
        } catch {
            if line == nil, error.code == .notFound { return }
            throw Complaint("reactions to \(sequence) in \(conversation) for \(user): \(error)")
        }
        guard var line else { throw Complaint("\(user) asks for \(sequence) of \(conversation), gets \(reactions)") }
        let areOthersHidden = model.areOthersHidden(from: user, in: conversation)
        if model.departure(of: user, from: conversation) != nil { line.reactions = [] }
        if areOthersHidden {
            line.reactions = line.reactions.map { ($0.reaction, $0.users.filter { $0 == user }) }
        }
        let found = reactions.map { "\($0.user) \(Array($0.reaction.utf8))" }
        var expected: [String] = []
        for person in model.people {
            let given = line.reactions.filter { $0.users.contains(person.id) }.map { Array($0.reaction.utf8) }
            expected += given.sorted { $0.lexicographicallyPrecedes($1) }.map { "\(person.id) \($0)" }
        }
        if found.sorted() != expected.sorted() || reactions.map(\.user) != users(line, expected.count) {
            throw Complaint("reactions to \(line) for \(user): \(found), not \(expected)")
        }
        try compareReaders(user, line, &generator)
    }

    /// Who reacted, as often as it did, in the order in which they became users.
    private func users(_ line: ReferenceModel.Line, _ count: Int) -> [UserID] {
        model.people.flatMap { person in
            line.reactions.filter { $0.users.contains(person.id) }.map { _ in person.id }
        }
    }

    private func compareReaders(
        _ user: UserID, _ line: ReferenceModel.Line, _ generator: inout SeededGenerator
    ) throws(Complaint) {
        var readers: [UserID] = []
        var next: UserID?
        do throws(IMError) {
            repeat {
                let page = try engine.messages.readers(
                    of: line.sequence, in: line.conversation, for: user, after: next,
                    limit: Int.random(in: 1...4, using: &generator))
                readers += page.readers
                next = page.next
            } while next != nil
        } catch {
            let circle = line.conversation.group.flatMap { model.circle($0) }
            if circle == nil, error.code == .malformedArgument { return }
            let isHidden = model.areOthersHidden(from: user, in: line.conversation)
            if isHidden || circle?.policies.hasReadReceipts == false, error.code == .notAllowed { return }
            throw Complaint("readers of \(line) for \(user): \(error)")
        }
        let expected = model.departure(of: user, from: line.conversation) == nil ? model.readers(line) : []
        if readers != expected { throw Complaint("readers of \(line): \(readers), not \(expected)") }
    }

    private func comparePins(_ user: UserID, _ log: ReferenceModel.Log) throws(Complaint) {
        let seen = model.history(user, log.conversation)
        let pinned: [Entry]
        do throws(IMError) {
            pinned = try engine.messages.pinned(in: log.conversation, for: user)
        } catch {
            if seen == nil, error.code == .notFound { return }
            throw Complaint("pinned in \(log.conversation) for \(user): \(error)")
        }
        let hasLeft = model.departure(of: user, from: log.conversation) != nil
        let expected = hasLeft ? [] : (seen ?? []).filter(\.isPinned)
        guard seen != nil, pinned.count == expected.count,
            zip(pinned, expected).allSatisfy({ model.matches($1, $0, for: user, isPresent: true) })
        else { throw Complaint("pinned in \(log.conversation) for \(user): \(pinned), not \(expected)") }
    }

    func compareOneself(_ person: ReferenceModel.Person) throws(Complaint) {
        let id = person.id
        let contacts = try read { () throws(IMError) in try engine.users.contacts(of: id, limit: 40) }
        let known = model.people.compactMap { other in person.contacts.first { $0.user == other.id } }
        if contacts.map(\.user) != known.map(\.user) || contacts.map(\.since) != known.map(\.since)
            || contacts.map({ $0.alias.map { Array($0.utf8) } }) != known.map({ $0.alias.map { Array($0.utf8) } })
        {
            throw Complaint("contacts of \(id): \(contacts), not \(known)")
        }
        let blocked = try read { () throws(IMError) in try engine.users.blocked(by: id, limit: 40) }
        let expected = model.people.map(\.id).filter { person.blocked.contains($0) }
        if blocked != expected { throw Complaint("blocked by \(id): \(blocked), not \(expected)") }
        let scheduled = try read { () throws(IMError) in try engine.messages.scheduled(by: id, limit: 40) }
        let waiting = (model.log(.personal(id))?.lines ?? []).filter(\.isWaiting)
        guard scheduled.map(\.sequence) == waiting.map(\.sequence),
            scheduled.map(\.conversation) == waiting.map(\.subject),
            scheduled.map(\.scheduledFor) == waiting.map(\.until),
            scheduled.map(\.message.content) == waiting.map(\.content)
        else { throw Complaint("scheduled by \(id): \(scheduled), not \(waiting)") }
        try compareRequests(of: id)
    }

    private func compareRequests(of user: UserID) throws(Complaint) {
        let requests = try read { () throws(IMError) in try engine.groups.joinRequests(of: user, limit: 40) }
        // In a group that has been dissolved nobody answers any more.
        let groups = model.circles.filter { !$0.isDissolved }.map(\.id).filter {
            model.joining(user, $0, at: time.now()) != nil
        }
        if requests.map(\.group) != groups {
            throw Complaint("requests of \(user): \(requests), not \(groups)")
        }
    }
}

internal import TokenIM

extension Simulation {
    /// Compares everything that can be asked, with pages of random sizes.
    func compare(seed: UInt64) throws(Complaint) {
        var generator = SeededGenerator(seed: seed)
        let head = (try? engine.snapshot { $0.head }) ?? 0
        if head != engine.head { throw Complaint("a snapshot's head is \(head), the engine's \(engine.head)") }
        try comparePeople(&generator)
        try compareGroups(&generator)
        for person in model.people {
            try compareInbox(person.id, &generator)
            try compareDevices(person.id)
            for log in model.logs where log.conversation.kind != .personal || log.conversation.users == [person.id] {
                // What a deleted user said about itself is erased step by step: transcripts show how.
                if log.conversation.kind == .personal, person.status == .deleted { continue }
                try compareHistory(person.id, log.conversation, &generator)
                try compareStates(person.id, log, &generator)
                try compareDetails(person.id, log, &generator)
            }
            try compareOneself(person)
        }
    }

    private func comparePeople(_ generator: inout SeededGenerator) throws(Complaint) {
        for number in 0..<ScriptNames.userCount {
            let id = ScriptNames.user(number)
            let user = try read { () throws(IMError) in try engine.users.get(id) }
            try compare(user, with: model.person(id))
        }
        var listed: [User] = []
        while true {
            let limit = Int.random(in: 1...5, using: &generator)
            let page = try read { () throws(IMError) in try engine.users.list(after: listed.last?.id, limit: limit) }
            listed += page
            if page.count < limit { break }
        }
        let expected = model.people.filter { $0.status != .deleted }.map(\.id).sorted()
        if listed.map(\.id) != expected { throw Complaint("users \(listed.map(\.id)), not \(expected)") }
    }

    private func compare(_ user: User?, with person: ReferenceModel.Person?) throws(Complaint) {
        guard user?.id == person?.id, user?.profile.exactText == person?.profile.exactText,
            user?.status == person?.status, user?.permissions == person?.permissions,
            user?.createdAt == person?.createdAt
        else { throw Complaint("\(user, default: "no user"), not \(person, default: "nobody")") }
    }

    private func compareGroups(_ generator: inout SeededGenerator) throws(Complaint) {
        for number in 0..<ScriptNames.groupCount {
            let id = ScriptNames.group(number)
            let group = try read { () throws(IMError) in try engine.groups.get(id) }
            try compare(group, with: model.circle(id))
            try compareMembers(id, &generator)
            for slot in sessions.keys.sorted() where openConnection(slot) != nil {
                guard let session = sessions[slot] else { continue }
                let seen = try read { () throws(IMError) in try session.groups.get(id) }
                let isMember = model.role(session.user, id) != nil
                let isOpen = model.circle(id).map { !$0.isDissolved && $0.policies.joining != .invitedOnly } ?? false
                let isInvited = model.joining(session.user, id, at: time.now())?.isInvitation ?? false
                if (seen != nil) != (isMember || isOpen || isInvited) {
                    throw Complaint("\(session.user) asks for group \(id) and gets \(seen, default: "nothing")")
                }
                if let seen, !isMember, seen.announcement != nil {
                    throw Complaint("an announcement for outsiders: \(session.user), \(seen)")
                }
            }
        }
        for person in model.people {
            let groups = try read { () throws(IMError) in try engine.groups.list(of: person.id).map(\.id) }
            let expected = model.circles(of: person.id).map(\.id)
            if groups != expected { throw Complaint("groups of \(person.id): \(groups), not \(expected)") }
        }
    }

    private func compare(_ group: Group?, with circle: ReferenceModel.Circle?) throws(Complaint) {
        guard group?.id == circle?.id, group?.profile.exactText == circle?.profile.exactText,
            group?.owner == circle?.owner, group?.memberCount == circle?.memberCount,
            group?.isDissolved == circle?.isDissolved, group?.createdAt == circle?.createdAt,
            group?.kind == circle?.kind, group?.policies == circle?.policies, group?.isMuted == circle?.isMuted,
            group?.announcement?.text == circle?.announcement?.text,
            group?.announcement?.author == circle?.announcement?.author,
            group?.announcement?.timestamp == circle?.announcement?.moment
        else { throw Complaint("\(group, default: "no group"), not \(circle, default: "none")") }
    }

    private func compareMembers(_ id: GroupID, _ generator: inout SeededGenerator) throws(Complaint) {
        guard let circle = model.circle(id) else { return }
        var members: [Member] = []
        while true {
            let limit = Int.random(in: 1...5, using: &generator)
            let page = try read { () throws(IMError) in
                try engine.groups.members(of: id, after: members.last?.user, limit: limit)
            }
            members += page
            if page.count < limit { break }
        }
        // In the order in which they became users.
        let expected = model.people.compactMap { person in
            circle.memberships.first { $0.user == person.id && $0.isMember }
        }
        let isEqual =
            members.map(\.user) == expected.map(\.user) && members.map(\.role) == expected.map(\.role)
            && members.map(\.joinedSequence) == expected.map(\.joined)
            && members.map(\.historySequence) == expected.map { $0.windows.last?.shownFrom ?? 0 }
            && members.map(\.nickname) == expected.map(\.nickname)
            && members.map(\.mutedUntil) == expected.map(\.mutedUntil)
        if !isEqual { throw Complaint("members of \(id): \(members), not \(expected)") }
        try compareWaiting(circle)
    }

    private func compareWaiting(_ circle: ReferenceModel.Circle) throws(Complaint) {
        let id = circle.id
        let bans = try read { () throws(IMError) in try engine.groups.bans(of: id, limit: 40) }
        let banned = model.people.compactMap { person in circle.bans.first { $0.user == person.id } }
        if bans.map(\.user) != banned.map(\.user) || bans.map(\.author) != banned.map(\.author)
            || bans.map(\.timestamp) != banned.map(\.moment)
        {
            throw Complaint("bans of \(id): \(bans), not \(banned)")
        }
        let requests: [JoinRequest]
        do throws(IMError) {
            requests = try engine.groups.joinRequests(to: id, limit: 40)
        } catch {
            if circle.isDissolved, error.code == .notAllowed { return }
            throw Complaint("requests to \(id): \(error)")
        }
        let waiting = model.people.filter { $0.status != .deleted }.compactMap {
            model.joining($0.id, id, at: time.now())
        }
        let isEqual =
            requests.map(\.user) == waiting.map(\.user) && requests.map(\.isInvitation) == waiting.map(\.isInvitation)
            && requests.map(\.author) == waiting.map(\.author) && requests.map(\.expiresAt) == waiting.map(\.until)
            && requests.map { Array($0.text.utf8) } == waiting.map { Array($0.text.utf8) }
            && requests.map(\.timestamp) == waiting.map(\.moment)
        if !isEqual { throw Complaint("requests to \(id): \(requests), not \(waiting)") }
    }

    private func compareInbox(_ user: UserID, _ generator: inout SeededGenerator) throws(Complaint) {
        let all = model.inbox(user)
        for archived in [false, true] {
            let expected = all.filter { !$0.setting.isHidden && $0.setting.isArchived == archived }
            for onlyUnread in [false, true] {
                var items: [InboxItem] = []
                while true {
                    let limit = Int.random(in: 1...7, using: &generator)
                    let page = try read { () throws(IMError) in
                        try engine.inbox.list(
                            user, archived: archived, onlyUnread: onlyUnread, after: items.last?.place, limit: limit)
                    }
                    items += page
                    if page.count < limit { break }
                }
                let wanted = onlyUnread ? expected.filter(\.isUnread) : expected
                if items.map(\.conversation) != wanted.map(\.conversation) {
                    throw Complaint("inbox of \(user): \(items.map(\.conversation)), not \(wanted.map(\.conversation))")
                }
                for (item, other) in zip(items, wanted) { try compare(item, with: other, of: user) }
            }
            for withMuted in [true, false] {
                let total = try read { () throws(IMError) in
                    try engine.inbox.total(user, archived: archived, withMuted: withMuted)
                }
                let counted = expected.filter { withMuted || !$0.setting.isMuted(at: time.now()) }
                let sum = counted.reduce(0) { $0 + $1.unread }
                if total != sum { throw Complaint("total of \(user): \(total), not \(sum)") }
            }
        }
        guard let log = model.logs.randomElement(using: &generator) else { return }
        let item = try read { () throws(IMError) in try engine.inbox.item(user, log.conversation) }
        let other = all.first { $0.conversation == log.conversation }
        guard let item, let other else {
            if item == nil, other == nil { return }
            throw Complaint("\(user) and \(log.conversation): \(item, default: "-"), not \(other, default: "-")")
        }
        try compare(item, with: other, of: user)
    }

    private func compare(_ item: InboxItem, with other: ReferenceModel.Item, of user: UserID) throws(Complaint) {
        let isLast =
            item.lastMessage.map { entry in
                other.lastMessage.map { model.matches($0, entry, for: user, isPresent: true) } ?? false
            } ?? (other.lastMessage == nil)
        var (setting, expected) = (item.setting, other.setting)
        if !setting.isMuted(at: time.now()) { setting.mutedUntil = nil }
        if !expected.isMuted(at: time.now()) { expected.mutedUntil = nil }
        guard isLast, item.conversation == other.conversation, item.unread == other.unread,
            item.mentions == other.mentions, item.readThrough == other.readThrough,
            item.headSequence == other.headSequence, item.activity == other.activity, setting == expected
        else { throw Complaint("in the inbox of \(user): \(item), not \(other)") }
    }

    private func compareDevices(_ user: UserID) throws(Complaint) {
        let devices = try read { () throws(IMError) in try engine.devices.list(of: user) }
        let expected = model.endpoints.filter { $0.user == user }.sorted { $0.id < $1.id }
        let isEqual =
            devices.map(\.id) == expected.map(\.id) && devices.map(\.cursor) == expected.map(\.cursor)
            && devices.map(\.isConnected) == expected.map { model.isOpen(user, $0.id) }
        if !isEqual { throw Complaint("devices of \(user): \(devices), not \(expected)") }
        let presence = try read { () throws(IMError) in try engine.presence.of(user) }
        let open = expected.map(\.id).filter { model.isOpen(user, $0) }
        let person = model.person(user)
        let status = person?.customStatus.flatMap { $0.until ?? .distantFuture > time.now() ? $0 : nil }
        if presence.devices != open || presence.isOnline == open.isEmpty || presence.customStatus != status
            || presence.isHidden != person?.isHidden
        {
            throw Complaint("presence of \(user): \(presence), not \(open)")
        }
    }

    private func compareHistory(
        _ user: UserID, _ conversation: Conversation, _ generator: inout SeededGenerator
    ) throws(Complaint) {
        guard let lines = model.history(user, conversation) else {
            let page: HistoryPage
            do throws(IMError) {
                page = try engine.messages.history(of: conversation, for: user, limit: 10)
            } catch {
                if error.code == .notFound { return }
                throw Complaint("history of \(conversation) for \(user): \(error)")
            }
            throw Complaint("\(user) sees \(page.entries.count) entries of \(conversation)")
        }
        let isForward = Bool.random(using: &generator)
        // Mostly from the end on; sometimes from anywhere.
        var place: SequenceNumber? = isForward ? 0 : nil
        let head = model.log(conversation)?.head ?? 0
        if Int.random(in: 0..<3, using: &generator) == 0 { place = .random(in: 0...(head + 2), using: &generator) }
        var expected = lines
        if let place { expected = lines.filter { isForward ? $0.sequence > place : $0.sequence < place } }
        if !isForward { expected.reverse() }
        func matches(_ entry: Entry, _ line: ReferenceModel.Line) -> Bool {
            model.matches(line, entry, for: user, isPresent: true)
        }
        while true {
            let limit = Int.random(in: 1...40, using: &generator)
            let page = try read { () throws(IMError) in
                try engine.messages.history(
                    of: conversation, for: user, before: isForward ? nil : place, after: isForward ? place : nil,
                    limit: limit)
            }
            let entries = isForward ? page.entries : page.entries.reversed()
            let wanted = expected.prefix(limit)
            guard entries.count == wanted.count, zip(entries, wanted).allSatisfy({ matches($0, $1) }) else {
                let found = entries.map { "\($0.sequence) \($0.kind)" }
                throw Complaint(
                    "history of \(conversation) for \(user), \(isForward ? "after" : "before") "
                        + "\(place, default: "the end"), \(limit): \(found), not \(wanted.map(\.sequence)) "
                        + "\(zip(entries, wanted).first { !matches($0, $1) }, default: "")")
            }
            expected.removeFirst(wanted.count)
            if page.isComplete != expected.isEmpty {
                throw Complaint("history of \(conversation) for \(user) at \(place, default: "-"): \(page.isComplete)")
            }
            guard let last = entries.last, !expected.isEmpty else { return }
            place = last.sequence
        }
    }

    private func compareStates(
        _ user: UserID, _ log: ReferenceModel.Log, _ generator: inout SeededGenerator
    ) throws(Complaint) {
        for _ in 0..<3 {
            let sequence = SequenceNumber.random(in: 0...(log.head + 1), using: &generator)
            let expected = model.state(user, sequence, log.conversation)
            let found: DeliveryState?
            do throws(IMError) {
                found = try engine.messages.state(of: sequence, in: log.conversation, for: user)
            } catch {
                if error.code != .notFound { throw Complaint("state: \(error)") }
                found = nil
            }
            guard let found, let expected else {
                if found == nil, expected == nil { continue }
                throw Complaint(
                    "state of \(sequence) in \(log.conversation) for \(user): "
                        + "\(found, default: "not found"), not \(expected, default: "not found")")
            }
            if found.isRead != expected.isRead || !expected.isDelivered.contains(found.isDelivered) {
                throw Complaint("state of \(sequence) in \(log.conversation) for \(user): \(found), not \(expected)")
            }
        }
    }
}

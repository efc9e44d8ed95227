package import TokenIM
package import TokenIMTesting

/// Plays logs through an engine: performs what the ``Cast`` decides, and holds what arrives against the
/// ``DeliveryCheck``.
package struct Player {
    /// All of the logs is one group, whatever its channel is called.
    package static let group: GroupID = "channel"
    private static let device: DeviceID = "irc"

    private let engine: Engine
    private let time: ManualTime
    private let console: Console
    /// Told of what happens, when somebody wants to know; most of it costs something to say.
    private let tell: ((PlayEvent, Timestamp) throws(ReplayFailure) -> Void)?
    /// Told of every command that is on disk.
    private let acknowledge: ((Receipt, IdempotencyKey) throws(ReplayFailure) -> Void)?

    private var cast = Cast()
    private var check = DeliveryCheck()
    private var inboxCheck: InboxCheck
    private var clock = LogClock()
    /// By number; nil while offline.
    private var sessions: [Session?] = []
    /// By number.
    private var names: [String] = []
    package private(set) var summary = Summary()

    package init(
        engine: Engine, time: ManualTime, console: Console,
        tell: ((PlayEvent, Timestamp) throws(ReplayFailure) -> Void)? = nil,
        acknowledge: ((Receipt, IdempotencyKey) throws(ReplayFailure) -> Void)? = nil
    ) {
        self.engine = engine
        inboxCheck = InboxCheck(greatestMentions: UInt64(Limits().countedMentions))
        self.time = time
        self.console = console
        self.tell = tell
        self.acknowledge = acknowledge
    }

    /// Plays the logs one after the other as one long one, then brings everybody online to catch up.
    ///
    /// - Throws: a ``ReplayFailure`` that names the line it happened at; the store is left as it is then.
    package mutating func play(_ logs: [Log]) async throws(ReplayFailure) {
        var lines = 0
        let total = logs.reduce(0) { $0 + $1.lines.count }
        for (file, log) in logs.enumerated() {
            var sent: [Int: SequenceNumber] = [:]
            for (index, line) in log.lines.enumerated() {
                try stopIfAsked()
                let reply = log.lineAnswered(by: index).flatMap { sent[$0] }
                do {
                    sent[index] = try await play(line, answering: reply, key: "\(file).\(index)")
                    lines += 1
                    if isMoment(after: lines, of: total) { try checkInboxes() }
                } catch {
                    throw ReplayFailure(playing: error, "\(log.path):\(index + 1)")
                }
                console.showProgress(
                    Console.Progress(lines: lines, ofLines: total, deliveries: summary.deliveries))
            }
        }
        do {
            for step in cast.finale() {
                try stopIfAsked()
                _ = try await perform(step, answering: nil, key: "end")
            }
            try finish()
        } catch {
            throw ReplayFailure(playing: error, "at the end")
        }
    }

    /// Whether the inboxes are looked at after so many lines: 20 times, spread evenly, and the last time at the end.
    private func isMoment(after lines: Int, of total: Int) -> Bool {
        lines * 20 / total > (lines - 1) * 20 / total
    }

    private func checkInboxes() throws {
        for (number, person) in cast.people.enumerated() {
            let inbox = try engine.inbox.list(person.id)
            guard inbox.count == 1, let item = inbox.first, item.conversation == .group(Self.group) else {
                throw InboxCheck.violation(person.id, "has not the group alone in it")
            }
            let found = InboxCheck.Count(messages: item.unread, mentions: item.mentions)
            try inboxCheck.check(found, of: person.id, number)
        }
    }

    private func stopIfAsked() throws(ReplayFailure) {
        if let status = console.interruption() { throw ReplayFailure(status, "interrupted") }
    }

    /// - Returns: the sequence of the message, when the line was one.
    private mutating func play(
        _ line: LogLine, answering: SequenceNumber?, key: String
    ) async throws -> SequenceNumber? {
        if case .message(let minute, _, _) = line {
            clock.advance(to: minute)
            time.advance(to: clock.now)
        }
        let head = engine.head
        var sent: SequenceNumber?
        for step in try cast.steps(for: line) {
            sent = try await perform(step, answering: answering, key: key) ?? sent
        }
        if engine.head > head { try receiveLive() }
        return sent
    }

    private mutating func perform(
        _ step: Cast.Step, answering: SequenceNumber?, key: String
    ) async throws -> SequenceNumber? {
        switch step {
        case .create(let number): try await create(number, key: key)
        case .connect(let number): try await connect(number)
        case .disconnect(let number): try disconnect(number)
        case .rename(let number, let nick): try await rename(number, to: nick.rawValue, key: key)
        case .setRole(let number, let role): try await setRole(role, of: number, key: key)
        case .send(let number, let text, let mentioned):
            return try await send(text, by: number, answering: answering, mentioning: mentioned, key: key)
        }
        return nil
    }

    private mutating func create(_ number: Cast.Number, key: String) async throws {
        let id = cast.people[number].id
        let userKey = try IdempotencyKey("\(key).user")
        let created = try await engine.users.create(id, name: id.rawValue, key: userKey)
        try acknowledge?(created, userKey)
        let memberKey = try IdempotencyKey("\(key).member")
        let joined =
            cast.people[number].role == .owner
            ? try await engine.groups.create(Self.group, owner: id, key: memberKey)
            : try await engine.groups.add([id], to: Self.group, key: memberKey)
        try acknowledge?(joined, memberKey)
        sessions.append(nil)
        names.append(id.rawValue)
        check.appears(id)
        inboxCheck.appears()
        summary.users += 1
    }

    private mutating func connect(_ number: Cast.Number) async throws {
        sessions[number]?.close()
        sessions[number] = try await engine.connect(cast.people[number].id, device: Self.device)
        var caughtUp: [Post] = []
        while try receive(number, { caughtUp.append($0) }) {}
        summary.deliveriesCatchUp += caughtUp.count
        try tell?(.online(cast.people[number].id, name: names[number], caughtUp: caughtUp), clock.now)
    }

    private mutating func disconnect(_ number: Cast.Number) throws {
        sessions[number]?.close()
        sessions[number] = nil
        try tell?(.offline(name: names[number]), clock.now)
    }

    private mutating func rename(_ number: Cast.Number, to name: String, key: String) async throws {
        let key = try IdempotencyKey("\(key).name")
        let renamed = try await engine.users.update(cast.people[number].id, Profile(name: name), key: key)
        try acknowledge?(renamed, key)
        try tell?(.renamed(from: names[number], to: name), clock.now)
        names[number] = name
    }

    private mutating func setRole(_ role: Role, of number: Cast.Number, key: String) async throws {
        let key = try IdempotencyKey("\(key).role\(summary.roleChanges)")
        let changed = try await engine.groups.setRole(role, of: cast.people[number].id, in: Self.group, key: key)
        try acknowledge?(changed, key)
        summary.roleChanges += 1
        try tell?(.roleChanged(role, name: names[number]), clock.now)
        // A line may change more roles than a window has room for.
        try receiveLive()
    }

    private mutating func send(
        _ text: String, by number: Cast.Number, answering: SequenceNumber?, mentioning mentioned: Cast.Number?,
        key: String
    ) async throws -> SequenceNumber {
        guard let session = sessions[number] else {
            throw ReplayFailure(.software, "\(cast.people[number].id) sends without being online")
        }
        let key = try IdempotencyKey("\(key).message")
        let mentions = mentioned.map { [cast.people[$0].id] } ?? []
        let receipt = try await session.send(
            .text(text), to: .group(Self.group), key: key, replyTo: answering, mentions: Mentions(mentions))
        try acknowledge?(receipt, key)
        let post = Post(
            sender: session.user, sequence: receipt.sequence, content: .text(text), replyTo: answering,
            mentions: mentions)
        check.sent(post, by: number)
        inboxCheck.sent(by: number, mentioning: mentioned)
        summary.messages += 1
        if answering != nil { summary.replies += 1 }
        if mentioned != nil { summary.mentions += 1 }
        try tell?(.sent(post, name: names[number], mentioned: mentioned.map { names[$0] }), clock.now)
        return receipt.sequence
    }

    /// Everyone who is online takes what has come.
    private mutating func receiveLive() throws {
        for number in sessions.indices where sessions[number] != nil {
            let name = names[number]
            let now = clock.now
            var count = 0
            let tell = tell
            // Once is enough: there are a few entries, and all of them fit into a window.
            _ = try receive(number) { post in
                count += 1
                try tell?(.received(post, name: name), now)
            }
            summary.deliveriesLive += count
        }
    }

    /// Takes what is there for a user, up to a window, and acknowledges it; `take` is given the messages.
    ///
    /// - Returns: whether there was anything.
    private mutating func receive(_ number: Cast.Number, _ take: (Post) throws -> Void) throws -> Bool {
        guard let session = sessions[number] else { return false }
        let batch = try session.receive()
        for delivery in batch {
            let post = try post(delivery, to: session.user)
            try check.received(post, at: delivery.position, by: number)
            if let post { try take(post) }
        }
        guard let last = batch.last else { return false }
        session.acknowledge(last)
        return true
    }

    /// The message that was delivered; nil for a notice.
    private func post(_ delivery: Delivery, to user: UserID) throws(ReplayFailure) -> Post? {
        if let gap = delivery.gap {
            throw DeliveryCheck.violation(
                user, got: "a gap, \(gap.from) to \(gap.through), in \(delivery.conversation)")
        }
        guard let message = delivery.message else { return nil }
        guard delivery.conversation == .group(Self.group) else {
            throw DeliveryCheck.violation(user, got: "a message in \(delivery.conversation)")
        }
        return Post(
            sender: message.sender, sequence: delivery.sequence, content: message.content, replyTo: message.replyTo,
            mentions: message.mentions)
    }

    /// Everything has been played: closes all sessions and counts what is left.
    private mutating func finish() throws {
        try check.finish()
        for number in sessions.indices {
            sessions[number]?.close()
            sessions[number] = nil
        }
        for person in cast.people { summary.unreadAtEnd += try engine.inbox.total(person.id) }
        summary.skipped = cast.tally.skipped
        summary.ignored = cast.tally.ignored
        summary.renames = cast.tally.renames
        summary.journalEntries = engine.head
    }
}

import Arbitrary
import TokenIM
import TokenIMTesting

/// Bytes as calls of an engine. Refusals are fine; an engine that breaks its word is not.
struct RequestRun {
    private var arbitrary: ArbitraryChange<ByteChoices>
    private var test: TestEngine
    private var sessions: [Session] = []
    private var consumers: [Consumer] = []
    /// The last of what the engine has refused, and the last thing that was asked.
    private var last = ""

    private static let hostTable = "rows"

    init(_ bytes: [UInt8]) async throws {
        arbitrary = ArbitraryChange(ByteChoices(bytes))
        arbitrary.isOdd = true
        test = try TestEngine { configuration in
            configuration.mapSize = 1 << 26
            configuration.hostTables = [Self.hostTable]
            configuration.limits = Self.limits
        }
        for user in ArbitraryChange<ByteChoices>.users.dropLast() { try await engine.users.create(user) }
        let users = ArbitraryChange<ByteChoices>.users
        try await engine.groups.create("all", owner: users[0], members: [users[1], users[2]])
    }

    /// Small, so that few calls reach them.
    private static var limits: Limits {
        var limits = Limits()
        limits.contentBytes = 300
        limits.profileBytes = 300
        limits.groupMembers = 4
        limits.devicesPerUser = 2
        limits.editsPerMessage = 3
        limits.reactionKindsPerMessage = 3
        limits.pinsPerConversation = 2
        limits.scheduledPerUser = 3
        limits.burningPerConversation = 2
        limits.blocksPerUser = 2
        limits.contactsPerUser = 2
        limits.pageSize = 20
        limits.trimmedPerCommand = 5
        limits.sessionWindow = 4
        limits.foldEntries = 9
        limits.keyMergeEntries = 12
        limits.consumerInFlight = 6
        limits.consumerDeliveries = 2
        return limits
    }

    private var engine: Engine { test.engine }

    mutating func run() async throws -> String {
        var count = 0
        while !arbitrary.source.isEmpty, count < 150 {
            count += 1
            do {
                try await step()
            } catch let error as IMError {
                try Self.judge(error, last)
                last += " \(error.code.name)"
            } catch is Deliberate {
                last += " rolled back"
            }
        }
        try await end()
        return last
    }

    private static func judge(_ error: IMError, _ what: String) throws {
        guard (1000..<5000).contains(error.code.number) else { throw Finding("\(what): \(error)") }
    }

    /// What a transaction ends with that is not to take effect.
    private struct Deliberate: Error {}

    // MARK: Calls

    private mutating func step() async throws {
        let now = test.time.now()
        switch arbitrary.source.below(16) {
        case 0..<6:
            let (change, principal) = arbitrary.next(now)
            last = "\(change)"
            try await engine.perform(change, by: principal, key: key())
        case 6: try await user()
        case 7: try await host()
        case 8: try await transaction(now)
        case 9: try await session(now)
        case 10: try await sessionCall(now)
        case 11: try await device()
        case 12: try await consumer()
        case 13: try ask()
        case 14: try askMore()
        default: try await upheaval()
        }
    }

    private mutating func key() -> IdempotencyKey? {
        arbitrary.source.once(in: 2) ? try? IdempotencyKey("k\(arbitrary.source.below(10))") : nil
    }

    private mutating func user() async throws {
        let user = arbitrary.user()
        last = "user"
        switch arbitrary.source.below(6) {
        case 0: try await engine.users.create(user, name: arbitrary.text(), key: key())
        case 1: try await engine.users.update(user, arbitrary.profile(), key: key())
        case 2: try await engine.users.suspend(user, key: key())
        case 3: try await engine.users.reinstate(user, key: key())
        case 4 where arbitrary.source.once(in: 4):
            try await engine.users.delete(user, erasesMessages: arbitrary.source.once(in: 2))
        default: _ = try UserID(arbitrary.text())
        }
    }

    private mutating func host() async throws {
        let user = arbitrary.user()
        let conversation = arbitrary.conversation(of: user)
        last = "host"
        switch arbitrary.source.below(5) {
        case 0: try await engine.messages.markRead(conversation, through: arbitrary.number(), by: user, key: key())
        case 1: _ = try await engine.messages.trim(conversation, through: arbitrary.number())
        case 2:
            let targets = (0..<arbitrary.source.below(4)).map { _ in arbitrary.target() }
            let key = key() ?? "many"
            let results = try await engine.messages.send(arbitrary.content(), from: user, toAll: targets, key: key)
            for case .failure(let error) in results { try Self.judge(error, "send to many") }
        case 3:
            try await engine.messages.sendTransient(arbitrary.content(), from: user, to: arbitrary.target())
        default:
            let (change, principal) = arbitrary.next(test.time.now())
            let verdict = try await engine.explain(change, by: principal)
            if let code = verdict.code, code.number >= 5000 { throw Finding("explains \(change) with \(code.name)") }
        }
    }

    private mutating func transaction(_ now: Timestamp) async throws {
        let changes = (0..<arbitrary.source.below(5)).map { _ in (arbitrary.next(now), key()) }
        let (fails, value) = (arbitrary.source.once(in: 3), Array(arbitrary.text().utf8))
        last = "transaction"
        try await engine.transaction { transaction in
            for ((change, principal), key) in changes {
                do throws(IMError) {
                    try transaction.perform(change, by: principal, key: key)
                } catch {
                    try Self.judge(error, "\(change)")
                }
            }
            try transaction.put(value, for: [UInt8(truncatingIfNeeded: value.count)], in: Self.hostTable)
            _ = try transaction.get(value, from: Self.hostTable)
            if fails { throw Deliberate() }
        }
    }

    private mutating func session(_ now: Timestamp) async throws {
        last = "connect"
        if sessions.count > 3 { sessions.remove(at: arbitrary.source.below(sessions.count)).close() }
        var options = SessionOptions()
        if arbitrary.source.once(in: 2) {
            options.start = arbitrary.source.one(of: [.creation, .head, .position(arbitrary.number())])
        }
        if arbitrary.source.once(in: 3) { options.window = arbitrary.source.one(of: [1, 2, 4_096, 0, .max]) }
        if arbitrary.source.once(in: 5) { options.epoch = arbitrary.number() }
        if arbitrary.source.once(in: 3) { options.platform = arbitrary.text() }
        sessions.append(
            try await engine.connect(arbitrary.user(), device: arbitrary.device(), options: options))
    }

    private mutating func sessionCall(_ now: Timestamp) async throws {
        guard !sessions.isEmpty else { return }
        let session = sessions[arbitrary.source.below(sessions.count)]
        last = "session"
        switch arbitrary.source.below(9) {
        case 0, 1: _ = try session.receive(maximum: arbitrary.source.one(of: [1, 3, 4_096, 0, -1, .max, .min]))
        case 2: if let delivery = try session.receive(maximum: 2).last { session.acknowledge(delivery) }
        case 3: try session.acknowledge(through: arbitrary.number())
        case 4: try await session.perform(arbitrary.next(now).change, key: key())
        case 5: try session.setTyping(arbitrary.source.once(in: 2), in: arbitrary.conversation(of: session.user))
        case 6: try session.subscribe(toPresenceOf: arbitrary.users())
        case 7: _ = try session.receiveSignals()
        default: session.close()
        }
    }

    private mutating func device() async throws {
        let (user, device) = (arbitrary.user(), arbitrary.device())
        last = "device"
        switch arbitrary.source.below(5) {
        case 0: try await engine.devices.register(device, of: user, pushToken: arbitrary.text())
        case 1: _ = try engine.devices.receive(device, of: user, maximum: count())
        case 2: try await engine.devices.acknowledge(device, of: user, through: arbitrary.number())
        case 3: try engine.devices.kick(device, of: user, reason: arbitrary.text())
        default: _ = try engine.devices.list(of: user)
        }
    }

    private mutating func consumer() async throws {
        last = "consumer"
        guard let consumer = consumers.last, !arbitrary.source.once(in: 8) else {
            consumers = [try await engine.consumers.create("sink", from: .beginning)]
            return
        }
        switch arbitrary.source.below(8) {
        case 0: _ = try await consumer.receive(maximum: arbitrary.source.one(of: [1, 3, 0, -1, .max]))
        case 1: try await consumer.acknowledge(try await consumer.receive(maximum: 3).map(\.position))
        case 2: try await consumer.acknowledge([arbitrary.number()])
        case 3: try await consumer.reject(arbitrary.number(), delay: arbitrary.duration())
        case 4:
            let letters = try consumer.deadLetters(after: arbitrary.number(), limit: count())
            if let letter = letters.first { try await consumer.requeue(letter.position) }
        case 5: try await consumer.purge(arbitrary.number())
        case 6:
            for message in try await consumer.receiveUnreached(maximum: 2) {
                _ = try consumer.unreached(of: message, after: arbitrary.user())
            }
        default:
            let position = arbitrary.number()
            try await engine.transaction { try $0.acknowledge("sink", through: position) }
        }
    }

    /// How many of a page: also none, fewer than none, and more than there can be.
    private mutating func count() -> Int? { arbitrary.source.one(of: [nil, 1, 3, 20, 0, -1, 21, .max, .min]) }

    // MARK: Questions

    private mutating func ask() throws {
        let user = arbitrary.user()
        let (conversation, group, number) = (arbitrary.conversation(of: user), arbitrary.group(), arbitrary.number())
        let limit = count()
        last = "ask"
        switch arbitrary.source.below(10) {
        case 0: _ = try engine.messages.history(of: conversation, for: user, before: number, limit: limit)
        case 1: _ = try engine.messages.history(of: conversation, for: user, after: number, limit: limit)
        case 2: _ = try engine.messages.state(of: number, in: conversation, for: user)
        case 3: _ = try engine.messages.reactions(to: number, in: conversation, for: user, after: user, limit: limit)
        case 4: _ = try engine.messages.readers(of: number, in: conversation, for: user, limit: limit)
        case 5: _ = try engine.messages.scheduled(by: user, after: number, limit: limit)
        case 6: _ = try engine.messages.pinned(in: conversation, for: user)
        case 7: _ = try engine.groups.members(of: group, after: user, limit: limit)
        case 8: _ = try engine.groups.memberChanges(of: group, since: number, limit: limit)
        default: _ = try engine.groups.joinRequests(of: user, after: group, limit: limit)
        }
    }

    private mutating func askMore() throws {
        let user = arbitrary.user()
        let number = arbitrary.number()
        let limit = count()
        last = "ask more"
        switch arbitrary.source.below(9) {
        case 0:
            _ = try engine.inbox.list(
                user, archived: arbitrary.source.once(in: 2), onlyUnread: arbitrary.source.once(in: 2),
                after: InboxPlace(rawValue: number), limit: limit)
        case 1: _ = try engine.inbox.item(user, arbitrary.conversation(of: user))
        case 2: _ = try engine.inbox.changes(of: user, since: number, limit: limit)
        case 3: _ = try engine.groups.bans(of: arbitrary.group(), after: user, limit: limit)
        case 4: _ = try engine.groups.joinRequests(to: arbitrary.group(), after: user, limit: limit)
        case 5: _ = try engine.users.contacts(of: user, after: arbitrary.user(), limit: limit)
        case 6: _ = try engine.users.list(after: user, limit: limit)
        case 7: _ = try engine.presence.of(arbitrary.users())
        default: _ = try engine.inbox.total(user)
        }
    }

    // MARK: Time, opening again, the end

    private mutating func upheaval() async throws {
        last = "upheaval"
        switch arbitrary.source.below(7) {
        case 0, 1: test.time.advance(by: .seconds(1 + arbitrary.source.below(600)))
        case 2: test.time.advance(by: .seconds(86_400 * arbitrary.source.below(60)))
        case 3: test.time.jump(to: test.time.now().advanced(by: .seconds(arbitrary.source.below(4_000) - 2_000)))
        case 4: try await engine.fold()
        default: try reopen()
        }
    }

    private mutating func reopen() throws {
        // Closing writes down how far devices have got, and when users were seen. Nobody sees either in here.
        let before = try reading()
        engine.close()
        sessions = []
        consumers = []
        test = try TestEngine(reopening: test)
        let after = try reading()
        guard before == after else {
            let line = zip(before, after).first { $0 != $1 }
            throw Finding("opening again changes \(line?.0 ?? "the end") to \(line?.1 ?? "the end")")
        }
    }

    private mutating func end() async throws {
        last += "; at the end"
        do {
            // What is due by now happens before it is looked at.
            try await engine.fold()
            try reopen()
            let verification = try await engine.verify()
            guard verification.isSound else { throw Finding("\(last): \(verification.findings.prefix(3))") }
            engine.close()
        } catch let error as IMError {
            throw Finding("\(last): \(error)")
        }
    }

    /// What everybody sees.
    private func reading() throws -> [String] {
        let notation = TranscriptNotation(start: .zero)
        var lines = try engine.entries(after: 0).map { notation.describe($0) }
        for user in ArbitraryChange<ByteChoices>.users {
            guard try engine.users.get(user) != nil else { continue }
            for item in try engine.inbox.list(user) + (try engine.inbox.list(user, archived: true)) {
                lines.append("\(user) \(item)")
                let page = try engine.messages.history(of: item.conversation, for: user)
                lines += page.entries.map { notation.describe($0) }
            }
            lines.append("\(try engine.users.contacts(of: user)) \(try engine.users.blocked(by: user))")
        }
        return lines
    }
}

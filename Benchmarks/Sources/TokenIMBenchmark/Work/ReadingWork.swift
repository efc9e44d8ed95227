import TokenIM

/// How long it takes to ask for something.
struct ReadingWork: Work {
    static let name = "reading"
    static let title = "inbox, history, unread, presence of many, who has read a message"

    private static let conversations = 1_000

    func measure(_ plan: Plan) async throws -> [Row] {
        let messages = plan.preload(20_000, 100_000, 1_000_000)
        Progress.say("Sending \(Figure.text(Double(messages))) messages to one user")
        let members = plan.size.of(2_000, 100_000, 100_000)
        let store = try BenchmarkStore { configuration in
            configuration.limits.foldQuiet = .seconds(3_600)
            configuration.limits.groupMembers = members + 1
        }
        let engine = store.engine
        let users = try await engine.createUsers(members)
        let traffic = Traffic.direct(to: users[0], from: users[1...Self.conversations])
        try await engine.preload(messages, traffic)
        try await engine.fold()
        var rows = try inbox(engine, users[0], "all folded", plan)
        // Half of what makes a fold, so that none begins meanwhile.
        let unfolded = plan.size.of(10_000, 50_000, 50_000)
        try await engine.preload(unfolded, traffic)
        rows += try inbox(engine, users[0], "\(Figure.text(Double(unfolded))) entries not folded", plan)
        rows += try await presence(engine, users, plan)
        try await settle(engine, Array(users[...Self.conversations]))
        try await engine.fold()
        rows += try inbox(engine, users[0], "settings and mentions in all", plan)
        rows += try await readers(engine, users, plan)
        return rows + limits(plan)
    }

    /// Asks often enough, and says how long that took.
    private func ask(
        _ question: String, _ parameters: [Parameter], aim: Aim? = nil, _ plan: Plan, _ body: () throws -> Void
    ) throws -> [Row] {
        let times = plan.size.of(50, 300, 2_000)
        for _ in 0..<max(1, times / 10) { try body() }
        var seconds: [Double] = []
        for _ in 0..<times { seconds.append(try Measure.seconds(body)) }
        return Self.rows(question, parameters, seconds: seconds, percentiles: [0.5, 0.99], aim: aim)
    }

    // MARK: Inbox and history

    /// Gives every conversation a mention, and most of them a setting.
    private func settle(_ engine: Engine, _ users: [UserID]) async throws {
        let (user, others) = (users[0], users.dropFirst())
        try await engine.transaction { transaction in
            for (index, other) in others.enumerated() {
                let change = Change.send("look", to: .user(user), mentions: .users(user))
                try transaction.perform(change, by: .user(other))
                let conversation = Conversation.direct(user, other)
                let setting: Change =
                    switch index % 4 {
                    case 0: .pinConversation(conversation)
                    case 1: .muteConversation(conversation)
                    case 2: .setDraft("begun, and not sent", in: conversation)
                    default: .deleteForMe([1], in: conversation)
                    }
                try transaction.perform(setting, by: .user(user))
            }
        }
    }

    private func inbox(_ engine: Engine, _ user: UserID, _ state: String, _ plan: Plan) throws -> [Row] {
        let parameters = [Parameter("conversations", Self.conversations), Parameter(state, "")]
        let inbox = engine.inbox
        let conversation = try inbox.list(user, limit: 1).first?.conversation ?? .personal(user)
        let middle = try (inbox.item(user, conversation)?.headSequence ?? 2) / 2
        let aim = Aim.atMost(1)
        return try [
            ask("inbox: page of 100", parameters, aim: aim, plan) { _ = try inbox.list(user, limit: 100) },
            ask("inbox: page of 1,000", parameters, plan) { _ = try inbox.list(user, limit: 1_000) },
            ask("inbox: changes, none", parameters, aim: aim, plan) {
                _ = try inbox.changes(of: user, since: engine.head)
            },
            ask("unread in all", parameters, aim: aim, plan) { _ = try inbox.total(user) },
            ask("history: newest 50", parameters, aim: aim, plan) {
                _ = try engine.messages.history(of: conversation, for: user, limit: 50)
            },
            ask("history: 50 from the middle", parameters, aim: aim, plan) {
                _ = try engine.messages.history(of: conversation, for: user, before: middle, limit: 50)
            },
        ].flatMap(\.self)
    }

    // MARK: People

    private func presence(_ engine: Engine, _ users: [UserID], _ plan: Plan) async throws -> [Row] {
        let asked = Array(users[1...500])
        var sessions: [Session] = []
        for user in asked.prefix(250) { sessions.append(try await engine.connect(user, device: "phone")) }
        defer { for session in sessions { session.close() } }
        return try ask("presence", [Parameter("users, half of them online", asked.count)], plan) {
            _ = try engine.presence.of(asked)
        }
    }

    /// A message to a large group that a tenth of its members have read.
    private func readers(_ engine: Engine, _ users: [UserID], _ plan: Plan) async throws -> [Row] {
        Progress.say("A group of \(Figure.text(Double(users.count))), of whom a tenth have read")
        let (group, conversation) = (GroupID(stringLiteral: "assembly"), Conversation.group("assembly"))
        try await engine.createGroup(group, of: users)
        let receipt = try await engine.messages.send("hear, hear", from: users[0], to: .group(group), key: "hear")
        let reading = stride(from: 1, to: users.count, by: 10).map { users[$0] }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for first in 0..<500 {
                tasks.addTask {
                    for index in stride(from: first, to: reading.count, by: 500) {
                        try await engine.messages.markRead(conversation, through: receipt.sequence, by: reading[index])
                    }
                }
            }
            try await tasks.waitForAll()
        }
        let parameters = [Parameter("members", users.count)]
        let all = {
            var count = 0
            var last: UserID?
            repeat {
                let page = try engine.messages.readers(
                    of: receipt.sequence, in: conversation, for: users[0], after: last, limit: 1_000)
                count += page.readers.count
                last = page.next
            } while last != nil
            guard count == reading.count else { throw Wrong(count: count) }
        }
        let rounds = try (0..<plan.rounds(1, 3, 20)).map { _ in try Measure.seconds(all) * 1e3 }
        return try ask("readers: first page of 100", parameters, plan) {
            _ = try engine.messages.readers(of: receipt.sequence, in: conversation, for: users[0], limit: 100)
        } + [Self.row("readers: all of them", parameters, rounds, "ms", note: "in pages of 1,000")]
    }

    struct Wrong: Error {
        var count: Int
    }

    // MARK: The limit

    /// How fast memory can be read at all.
    private func limits(_ plan: Plan) -> [Row] {
        let memory = plan.contenders(named: ["limit-memory"])
        guard !memory.isEmpty, let contest = try? Contest(holding: memory, plan.missing) else { return [] }
        return memory.compactMap { contender in
            let seconds = "\(plan.seconds(0.2, 0.5, 3))"
            guard let outcome = contest.measure(contender, "memory", ["--seconds", seconds]) else { return nil }
            // An operation reads 256 bytes.
            return Self.row(
                "memory read from end to end", [], [outcome.rate * 256 / 1e6], "MB/s", contender: contender.name)
        }
    }
}

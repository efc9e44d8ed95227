import ArgumentParser
import TokenIM

/// How long it takes to list a user's conversations.
struct InboxBenchmark: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "inbox", abstract: "Listing the conversations of a user, and counting what is unread.")

    @Option(help: "Conversations of the user.")
    var conversations = 1_000
    @Option(help: "Messages in all of them together.")
    var messages = 200_000
    @Option(help: "How often each question is asked.")
    var times = 1_000
    @OptionGroup var output: OutputOptions

    func measure() async throws -> [Row] {
        Progress.say("Sending \(Figure.text(Double(messages))) messages to one user")
        let store = try BenchmarkStore { $0.limits.foldQuiet = .seconds(3_600) }
        let engine = store.engine
        let users = try await engine.createUsers(conversations + 1)
        let traffic = Traffic.direct(of: users[0], with: users.dropFirst())
        try await engine.preload(messages, traffic, isOneSided: true)
        try await engine.fold()
        let rows = try ask(engine, users[0], "folded")
        // Half of what makes a fold, so that none begins meanwhile.
        let unfolded = 50_000
        try await engine.preload(unfolded, traffic, isOneSided: true)
        let more = try ask(engine, users[0], "\(Figure.text(Double(unfolded))) entries not folded")
        try await settle(engine, users)
        try await engine.fold()
        return try rows + more + ask(engine, users[0], "with settings and mentions")
    }

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

    private func ask(_ engine: Engine, _ user: UserID, _ state: String) throws -> [Row] {
        let inbox = engine.inbox
        let page = min(1_000, conversations)
        let size = Figure.text(Double(page))
        func timed(_ name: String, aim: Aim?, _ body: () throws -> Void) throws -> [Row] {
            for _ in 0..<max(1, times / 10) { try body() }
            var seconds: [Double] = []
            for _ in 0..<times { seconds.append(try Measure.seconds(body)) }
            return rows("\(name), \(state)", seconds: seconds, percentiles: [0.5, 0.99], aim: aim)
        }
        return try [
            timed("page of 100", aim: .atMost(1)) { _ = try inbox.list(user, limit: 100) },
            timed("page of \(size)", aim: .atMost(1)) { _ = try inbox.list(user, limit: page) },
            timed("total of unread", aim: .atMost(1)) { _ = try inbox.total(user) },
            timed("changes, none", aim: .atMost(1)) { _ = try inbox.changes(of: user, since: engine.head) },
        ].flatMap(\.self)
    }
}

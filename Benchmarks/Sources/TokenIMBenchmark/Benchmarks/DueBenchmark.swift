import ArgumentParser
import Foundation
import TokenIM

/// Whether messages that expire or are sent at one moment hold up those who send.
struct DueBenchmark: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "due",
        abstract: "How long sends take while thousands of messages expire, or are sent by their schedule.")

    @Option(help: "Messages that are due at one moment.")
    var messages = 10_000
    @Option(help: "Conversations that they are in.")
    var conversations = 1_000
    @Option(help: "Seconds until they are due.")
    var wait = 4
    @Option(help: "Single sends with nothing due, to compare with.")
    var quietSends = 3_000
    @OptionGroup var output: OutputOptions

    func measure() async throws -> [Row] {
        let store = try BenchmarkStore { configuration in
            configuration.limits.foldQuiet = .seconds(3_600)
            configuration.limits.scheduledPerUser = messages
        }
        let engine = store.engine
        let users = try await engine.createUsers(conversations + 1)
        let others = try await engine.createUsers(1_000, prefix: "other")
        let load = Load(
            engine: engine, traffic: .direct(among: others, conversations: 1_000), inFlight: 1, isTimed: true)
        let quiet = try await load.run(.messages(quietSends))
        var rows = self.rows("nothing due, 1 in flight: send", seconds: quiet.latencies.map(\.duration.inSeconds))
        for isScheduled in [false, true] {
            let what = "\(Figure.text(Double(messages))) \(isScheduled ? "are sent" : "expire")"
            Progress.say(what)
            let moment = ContinuousClock.now + .seconds(wait)
            try await prepare(engine, users, isScheduled: isScheduled)
            try await Task.sleep(until: moment)
            var latencies: [Double] = []
            let began = ContinuousClock.now
            repeat {
                latencies += try await load.run(.messages(20)).latencies.map(\.duration.inSeconds)
            } while try isAnythingLeft(engine, users, isScheduled: isScheduled)
            rows.append(row("\(what): until all are done", began.duration(to: .now).inSeconds, "s"))
            rows += self.rows("\(what), 1 in flight: send", seconds: latencies, percentiles: [0.5, 0.99])
        }
        return rows
    }

    /// Sends them in one commit, so that all are due at one moment.
    private func prepare(_ engine: Engine, _ users: [UserID], isScheduled: Bool) async throws {
        let due = Duration.seconds(wait)
        let moment = Timestamp(microseconds: Int64((Date().timeIntervalSince1970 + Double(wait)) * 1e6))
        let options = isScheduled ? MessageOptions(scheduledFor: moment) : MessageOptions(expiresAfter: due)
        let messages = messages
        try await engine.transaction { transaction in
            for number in 0..<messages {
                let other = users[1 + number % (users.count - 1)]
                let key = try IdempotencyKey("\(isScheduled)-\(number)")
                try transaction.send(
                    MessageSource.texts[number % 16], from: users[0], to: .user(other), key: key, options: options)
            }
        }
    }

    private func isAnythingLeft(_ engine: Engine, _ users: [UserID], isScheduled: Bool) throws -> Bool {
        if isScheduled { return try !engine.messages.scheduled(by: users[0], limit: 1).isEmpty }
        return try users.dropFirst().contains { try engine.inbox.total($0) > 0 }
    }
}

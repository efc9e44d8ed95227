import Foundation
import TokenIM

/// Whether messages that expire or are sent at one moment hold up those who send.
struct DueWork: Work {
    static let name = "due"
    static let title = "how long sends take while thousands of messages expire, or are sent by their schedule"

    /// Seconds until they are due.
    private static let wait = 3

    func measure(_ plan: Plan) async throws -> [Row] {
        let messages = plan.size.of(500, 2_000, 10_000)
        let store = try BenchmarkStore { configuration in
            configuration.limits.foldQuiet = .seconds(3_600)
            configuration.limits.scheduledPerUser = messages
        }
        let engine = store.engine
        let users = try await engine.createUsers(plan.size.of(101, 1_001, 1_001))
        let others = try await engine.createUsers(1_000, prefix: "other")
        let load = Load(
            engine: engine, traffic: .direct(among: others, conversations: 1_000), inFlight: 1, timing: .listed)
        let quiet = try await load.run(.messages(plan.size.of(100, 500, 3_000)))
        var rows = Self.rows(
            "a send, nothing due", [Parameter("in flight", 1)], seconds: quiet.latencies.map(\.duration.inSeconds))
        for isScheduled in [false, true] {
            let parameters = [Parameter(isScheduled ? "are sent by their schedule" : "expire", messages)]
            Progress.say(parameters[0].text)
            let moment = ContinuousClock.now + .seconds(Self.wait)
            try await prepare(engine, users, messages, isScheduled: isScheduled)
            try await Task.sleep(until: moment)
            var latencies: [Double] = []
            let began = ContinuousClock.now
            repeat {
                latencies += try await load.run(.messages(20)).latencies.map(\.duration.inSeconds)
            } while try isAnythingLeft(engine, users, isScheduled: isScheduled)
            rows.append(Self.row("until all that was due is done", parameters, began.duration(to: .now).inSeconds, "s"))
            rows += Self.rows(
                "a send meanwhile", parameters + [Parameter("in flight", 1)], seconds: latencies,
                percentiles: [0.5, 0.99])
        }
        return rows
    }

    /// Sends them in one commit, so that all are due at one moment.
    private func prepare(_ engine: Engine, _ users: [UserID], _ messages: Int, isScheduled: Bool) async throws {
        let due = Duration.seconds(Self.wait)
        let moment = Timestamp(microseconds: Int64((Date().timeIntervalSince1970 + Double(Self.wait)) * 1e6))
        let options = isScheduled ? MessageOptions(scheduledFor: moment) : MessageOptions(expiresAfter: due)
        try await engine.transaction { transaction in
            for number in 0..<messages {
                let other = users[1 + number % (users.count - 1)]
                let key = try IdempotencyKey("\(isScheduled)-\(number)")
                try transaction.send(
                    Traffic.texts[number % 16], from: users[0], to: .user(other), key: key, options: options)
            }
        }
    }

    private func isAnythingLeft(_ engine: Engine, _ users: [UserID], isScheduled: Bool) throws -> Bool {
        if isScheduled { return try !engine.messages.scheduled(by: users[0], limit: 1).isEmpty }
        return try users.dropFirst().contains { try engine.inbox.total($0) > 0 }
    }
}

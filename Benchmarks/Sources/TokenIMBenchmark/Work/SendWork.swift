import Foundation
import TokenIM

/// Durable sends to direct conversations.
struct SendWork: Work {
    static let name = "send"
    static let title = "durable sends to direct conversations"
    static let meetsServers = true

    /// Rounds in which all do the same.
    private struct Match {
        var body: Int
        var distribution: Traffic.Distribution
        var inFlight: Int

        var parameters: [Parameter] {
            [
                Parameter("in flight", inFlight), Parameter("bytes", body),
                Parameter(distribution == .zipf ? "Zipf" : "uniform", ""),
            ]
        }
    }

    func measure(_ plan: Plan) async throws -> [Row] {
        let matches = Self.matches(plan)
        var rows: [Row] = []
        for body in [256, 1_024] {
            let fitting = matches.filter { $0.body == body }
            if !fitting.isEmpty { rows += try await measure(fitting, body: body, plan) }
        }
        return rows
    }

    private static func matches(_ plan: Plan) -> [Match] {
        func some(_ body: Int, _ distribution: Traffic.Distribution, _ counts: [Int]) -> [Match] {
            counts.map { Match(body: body, distribution: distribution, inFlight: $0) }
        }
        let all = plan.inFlight([1, 10, 100, 1_000, 10_000])
        let many = plan.inFlight([1_000])
        return switch plan.size {
        case .tiny: some(256, .uniform, many)
        case .short:
            some(256, .uniform, plan.inFlight([1, 100, 1_000])) + some(256, .zipf, many)
        case .long: [256, 1_024].flatMap { some($0, .uniform, all) + some($0, .zipf, all) }
        }
    }

    private func measure(_ matches: [Match], body: Int, _ plan: Plan) async throws -> [Row] {
        let (conversations, preload) = (plan.conversations, plan.prepared)
        // What is filled with messages of one length is not there for those of another.
        let contest = try body == 256 ? Contest.joining(plan) : Contest(holding: plan.contenders, plan.missing)
        contest.prepare(conversations: conversations, messages: preload, body: body)
        Progress.say("Filling the engine with \(Figure.text(Double(preload))) messages of \(body) bytes")
        let store = try BenchmarkStore()
        let users = try await store.engine.createUsers(plan.size.of(1_001, 20_002, 20_002))
        var traffic = Traffic.direct(among: users, conversations: conversations)
        traffic.contents = Traffic.texts(bytes: body)
        try await store.engine.preload(preload, traffic)
        try await store.engine.fold()
        var rows = body == 256 ? try await loadAlone(store.engine, traffic, plan) : []
        for match in matches {
            traffic.distribution = match.distribution
            rows += try await run(match, store.engine, traffic, contest, plan, conversations: conversations)
        }
        return rows
    }

    /// What it costs to make messages and to take their time.
    private func loadAlone(_ engine: Engine, _ traffic: Traffic, _ plan: Plan) async throws -> [Row] {
        let load = Load(engine: engine, traffic: traffic, inFlight: 1_000, timing: .counted, isIdle: true)
        let messages = plan.size.of(100_000, 300_000, 1_000_000)
        let processor = ProcessUse.seconds
        let outcome = try await load.run(.messages(messages))
        let spent = (ProcessUse.seconds - processor) / Double(outcome.count)
        return [Self.row("the load itself, nothing sent", [], spent * 1e9, "ns", note: "of a core, for each message")]
    }

    private func run(
        _ match: Match, _ engine: Engine, _ traffic: Traffic, _ contest: Contest, _ plan: Plan, conversations: Int
    ) async throws -> [Row] {
        let seconds = plan.seconds(0.2, 0.3, 3)
        let rounds = plan.rounds(1, 2, 5)
        Progress.say("Sending: " + match.parameters.map(\.text).joined(separator: ", "))
        let load = Load(engine: engine, traffic: traffic, inFlight: match.inFlight, timing: .counted)
        var foldedRates: [Double] = []
        let ours: () async throws -> Contender.Outcome? = {
            let outcome = try await load.run(.duration(.seconds(seconds)))
            let rest = try await Measure.seconds { try await engine.fold() }
            foldedRates.append(Double(outcome.count) / (outcome.seconds + rest))
            return outcome.asContender
        }
        let theirs = contest.contenders.map { contender in
            { () async throws -> Contender.Outcome? in
                contest.measure(
                    contender, "send",
                    [
                        "--conversations", "\(conversations)", "--body", "\(match.body)", "--in-flight",
                        "\(match.inFlight)", "--seconds", "\(seconds)", "--distribution", match.distribution.rawValue,
                        "--seed", "\(foldedRates.count)",
                    ])
            }
        }
        let outcomes = try await Turns.take(rounds, [ours] + theirs)
        var rows = Self.rows(outcomes[0], Contender.engine, match.parameters)
        rows.append(
            Self.row("sends, and the fold of what they left", match.parameters, foldedRates, "messages/s"))
        for (contender, theirs) in zip(contest.contenders, outcomes.dropFirst()) where !theirs.isEmpty {
            rows += Self.rows(theirs, contender.name, match.parameters, note: contender.note)
            rows += DiskWork.rows(theirs, contender.name, match.parameters, body: match.body, there: plan.prepared)
        }
        for (contender, theirs) in zip(contest.contenders, outcomes.dropFirst()) where !theirs.isEmpty {
            rows.append(
                Row(
                    Self.name, "sends, TokenIM ÷ the other", match.parameters, ratioOf: outcomes[0].map(\.rate),
                    to: theirs.map(\.rate), contender: contender.name,
                    aim: Self.aim(contender, inFlight: match.inFlight), note: contender.note))
        }
        return rows
    }

    private static func rows(
        _ outcomes: [Contender.Outcome], _ contender: String, _ parameters: [Parameter], note: String? = nil
    ) -> [Row] {
        var rows = [row("sends", parameters, outcomes.map(\.rate), "messages/s", contender: contender, note: note)]
        let shares: [(share: Double, value: (Contender.Outcome) -> Double?)] = [
            (0.5, \.p50), (0.99, \.p99), (0.999, \.p999),
        ]
        for share in shares {
            let values = outcomes.compactMap(share.value).filter { $0 > 0 }
            guard !values.isEmpty else { continue }
            let percentile = Parameter.percentile(share.share)
            rows.append(
                row("until accepted", parameters + [percentile], values.map { $0 / 1e3 }, "µs", contender: contender))
        }
        return rows
    }

    private static func aim(_ contender: Contender, inFlight: Int) -> Aim? {
        switch (contender.program, inFlight) {
        case ("limit-append", 1): .atLeast(0.9)
        case ("limit-append", 1_000): .atLeast(0.25)
        case ("limit-fold", 1_000): .atLeast(0.5)
        case ("four-trees", 1_000), ("sqlite", 1_000): .atLeast(10)
        case (_, 1_000) where !contender.isLimit: .atLeast(1)
        default: nil
        }
    }
}

extension Load.Outcome {
    /// As a contender would have said it.
    var asContender: Contender.Outcome {
        Contender.Outcome(
            operations: Double(count), nanoseconds: seconds * 1e9, p50: histogram.percentile(0.5),
            p99: histogram.percentile(0.99), p999: histogram.percentile(0.999), maximum: histogram.percentile(1))
    }
}

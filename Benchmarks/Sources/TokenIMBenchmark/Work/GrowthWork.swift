import Foundation
import TokenIM

/// Whether a store that has grown is slower.
struct GrowthWork: Work {
    static let name = "growth"
    static let title = "cost of a send and of a read as the store grows"

    /// What is measured at each size, in microseconds.
    private struct Costs {
        var messages: Int
        var values: [(name: String, rounds: [Double])]
    }

    func measure(_ plan: Plan) async throws -> [Row] {
        let sizes = plan.size.of(
            [2_000, 20_000], [10_000, 100_000, 500_000], [10_000, 100_000, 1_000_000, 10_000_000])
        let store = try BenchmarkStore()
        let engine = store.engine
        let users = try await engine.createUsers(2_002)
        let traffic = Traffic.direct(among: users, conversations: 10_000)
        let reader = try await engine.createUsers(1, prefix: "reader")[0]
        // The reader has as many conversations from the beginning on.
        try await engine.preload(1_000, .direct(to: reader, from: users.prefix(100)))
        var (all, there): ([Costs], Int) = ([], 1_000)
        for size in sizes {
            Progress.say("Growing to \(Figure.text(Double(size))) messages")
            // One in a hundred is the reader's.
            let more = max(0, size - there)
            try await engine.preload(more / 100, .direct(to: reader, from: users.prefix(100)))
            try await engine.preload(more - more / 100, traffic)
            try await engine.fold()
            let costs = try await costs(engine, traffic, reader, size, plan)
            there = size + costs.sent
            all.append(costs.costs)
        }
        return Self.rows(all)
    }

    private func costs(
        _ engine: Engine, _ traffic: Traffic, _ reader: UserID, _ size: Int, _ plan: Plan
    ) async throws -> (costs: Costs, sent: Int) {
        let rounds = plan.rounds(1, 3, 5)
        var sent = 0
        var values: [(name: String, rounds: [Double])] = []
        for inFlight in [1_000, 1] {
            let load = Load(engine: engine, traffic: traffic, inFlight: inFlight)
            var micros: [Double] = []
            for _ in 0..<rounds {
                // So few that they do not make the store another one.
                let messages = inFlight == 1 ? max(50, min(1_000, size / 100)) : max(500, min(30_000, size / 20))
                let outcome = try await load.run(.messages(messages))
                sent += outcome.count
                micros.append(1e6 / outcome.rate)
                try await engine.fold()
            }
            values.append(("send, \(Figure.text(Double(inFlight))) in flight", micros))
        }
        let conversation = try engine.inbox.list(reader, limit: 1).first?.conversation ?? .personal(reader)
        let questions: [(String, () throws -> Void)] = [
            ("inbox of 100 conversations", { _ = try engine.inbox.list(reader, limit: 100) }),
            ("newest 50 of a history", { _ = try engine.messages.history(of: conversation, for: reader, limit: 50) }),
            ("unread in all", { _ = try engine.inbox.total(reader) }),
        ]
        for (name, ask) in questions {
            let times = plan.size.of(20, 200, 1_000)
            let micros = try (0..<rounds).map { _ in
                try Measure.seconds { for _ in 0..<times { try ask() } } / Double(times) * 1e6
            }
            values.append((name, micros))
        }
        return (Costs(messages: size, values: values), sent)
    }

    private static func rows(_ all: [Costs]) -> [Row] {
        guard let first = all.first, let last = all.last, all.count > 1 else { return [] }
        var rows: [Row] = []
        // As the logarithm grows, so may the cost.
        let bound = log(Double(last.messages)) / log(Double(first.messages))
        for (index, value) in first.values.enumerated() {
            for costs in all {
                rows.append(
                    row(value.name, [Parameter("messages", costs.messages)], costs.values[index].rounds, "µs"))
            }
            let times = Samples(last.values[index].rounds).median / Samples(value.rounds).median
            rows.append(
                row(
                    "\(value.name): last ÷ first", [], times, "times", aim: .atMost((bound * 100).rounded() / 100),
                    note: "the logarithm grows as much as the aim"))
        }
        return rows
    }
}

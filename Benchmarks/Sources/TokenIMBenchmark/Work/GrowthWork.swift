import Foundation
import TokenIM
import TokenIMTesting

/// Whether a store that has grown is slower.
struct GrowthWork: Work {
    static let name = "growth"
    static let title = "cost of a send and of a read as the store grows"

    /// What is measured at each size, in microseconds.
    private struct Costs {
        var messages: Int
        var values: [Value]
    }

    private struct Value {
        var name: String
        var contender = Contender.engine
        var rounds: [Double]
        /// Whether growth is the processor's caches' too, which hold less and less of what is read.
        var isAtRandom = false
    }

    /// A store that grows, and one whose conversations are read. As much is sent at each size.
    private struct Stage {
        /// At least this many messages are in each conversation of the reader.
        static let page = 50
        static let friends = 100

        let store: BenchmarkStore
        let traffic: Traffic
        let readers: Traffic
        let reader: UserID
        var there = 0

        var engine: Engine { store.engine }

        init() async throws {
            store = try BenchmarkStore()
            let users = try await store.engine.createUsers(2_002)
            reader = try await store.engine.createUsers(1, prefix: "reader")[0]
            traffic = Traffic.direct(among: users, conversations: 10_000)
            readers = Traffic.direct(to: reader, from: users.prefix(Self.friends))
        }

        /// One message in ten is the reader's.
        mutating func grow(to size: Int) async throws {
            let more = max(0, size - there)
            try await engine.preload(more / 10, readers)
            try await engine.preload(more - more / 10, traffic)
            try await engine.fold()
            there += more
        }
    }

    func measure(_ plan: Plan) async throws -> [Row] {
        let sizes = plan.size.of(
            [10_000, 20_000], [10_000, 100_000, 500_000], [10_000, 100_000, 1_000_000, 10_000_000])
        let rounds = plan.rounds(1, 3, 4)
        let sent = rounds * Self.sends.map(\.messages).reduce(0, +)
        var stage = try await Stage()
        try await begin(&stage)
        var all: [Costs] = []
        for size in sizes {
            Progress.say("Growing to \(Figure.text(Double(size))) messages")
            // What is sent while it is measured leads from a little less to a little more.
            try await stage.grow(to: size - sent / 2)
            var values = try await Self.sending(stage, rounds)
            stage.there += sent
            values += try Self.reading(stage, rounds, plan)
            values += try limit(size, rounds, plan)
            all.append(Costs(messages: size, values: values))
        }
        return Self.rows(all)
    }

    /// A page for each of the reader's conversations, and some sends like those that are measured.
    private func begin(_ stage: inout Stage) async throws {
        guard case .direct(let pairs) = stage.readers.route else { return }
        for pair in pairs {
            var traffic = stage.readers
            traffic.route = .direct([pair])
            try await stage.engine.preload(Stage.page, traffic)
        }
        let trial = 250
        for (inFlight, _) in Self.sends {
            _ = try await Load(engine: stage.engine, traffic: stage.traffic, inFlight: inFlight).run(.messages(trial))
        }
        stage.there = pairs.count * Stage.page + trial * Self.sends.count
    }

    // MARK: The engine

    /// The same at each size, and so few that they do not make a small store another one.
    private static let sends = [(inFlight: 1_000, messages: 2_000), (inFlight: 1, messages: 200)]

    private static func sending(_ stage: Stage, _ rounds: Int) async throws -> [Value] {
        var values: [Value] = []
        for (inFlight, messages) in sends {
            let load = Load(engine: stage.engine, traffic: stage.traffic, inFlight: inFlight)
            var micros: [Double] = []
            for _ in 0..<rounds {
                micros.append(1e6 / (try await load.run(.messages(messages)).rate))
                try await stage.engine.fold()
            }
            values.append(Value(name: "send, \(Figure.text(Double(inFlight))) in flight", rounds: micros))
        }
        return values
    }

    private static func reading(_ stage: Stage, _ rounds: Int, _ plan: Plan) throws -> [Value] {
        let (engine, reader) = (stage.engine, stage.reader)
        let items = try engine.inbox.list(reader, limit: Stage.friends)
        guard let newest = items.first?.conversation else { return [] }
        try warm(engine, reader, items)
        var generator = SeededGenerator(seed: 3)
        let questions: [(name: String, isAtRandom: Bool, ask: () throws -> Void)] = [
            ("inbox of 100 conversations", false, { _ = try engine.inbox.list(reader, limit: Stage.friends) }),
            (
                "newest 50 of a history", false,
                { _ = try engine.messages.history(of: newest, for: reader, limit: Stage.page) }
            ),
            (
                "50 of any history", true,
                {
                    let item = items[Int.random(in: items.indices, using: &generator)]
                    let last = Int.random(in: Stage.page...max(Stage.page, Int(item.headSequence)), using: &generator)
                    _ = try engine.messages.history(
                        of: item.conversation, for: reader, before: SequenceNumber(last + 1), limit: Stage.page)
                }
            ),
            ("unread in all", false, { _ = try engine.inbox.total(reader) }),
        ]
        return try questions.map { name, isAtRandom, ask in
            let times = plan.size.of(20, 500, 2_000)
            for _ in 0..<max(1, times / 10) { try ask() }
            let micros = try (0..<rounds).map { _ in
                try Measure.seconds { for _ in 0..<times { try ask() } } / Double(times) * 1e6
            }
            return Value(name: name, rounds: micros, isAtRandom: isAtRandom)
        }
    }

    /// Reads all once, so that what is measured afterwards does not wait for the system to map pages.
    private static func warm(_ engine: Engine, _ reader: UserID, _ items: [InboxItem]) throws {
        for item in items {
            var before: SequenceNumber?
            repeat {
                let page = try engine.messages.history(of: item.conversation, for: reader, before: before, limit: 1_000)
                before = page.entries.map(\.sequence).min()
            } while before.map { $0 > 1 } ?? false
        }
    }

    // MARK: The limit

    /// As many messages at random out of a journal in LMDB that has grown as much.
    private func limit(_ size: Int, _ rounds: Int, _ plan: Plan) throws -> [Value] {
        let contest = try Contest(holding: plan.contenders(named: ["limit-append"]), plan.missing)
        contest.prepare(conversations: 10_000, messages: size, body: 256)
        return contest.contenders.compactMap { contender in
            let micros = (1...rounds).compactMap { round in
                let options = ["--seconds", "\(plan.seconds(0.1, 0.2, 1))", "--seed", "\(round)"]
                return contest.measure(contender, "get", options).map { 1e6 / $0.rate }
            }
            guard !micros.isEmpty else { return nil }
            return Value(name: "50 rows at random", contender: contender.name, rounds: micros, isAtRandom: true)
        }
    }

    // MARK: Rows

    private static func rows(_ all: [Costs]) -> [Row] {
        guard let first = all.first, let last = all.last, all.count > 1 else { return [] }
        var rows: [Row] = []
        // As the logarithm grows, so may the cost.
        let bound = log(Double(last.messages)) / log(Double(first.messages))
        let hint = "the logarithm grows as much as the aim"
        for (index, value) in first.values.enumerated() where all.allSatisfy({ $0.values.indices.contains(index) }) {
            for costs in all {
                let (parameters, rounds) = ([Parameter("messages", costs.messages)], costs.values[index].rounds)
                rows.append(row(value.name, parameters, rounds, "µs", contender: value.contender))
            }
            let times = Samples(last.values[index].rounds).median / Samples(value.rounds).median
            let isOurs = value.contender == Contender.engine
            rows.append(
                row(
                    "\(value.name): last ÷ first", [], [times], "times", contender: value.contender,
                    aim: isOurs ? .atMost((bound * 100).rounded() / 100) : nil,
                    note: isOurs && !value.isAtRandom ? hint : "\(hint); caches of the processor hold less of it"))
        }
        return rows
    }
}

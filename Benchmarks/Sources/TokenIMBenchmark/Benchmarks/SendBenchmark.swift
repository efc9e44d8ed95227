import ArgumentParser
import Foundation
import TokenIM

/// Durable sends through the public API, in turns with C programs that do the least that a send can do.
struct SendBenchmark: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Messages per second, durable, beside the C programs.")

    @Option(help: "Where im_send_lmdb.c and journal_fold.c are.")
    var limits: String?
    @Option(help: "Messages that are there before.")
    var preload = 2_000_000
    @Option(help: "Users.")
    var users = 20_002
    @Option(help: "Direct conversations between them, of which each message goes through one.")
    var conversations = 100_000
    @Option(help: "Seconds of each round of each contestant.")
    var seconds = 2.0
    @Option(help: "Rounds; the median counts.")
    var rounds = 3
    @Option(parsing: .upToNextOption, help: "Messages in flight.")
    var inFlight = [1, 10, 100, 1_000, 10_000]
    @OptionGroup var output: OutputOptions

    /// One of those that take turns.
    private struct Contestant {
        var name: String
        var note: String?
        /// Returns messages per second.
        var run: () async throws -> Double
    }

    func measure() async throws -> [Row] {
        let programs = try LimitPrograms(sources: limits)
        let limits = try programs.map(limitContestants) ?? []
        Progress.say("Preloading the engine with \(Figure.text(Double(preload))) messages")
        let store = try BenchmarkStore()
        let members = try await store.engine.createUsers(users)
        let traffic = Traffic.direct(among: members, conversations: conversations)
        try await store.engine.preload(preload, traffic)
        try await store.engine.fold()
        var engineContestants: [Contestant] = []
        let folded = FoldedRates()
        for count in inFlight {
            let name = Self.name(inFlight: count)
            let load = Load(engine: store.engine, traffic: traffic, inFlight: count)
            engineContestants.append(
                Contestant(name: name) {
                    let outcome = try await load.run(.duration(.seconds(seconds)))
                    let rest = try await Measure.seconds { try await load.engine.fold() }
                    folded.note(Double(outcome.count) / (outcome.seconds + rest), for: name)
                    return outcome.rate
                })
        }
        let contestants = Self.inTurns(engineContestants, limits)
        let rates = try await run(contestants)
        return figures(of: engineContestants + limits, rates, folded) + ratios(rates)
    }

    /// Alternates, so that what slows the machine down for a while slows both down.
    private static func inTurns(_ ours: [Contestant], _ limits: [Contestant]) -> [Contestant] {
        (0..<max(ours.count, limits.count)).flatMap { index in
            [limits, ours].compactMap { $0.indices.contains(index) ? $0[index] : nil }
        }
    }

    private func run(_ contestants: [Contestant]) async throws -> [String: [Double]] {
        var rates: [String: [Double]] = [:]
        for round in 1...max(1, rounds) {
            for contestant in contestants {
                sync()
                let rate = try await contestant.run()
                Progress.say("Round \(round): \(contestant.name): \(Figure.text(rate)) messages/s")
                rates[contestant.name, default: []].append(rate)
            }
        }
        return rates
    }

    // MARK: The C programs

    private static let fourTrees1000 = "C: four trees, 1,000 per commit"
    private static let fourTrees1 = "C: four trees, 1 per commit"
    private static let append1000 = "C: append only, 1,000 per commit"
    private static let append1 = "C: append only, 1 per commit"
    private static let twoEnvironments = "C: append and fold beside it, 1,000 per commit"
    private static let twoEnvironmentsLight = "C: the same, folding heads and index only"
    private static let journalFold = "C: append and fold in turns, 1,000 per commit"

    private func limitContestants(_ programs: LimitPrograms) throws -> [Contestant] {
        let trees = ["path=\(programs.path("trees"))", "convs=\(conversations)", "body=256"]
        let append = [
            "path=\(programs.path("append"))", "convs=\(conversations)", "body=256", "layout=logmem", "dedup=mem",
            "heads=none", "inbox=none",
        ]
        let beside = ["path=\(programs.path("beside"))", "convs=\(conversations)", "body=256", "layout=log"]
        for arguments in [trees, append, beside] {
            Progress.say("Preloading C: \(arguments.dropFirst().joined(separator: " "))")
            _ = try programs.run("im_send_lmdb", ["op=preload", "msgs=\(preload)"] + arguments)
        }
        func contestant(_ name: String, _ arguments: [String], note: String? = nil) -> Contestant {
            Contestant(name: name, note: note) {
                try programs.rate("im_send_lmdb", arguments + ["secs=\(seconds)"])
            }
        }
        return [
            contestant(Self.fourTrees1000, ["op=send", "batch=1000"] + trees),
            contestant(Self.append1000, ["op=send", "batch=1000"] + append),
            contestant(
                Self.twoEnvironments, ["op=twoenv", "batch=1000", "min=100000"] + beside,
                note: "heads, index, keys, inbox"),
            contestant(
                Self.twoEnvironmentsLight,
                ["op=twoenv", "batch=1000", "min=100000", "dedup=mem", "inbox=none"] + beside,
                note: "keys in memory alone"),
            Contestant(name: Self.journalFold, note: "always 2 million before") {
                let directory = programs.path("fold")
                defer { try? FileManager.default.removeItem(atPath: directory) }
                return try programs.rate("journal_fold", [directory, "100000", "1000000", "10"])
            },
            contestant(Self.fourTrees1, ["op=send", "batch=1"] + trees),
            contestant(Self.append1, ["op=send", "batch=1"] + append),
        ]
    }

    // MARK: The figures

    private static func name(inFlight count: Int) -> String {
        "TokenIM: \(Figure.text(Double(count))) in flight"
    }

    private func figures(
        of contestants: [Contestant], _ rates: [String: [Double]], _ folded: FoldedRates
    ) -> [Row] {
        contestants.map { contestant in
            let all = folded.median(contestant.name).map { "with the fold of the rest: \(Figure.text($0))" }
            return row(
                contestant.name, rates[contestant.name] ?? [], "messages/s", note: all ?? contestant.note)
        }
    }

    private func ratios(_ rates: [String: [Double]]) -> [Row] {
        func ratio(_ count: Int, _ limit: String, aim: Aim?, note: String? = nil) -> Row? {
            guard let ours = rates[Self.name(inFlight: count)], let theirs = rates[limit] else { return nil }
            let pairs = Samples(zip(ours, theirs).map { $0 / $1 })
            return Row(
                benchmark: Self.name, what: "\(Figure.text(Double(count))) in flight ÷ \(limit)",
                figure: Samples(ours).median / Samples(theirs).median, lowest: pairs.lowest, highest: pairs.highest,
                unit: "times", aim: aim, note: note)
        }
        return [
            ratio(1_000, Self.fourTrees1000, aim: .atLeast(7), note: "10 is the aim, 7 the least"),
            ratio(1_000, Self.twoEnvironments, aim: .atLeast(0.5)),
            ratio(1_000, Self.twoEnvironmentsLight, aim: nil),
            ratio(1_000, Self.journalFold, aim: .atLeast(0.5)),
            ratio(1_000, Self.append1000, aim: nil),
            ratio(1, Self.append1, aim: .atLeast(0.9)),
            ratio(1, Self.fourTrees1, aim: nil),
        ].compactMap(\.self)
    }
}

/// What the rates come to when the folds that are still owed at the end of a round are counted.
private final class FoldedRates {
    private var rates: [String: [Double]] = [:]

    func note(_ rate: Double, for name: String) {
        rates[name, default: []].append(rate)
    }

    func median(_ name: String) -> Double? {
        rates[name].map { Samples($0).median }
    }
}

import ArgumentParser
import TokenIM

/// Whether folds hold up those who send.
struct FoldsBenchmark: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "folds", abstract: "How long sends take while folds run, and while none does.")

    @Option(help: "Messages that are there before.")
    var preload = 1_000_000
    @Option(help: "Seconds of sending, for each number of messages in flight.")
    var seconds = 5.0
    @Option(parsing: .upToNextOption, help: "Messages in flight.")
    var inFlight = [1_000, 100]
    @Option(help: "Folds to be watched by a single sender.")
    var folds = 5
    @OptionGroup var output: OutputOptions

    func measure() async throws -> [Row] {
        Progress.say("Preloading the engine with \(Figure.text(Double(preload))) messages")
        let store = try BenchmarkStore { $0.limits.foldQuiet = .seconds(3_600) }
        let users = try await store.engine.createUsers(20_002)
        let traffic = Traffic.direct(among: users, conversations: 100_000)
        try await store.engine.preload(preload, traffic)
        var rows: [Row] = []
        for count in inFlight {
            try await store.engine.fold()
            Progress.say("\(count) in flight")
            store.events.removeAll()
            let load = Load(engine: store.engine, traffic: traffic, inFlight: count, isTimed: true)
            let outcome = try await load.run(.duration(.seconds(seconds)))
            rows += figures("\(Figure.text(Double(count))) in flight", outcome, store.events)
        }
        rows += try await watchFolds(store, traffic)
        Progress.say("1,000 in flight without folds")
        try store.reopen { configuration in
            configuration.limits.foldQuiet = .seconds(3_600)
            configuration.limits.foldEntries = 1 << 28
        }
        store.events.removeAll()
        let load = Load(engine: store.engine, traffic: traffic, inFlight: 1_000, isTimed: true)
        let outcome = try await load.run(.duration(.seconds(seconds)))
        rows += figures("1,000 in flight, folds put off", outcome, store.events)
        return rows
    }

    /// One sender at a time, while folds of the usual size run.
    private func watchFolds(_ store: BenchmarkStore, _ traffic: Traffic) async throws -> [Row] {
        let engine = store.engine
        let load = Load(engine: engine, traffic: traffic, inFlight: 1, isTimed: true)
        var total = Load.Outcome()
        try await engine.fold()
        store.events.removeAll()
        for round in 1...max(1, folds) {
            Progress.say("1 in flight, fold \(round)")
            // The engine folds at 100,000; the last ones are sent singly, so that the fold begins among them.
            try await engine.preload(99_500, traffic)
            let known = store.events.of(.folded).count
            while store.events.of(.folded).count == known {
                let outcome = try await load.run(.messages(200))
                total.count += outcome.count
                total.seconds += outcome.seconds
                total.latencies += outcome.latencies
            }
            try await engine.fold()
        }
        // What the engine was made to fold between the rounds is not what was watched.
        store.events.removeAll { $0.event.kind == .folded && $0.event.count < 50_000 }
        return figures("1 in flight", total, store.events)
    }

    private func figures(_ what: String, _ outcome: Load.Outcome, _ events: EventLog) -> [Row] {
        let folds = events.of(.folded)
        let merges = events.of(.keysMerged)
        let waits = events.of(.foldBackPressure).map { $0.event.duration.inSeconds * 1e3 }
        var during: [Double] = []
        var apart: [Double] = []
        let busy = (folds + merges).map(\.interval).sorted { $0.lowerBound < $1.lowerBound }
        var first = 0
        for latency in outcome.latencies.sorted(by: { $0.began < $1.began }) {
            while first < busy.count, busy[first].upperBound < latency.began { first += 1 }
            let overlaps = busy[first...].contains { $0.lowerBound < latency.ended && $0.upperBound > latency.began }
            if overlaps { during.append(latency.duration.inSeconds) } else { apart.append(latency.duration.inSeconds) }
        }
        var rows = [row("\(what): rate", outcome.rate, "messages/s")]
        rows += self.rows("\(what): send during a fold", seconds: during)
        rows += self.rows("\(what): send with no fold running", seconds: apart)
        guard !folds.isEmpty else { return rows }
        let longest = waits.max() ?? 0
        rows.append(
            row(
                "\(what): longest wait of a commit for a fold", longest, "ms", aim: .atMost(5),
                note: "\(waits.count) waits of over 1 ms in \(folds.count) folds and \(merges.count) merges of keys"))
        rows.append(
            row("\(what): one fold", folds.map { $0.event.duration.inSeconds * 1e3 }, "ms", note: counts(folds)))
        if !merges.isEmpty {
            rows.append(row("\(what): one merge of keys", merges.map { $0.event.duration.inSeconds * 1e3 }, "ms"))
        }
        return rows
    }

    private func counts(_ folds: [EventLog.Noted]) -> String {
        "\(Figure.text(Samples(folds.map { Double($0.event.count) }).median)) entries"
    }
}

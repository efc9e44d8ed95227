import TokenIM

/// Whether folds hold up those who send.
struct FoldsWork: Work {
    static let name = "folds"
    static let title = "how long sends take while folds run, and while none does"

    func measure(_ plan: Plan) async throws -> [Row] {
        let preload = plan.preload(10_000, 100_000, 1_000_000)
        let seconds = plan.seconds(0.3, 1.5, 5)
        Progress.say("Filling the engine with \(Figure.text(Double(preload))) messages")
        let store = try BenchmarkStore { $0.limits.foldQuiet = .seconds(3_600) }
        let users = try await store.engine.createUsers(20_002)
        let traffic = Traffic.direct(among: users, conversations: 100_000)
        try await store.engine.preload(preload, traffic)
        var rows: [Row] = []
        for count in plan.inFlight([1_000, 100]) {
            try await store.engine.fold()
            Progress.say("\(count) in flight")
            store.events.removeAll()
            let load = Load(engine: store.engine, traffic: traffic, inFlight: count, timing: .listed)
            let outcome = try await load.run(.duration(.seconds(seconds)))
            rows += figures([Parameter("in flight", count)], outcome, store.events)
        }
        if plan.size == .long { rows += try await watchFolds(store, traffic) }
        Progress.say("1,000 in flight without folds")
        try store.reopen { configuration in
            configuration.limits.foldQuiet = .seconds(3_600)
            configuration.limits.foldEntries = 1 << 28
        }
        store.events.removeAll()
        let load = Load(engine: store.engine, traffic: traffic, inFlight: 1_000, timing: .listed)
        let outcome = try await load.run(.duration(.seconds(seconds)))
        let parameters = [Parameter("in flight", 1_000), Parameter("folds put off", "")]
        return rows + figures(parameters, outcome, store.events)
    }

    /// One sender at a time, while folds of the usual size run.
    private func watchFolds(_ store: BenchmarkStore, _ traffic: Traffic) async throws -> [Row] {
        let engine = store.engine
        let load = Load(engine: engine, traffic: traffic, inFlight: 1, timing: .listed)
        var total = Load.Outcome()
        try await engine.fold()
        store.events.removeAll()
        for round in 1...5 {
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
        return figures([Parameter("in flight", 1)], total, store.events)
    }

    private func figures(_ parameters: [Parameter], _ outcome: Load.Outcome, _ events: EventLog) -> [Row] {
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
        var rows = [Self.row("sends", parameters, outcome.rate, "messages/s")]
        rows += Self.rows("send during a fold", parameters, seconds: during)
        rows += Self.rows("send with no fold running", parameters, seconds: apart)
        guard !folds.isEmpty else { return rows }
        rows.append(
            Self.row(
                "longest wait of a commit for a fold", parameters, waits.max() ?? 0, "ms", aim: .atMost(5),
                note: "\(waits.count) waits of over 1 ms in \(folds.count) folds and \(merges.count) merges of keys"))
        let durations = folds.map { $0.event.duration.inSeconds * 1e3 }
        let size = Figure.text(Samples(folds.map { Double($0.event.count) }).median)
        rows.append(Self.row("one fold", parameters, durations, "ms", note: "\(size) entries"))
        if !merges.isEmpty {
            let durations = merges.map { $0.event.duration.inSeconds * 1e3 }
            rows.append(Self.row("one merge of keys", parameters, durations, "ms"))
        }
        return rows
    }
}

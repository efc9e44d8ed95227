import Benchmark
import TokenIM
import TokenIMTesting

/// Small pieces of the engine's work, each through the public API, on an engine without threads of its own.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput, .instructions], warmupIterations: 1, scalingFactor: .kilo,
        maxDuration: .seconds(2))
    values()
    changes()
    reading()
    receiving()
}

/// What callers make before they ask for something.
private func values() {
    Benchmark("values: user's name checked") { benchmark in
        let name = String(repeating: "m", count: 24)
        for _ in benchmark.scaledIterations { blackHole(try UserID(name)) }
    }
    Benchmark("values: text of 256 bytes") { benchmark in
        let text = String(repeating: "a", count: 256)
        for _ in benchmark.scaledIterations { blackHole(Content.text(text)) }
    }
}

/// Judging, encoding, committing.
private func changes() {
    Benchmark(
        "change: a send judged, not carried out",
        closure: { (benchmark, stage: Stage) async throws in
            let change = Change.send(Stage.text, to: .user(stage.others[0]))
            for _ in benchmark.scaledIterations {
                blackHole(try await stage.engine.explain(change, by: .user(stage.user)))
            }
        }, setup: { try await Stage(messages: 1_000) })
    Benchmark(
        "change: a send in a commit of its own", configuration: .init(scalingFactor: .one),
        closure: { (benchmark, stage: Stage) async throws in
            for _ in benchmark.scaledIterations {
                blackHole(
                    try await stage.engine.messages.send(
                        Stage.text, from: stage.user, to: .user(stage.others[0]), key: try stage.nextKey()))
            }
        }, setup: { try await Stage(messages: 1_000) })
    Benchmark(
        "change: 1,000 sends in one commit, each of them",
        closure: { (benchmark, stage: Stage) async throws in try await stage.send(benchmark.scaledIterations.count) },
        setup: { try await Stage(messages: 1_000) })
    Benchmark(
        "change: a send repeated with its key",
        closure: { (benchmark, stage: Stage) async throws in
            for _ in benchmark.scaledIterations {
                blackHole(
                    try await stage.engine.messages.send(
                        Stage.text, from: stage.user, to: .user(stage.others[0]), key: "first"))
            }
        }, setup: { try await Stage(messages: 1_000) })
}

/// Snapshots: keys of rows, records, entries decoded.
private func reading() {
    Benchmark(
        "reading: one item of an inbox",
        closure: { (benchmark, stage: Stage) throws in
            let conversation = Conversation.direct(stage.user, stage.others[0])
            for _ in benchmark.scaledIterations {
                blackHole(try stage.engine.inbox.item(stage.user, conversation))
            }
        }, setup: { try await Stage(messages: 10_000) })
    Benchmark(
        "reading: page of 100 of an inbox", configuration: .init(scalingFactor: .one),
        closure: { (benchmark, stage: Stage) throws in
            for _ in benchmark.scaledIterations { blackHole(try stage.engine.inbox.list(stage.user, limit: 100)) }
        }, setup: { try await Stage(messages: 10_000) })
    Benchmark(
        "reading: page of 100 of a history", configuration: .init(scalingFactor: .one),
        closure: { (benchmark, stage: Stage) throws in
            let conversation = Conversation.direct(stage.user, stage.others[0])
            for _ in benchmark.scaledIterations {
                blackHole(try stage.engine.messages.history(of: conversation, for: stage.user, limit: 100))
            }
        }, setup: { try await Stage(messages: 10_000) })
    Benchmark(
        "reading: presence of 100", configuration: .init(scalingFactor: .one),
        closure: { (benchmark, stage: Stage) throws in
            for _ in benchmark.scaledIterations { blackHole(try stage.engine.presence.of(stage.others)) }
        }, setup: { try await Stage(messages: 1_000) })
}

/// Backlogs and windows.
private func receiving() {
    Benchmark(
        "receiving: batch of 100 above a cursor, by polling", configuration: .init(scalingFactor: .one),
        closure: { (benchmark, stage: Stage) throws in
            for _ in benchmark.scaledIterations {
                blackHole(try stage.engine.devices.receive("phone", of: stage.user, maximum: 100))
            }
        },
        setup: {
            let stage = try await Stage(messages: 10_000)
            try await stage.engine.devices.register("phone", of: stage.user, start: .creation)
            return stage
        })
    Benchmark(
        "receiving: 1,000 deliveries through a window of 64, acknowledged, each of them",
        closure: { (benchmark, stage: Stage) async throws in
            for _ in 0..<(benchmark.scaledIterations.count / 1_000) { blackHole(try await stage.catchUp(1_000)) }
        }, setup: { try await Stage(messages: 1_000) })
    Benchmark(
        "receiving: connect a known device and close", configuration: .init(scalingFactor: .one),
        closure: { (benchmark, stage: Stage) async throws in
            for _ in benchmark.scaledIterations {
                try await stage.engine.connect(stage.user, device: "tablet").close()
            }
        }, setup: { try await Stage(messages: 1_000) })
}

import ArgumentParser
import Foundation
import TokenIM
import TokenIMTesting

/// How long it takes until the engine works again after its process was killed.
struct OpeningBenchmark: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "opening", abstract: "Opening a store whose last entries have not been folded.")

    @Option(help: "Entries that were not folded when the process ended.")
    var entries = 100_000
    // The keys of the last million entries are read at opening: this is close to the most there can be.
    @Option(help: "Messages that had been folded.")
    var preload = 850_000
    @Option(help: "Times it is opened, each time in a new process; the median counts.")
    var rounds = 5
    @OptionGroup var output: OutputOptions

    func measure() async throws -> [Row] {
        let directory = try TemporaryDirectory(prefix: "tokenim-benchmark")
        let path = directory.path + "/store"
        Progress.say("Sending in a process that then ends without closing the store")
        _ = try Program.runSelf(["leave-unfolded", path, "--entries", "\(entries)", "--preload", "\(preload)"])
        var opened: [Opened] = []
        for _ in 0..<max(1, rounds) {
            let text = try Program.runSelf(["open-once", path])
            opened.append(try JSONDecoder().decode(Opened.self, from: Data(text.utf8)))
        }
        let count = Figure.text(Double(entries))
        let keys = Figure.text(Double(entries + preload))
        let replayed = opened.map { Double($0.replayed) }
        return [
            row(
                "opening with \(count) entries to replay", opened.map(\.seconds), "s", aim: .atMost(0.5),
                note: "\(Figure.text(Double(preload))) folded before, \(keys) keys to read"),
            row("entries that were replayed", replayed, "entries", aim: .atLeast(Double(entries))),
        ]
    }
}

/// What ``OpenOnce`` says to ``OpeningBenchmark``.
private struct Opened: Codable {
    var seconds: Double
    var replayed: Int
}

/// An engine that leaves folding be, for a process that ends without closing it.
private func withoutFolds(_ configuration: inout Configuration) {
    configuration.limits.foldEntries = 1 << 28
    configuration.limits.foldQuiet = .seconds(86_400)
}

/// Fills a store, and ends without closing it.
struct LeaveUnfolded: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "leave-unfolded", shouldDisplay: false)

    @Argument var path: String
    @Option var entries: Int
    @Option var preload: Int

    func run() async throws {
        let traffic: Traffic
        do {
            let engine = try BenchmarkStore.open(path)
            let users = try await engine.createUsers(20_002)
            traffic = .direct(among: users, conversations: 100_000)
            try await engine.preload(preload, traffic)
            engine.close()
        }
        let engine = try BenchmarkStore.open(path, EventLog(), withoutFolds)
        try await engine.preload(entries, traffic)
        _exit(0)
    }
}

/// Opens a store, says how long that took, and ends without closing it, so that it is as it was.
struct OpenOnce: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "open-once", shouldDisplay: false)

    @Argument var path: String

    func run() async throws {
        let events = EventLog()
        let began = ContinuousClock.now
        let engine = try BenchmarkStore.open(path, events, withoutFolds)
        let seconds = began.duration(to: .now).inSeconds
        let opened = Opened(seconds: seconds, replayed: events.of(.replayed).first?.event.count ?? 0)
        let text = try JSONEncoder().encode(opened)
        try FileHandle.standardOutput.write(contentsOf: text)
        withExtendedLifetime(engine) { _exit(0) }
    }
}

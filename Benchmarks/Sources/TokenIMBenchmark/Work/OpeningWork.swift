import ArgumentParser
import Foundation
import TokenIM
import TokenIMTesting

/// How long it takes until an engine works.
struct OpeningWork: Work {
    static let name = "opening"
    static let title = "opening a store after a clean close and after a crash"

    func measure(_ plan: Plan) async throws -> [Row] {
        let directory = try TemporaryDirectory(prefix: "tokenim-benchmark")
        let path = directory.path + "/store"
        let messages = plan.preload(20_000, 200_000, 10_000_000)
        let unfolded = plan.size.of(5_000, 100_000, 100_000)
        let rounds = plan.rounds(1, 3, 10)
        Progress.say("Sending \(Figure.text(Double(messages))) messages in another process, which closes the store")
        _ = try Program.runSelf(["fill-store", path, "--messages", "\(messages)"])
        let clean = try (0..<rounds).map { _ in try open(path, ["--closes"]) }
        Progress.say("Sending \(Figure.text(Double(unfolded))) more in one that ends without closing it")
        _ = try Program.runSelf(["fill-store", path, "--messages", "\(unfolded)", "--crashes"])
        let crashed = try (0..<rounds).map { _ in try open(path, []) }
        let parameters = [Parameter("messages", messages)]
        let replayed = Samples(crashed.map { Double($0.replayed) })
        let note = "\(Figure.text(replayed.median)) entries replayed; the files are in the system's memory"
        return [
            Self.row("opening after a close", parameters, clean.map(\.seconds), "s", aim: .atMost(0.5)),
            Self.row(
                "opening after a crash", parameters, crashed.map(\.seconds), "s", aim: .atMost(0.5), note: note),
            Self.row("resident after opening", parameters, clean.map { $0.privateBytes / 1e6 }, "MB"),
        ]
    }

    private func open(_ path: String, _ options: [String]) throws -> Opened {
        try JSONDecoder().decode(Opened.self, from: Data(Program.runSelf(["open-once", path] + options).utf8))
    }
}

/// What ``OpenOnce`` says to ``OpeningWork``.
private struct Opened: Codable {
    var seconds: Double
    var replayed: Int
    var privateBytes: Double
}

/// An engine that leaves folding be.
func withoutFolds(_ configuration: inout Configuration) {
    configuration.limits.foldEntries = 1 << 28
    configuration.limits.foldQuiet = .seconds(86_400)
}

/// Sends messages to a store, and closes it or ends like one that was killed.
struct FillStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "fill-store", shouldDisplay: false)

    @Argument var path: String
    @Option var messages: Int
    @Flag var crashes = false

    /// Those that it creates when it does not crash.
    static func users() throws -> [UserID] {
        try (0..<20_002).map { try UserID("member" + String(format: "-%010d", $0)) }
    }

    func run() async throws {
        let engine = try BenchmarkStore.open(path, EventLog(), crashes ? withoutFolds : { _ in })
        let prefix = crashes ? "late" : "member"
        let users = try await engine.createUsers(crashes ? 1_001 : 20_002, prefix: prefix)
        try await engine.preload(messages, .direct(among: users, conversations: 100_000))
        if crashes { _exit(0) }
        engine.close()
    }
}

/// Opens a store and says how long that took. Ends without closing it, so that it is as it was, unless told to close.
struct OpenOnce: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "open-once", shouldDisplay: false)

    @Argument var path: String
    @Flag var closes = false

    func run() async throws {
        let events = EventLog()
        let before = try ResidentMemory.settledPrivateBytes()
        let began = ContinuousClock.now
        let engine = try BenchmarkStore.open(path, events, withoutFolds)
        let seconds = began.duration(to: .now).inSeconds
        let opened = Opened(
            seconds: seconds, replayed: events.of(.replayed).first?.event.count ?? 0,
            privateBytes: Double(try ResidentMemory.settledPrivateBytes() - before))
        try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(opened))
        if closes { engine.close() }
        withExtendedLifetime(engine) { _exit(0) }
    }
}

import ArgumentParser
import TokenIM

/// Whether sending to many costs more than sending to few.
struct GroupBenchmark: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "group", abstract: "Sending to a large group and to one of two, nobody online.")

    @Option(help: "Members of the large group.")
    var members = 100_000
    @Option(help: "Messages of one turn.")
    var messages = 20_000
    @Option(help: "Turns of each group.")
    var turns = 40
    @Option(help: "Messages in flight.")
    var inFlight = 1_000
    @OptionGroup var output: OutputOptions

    func measure() async throws -> [Row] {
        Progress.say("Creating groups of \(Figure.text(Double(members))) and of 2")
        let store = try BenchmarkStore { $0.limits.groupMembers = max(100_000, members) }
        let engine = store.engine
        let users = try await engine.createUsers(members)
        let pair = Array(users.prefix(2))
        try await engine.createGroup("large", of: users)
        try await engine.createGroup("small", of: pair)
        func run(_ group: GroupID, _ senders: [UserID]) async throws -> Double {
            let load = Load(engine: engine, traffic: .group(group, from: senders), inFlight: inFlight)
            return try await load.run(.messages(messages)).rate
        }
        var (large, small, anyone): ([Double], [Double], [Double]) = ([], [], [])
        for turn in -2..<turns {
            // There and back, so that neither always comes first. The first turns warm up.
            for isLarge in turn.isMultiple(of: 2) ? [true, false] : [false, true] {
                let rate = try await run(isLarge ? "large" : "small", pair)
                if turn < 0 { continue }
                if isLarge { large.append(rate) } else { small.append(rate) }
            }
        }
        for _ in 0..<max(1, turns / 4) { anyone.append(try await run("large", users)) }
        let ratios = Samples(zip(large, small).map { $1 / $0 })
        let count = Figure.text(Double(members))
        return [
            row("to a group of 2", small, "messages/s"),
            row("to a group of \(count), the same two senders", large, "messages/s"),
            row("to a group of \(count), senders at random", anyone, "messages/s"),
            Row(
                benchmark: Self.name, what: "time for \(count) ÷ time for 2, the same two senders",
                figure: ratios.median, lowest: ratios.percentile(0.25), highest: ratios.percentile(0.75),
                unit: "times", aim: .atMost(1.05), note: "rounds: the middle half of \(ratios.count) pairs of turns"),
        ]
    }
}

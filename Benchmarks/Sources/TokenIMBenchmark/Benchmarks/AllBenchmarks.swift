import ArgumentParser

/// Every benchmark, each in a process of its own, so that none measures what another one left behind.
struct AllBenchmarks: Benchmark {
    static let configuration = CommandConfiguration(commandName: "all", abstract: "Runs everything.")

    @Option(help: "Where im_send_lmdb.c and journal_fold.c are.")
    var limits: String?
    @Flag(help: "Sizes that take a minute in all. To see that everything works, not how well.")
    var quick = false
    @OptionGroup var output: OutputOptions

    private static let quickly: [(name: String, arguments: [String])] = [
        (SendBenchmark.name, ["--preload", "100000", "--seconds", "0.5", "--rounds", "1"]),
        (GroupBenchmark.name, ["--members", "10000", "--turns", "10"]),
        (CatchUpBenchmark.name, ["--pending", "100000", "--rounds", "1"]),
        (InboxBenchmark.name, ["--messages", "20000", "--times", "100"]),
        (SessionsBenchmark.name, ["--sessions", "10000"]),
        (OpeningBenchmark.name, ["--entries", "20000", "--preload", "100000", "--rounds", "1"]),
        (FoldsBenchmark.name, ["--preload", "100000", "--seconds", "1", "--folds", "1"]),
        (DueBenchmark.name, ["--messages", "1000", "--conversations", "100", "--wait", "1", "--quiet-sends", "200"]),
        (DeliveryBenchmark.name, ["--messages", "1000", "--deliveries", "100000", "--rounds", "1"]),
    ]

    func measure() async throws -> [Row] {
        var rows: [Row] = []
        for (name, arguments) in Self.quickly {
            Progress.say("\n— \(name)")
            var all = [name, "--json"] + (quick ? arguments : [])
            if name == SendBenchmark.name, let limits { all += ["--limits", limits] }
            let report = try Report.decode(Program.runSelf(all))
            rows += report.rows
            Progress.say(report.table)
        }
        return rows
    }
}

import ArgumentParser

@main
struct BenchmarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenim-benchmark",
        abstract: "Measures the engine, beside C programs that show what the disk and LMDB allow.",
        discussion: """
            Build it with -c release. Stores are put into the temporary directory: set TMPDIR to put them on the disk \
            that you want to measure. Figures of a busy machine are worth little; the report says how busy it was.
            """,
        subcommands: [
            SendBenchmark.self, GroupBenchmark.self, CatchUpBenchmark.self, InboxBenchmark.self,
            SessionsBenchmark.self, OpeningBenchmark.self, FoldsBenchmark.self, DeliveryBenchmark.self,
            DueBenchmark.self,
            AllBenchmarks.self, PrepareSessions.self, MeasureTasks.self, LeaveUnfolded.self, OpenOnce.self,
        ])
}

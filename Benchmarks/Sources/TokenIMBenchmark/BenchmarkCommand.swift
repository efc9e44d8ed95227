import ArgumentParser
import Dispatch

@main
enum Main {
    /// Waits on the main thread for the command, which runs on the others. An asynchronous `main` would give up the
    /// main thread, and valgrind cannot bear that.
    static func main() {
        Signals.watch()
        let isDone = DispatchSemaphore(value: 0)
        Task.detached {
            await BenchmarkCommand.main()
            isDone.signal()
        }
        isDone.wait()
    }
}

struct BenchmarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenim-benchmark",
        abstract: "Measures the engine, beside what the machine allows and what others do on it.",
        discussion: """
            Build it with -c release. Stores are put into the temporary directory: set TMPDIR to put them on the disk \
            that you want to measure. Figures of a busy machine are worth little; the report says how busy it was.
            """,
        subcommands: [
            SuiteCommand.self, CompareCommand.self, PageCommand.self, CheckCommand.self,
            WorkCommand.self, PrepareSessions.self, MeasureTasks.self, MeasureMemory.self, FillStore.self,
            OpenOnce.self, MeasureEntries.self, SendForCounting.self,
        ])
}

import ArgumentParser

/// One subcommand: measures something and prints a report.
///
/// It fails when something is broken, and never because something took long.
protocol Benchmark: AsyncParsableCommand {
    var output: OutputOptions { get }

    func measure() async throws -> [Row]
}

struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the report as JSON instead of a table.")
    var json = false
}

extension Benchmark {
    func run() async throws {
        let loadBefore = Machine.load()
        let rows = try await measure()
        try Report(machine: Machine(loadBefore: loadBefore), rows: rows).print(asJSON: output.json)
    }

    /// The name of the subcommand, which stands before each of its rows.
    static var name: String { configuration.commandName ?? _commandName }
}

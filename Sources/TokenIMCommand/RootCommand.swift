import ArgumentParser

@main
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenim",
        abstract: "Tools for TokenIM, an instant-messaging engine that lives in your process.",
        subcommands: [ReplayCommand.self, SimulateCommand.self])
}

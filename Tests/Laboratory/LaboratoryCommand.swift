import ArgumentParser

@main
struct LaboratoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Laboratory",
        abstract: "Breaks what the engine stands on, and looks whether its promises hold.",
        subcommands: [PowerCuts.self, Faults.self, Kills.self, Damages.self, Victim.self])
}

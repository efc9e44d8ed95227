import ArgumentParser

/// Files that are damaged: see ``DamageExperiment``.
struct Damages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Damages the files of a store, and looks whether it is found and nothing wrong is read.")

    @OptionGroup var options: TrialOptions

    @Option(help: "How many commands the chat has that the store is from.")
    var length = 60

    func run() async throws {
        try await options.run(["damages", "--length", "\(length)"], "damaged stores") { seed in
            try await DamageExperiment(seed: seed, length: length)
        }
    }
}

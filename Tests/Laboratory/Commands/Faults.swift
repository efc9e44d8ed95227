import ArgumentParser

/// Storage calls that fail: see ``FaultExperiment``.
struct Faults: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fails every storage call of a chat in every way, and looks whether the truth survives.")

    @OptionGroup var options: TrialOptions

    @Option(help: "How many commands the chat has.")
    var length = 30

    @Option(help: "Fails only so many of the first calls; creating a store takes some sixty. All when 0.")
    var calls = 0

    func run() async throws {
        try await options.run(["faults", "--length", "\(length)", "--calls", "\(calls)"], "faults") { seed in
            try await FaultExperiment(seed: seed, length: length, calls: calls)
        }
    }
}

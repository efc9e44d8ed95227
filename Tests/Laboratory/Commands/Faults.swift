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

    @Option(
        help:
            "input-output, no-space, short, late (after it has worked) or death (as if the process died). All if none.")
    var failure: [String] = []

    @Option(help: "How many power cuts follow each failure.")
    var cuts = 3

    func run() async throws {
        let failures = try failure.map { name in
            guard let failure = StorageCalls.Failure(rawValue: name) else {
                throw ValidationError("failure: input-output, no-space, short, late or death")
            }
            return failure
        }
        let plan = FaultExperiment.Plan(
            length: length, calls: calls, failures: failures.isEmpty ? StorageCalls.Failure.allCases : failures,
            cuts: cuts)
        let arguments = ["faults", "--length", "\(length)", "--calls", "\(calls)", "--cuts", "\(cuts)"]
        try await options.run(arguments + failure.flatMap { ["--failure", $0] }, "faults") { seed in
            try await FaultExperiment(seed: seed, plan)
        }
    }
}

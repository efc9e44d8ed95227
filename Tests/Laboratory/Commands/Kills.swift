import ArgumentParser

/// `kill -9` at random moments: see ``KillExperiment``.
struct Kills: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kills a process that sends, again and again, and looks for what it had acknowledged.",
        discussion: "A case is a store whose process is killed several times.")

    @OptionGroup var options: TrialOptions

    @Option(help: "How often each store's process is killed.")
    var kills = 6

    func run() async throws {
        try await options.run(["kills", "--kills", "\(kills)"], "stores, killed \(kills) times each,") { seed in
            KillExperiment(seed: seed, kills: kills)
        }
    }
}

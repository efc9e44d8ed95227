import ArgumentParser

/// Power cuts without root: see ``PowerCutExperiment``.
struct PowerCuts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cuts the power at every moment of a load, and recovers every image that a disk could be left with.")

    @OptionGroup var options: TrialOptions

    @Option(help: "What is done meanwhile: chat, threads (the same with the engine's threads) or copies.")
    var load = "chat"

    @Option(help: "Takes a safeguard of LMDB away: no-sync, no-meta-sync or no-file-sync. Then there must be defects.")
    var weaken: String?

    @Option(help: "How many steps the load has.")
    var length = 60

    func run() async throws {
        let weakness = weaken.flatMap(StorageCalls.Weakness.init(rawValue:))
        guard weaken == nil || weakness != nil else {
            throw ValidationError("weaken: no-sync, no-meta-sync or no-file-sync")
        }
        var arguments = ["power-cuts", "--load", load, "--length", "\(length)"]
        if let weaken { arguments += ["--weaken", weaken] }
        switch load {
        case "chat":
            try await options.run(arguments, "images") { seed in
                try await PowerCutExperiment<ChatLoad>(seed: seed, length: length, weakness: weakness)
            }
        case "threads":
            try await options.run(arguments, "images") { seed in
                let load = ChatLoad(seed: seed, length: length, waits: false, isThreaded: true)
                return try await PowerCutExperiment(load, seed: seed, weakness: weakness)
            }
        case "copies":
            try await options.run(arguments, "images") { seed in
                try await PowerCutExperiment<CopyLoad>(seed: seed, length: length, weakness: weakness)
            }
        default: throw ValidationError("load: chat, threads or copies")
        }
    }
}

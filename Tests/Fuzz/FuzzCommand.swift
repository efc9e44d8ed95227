import ArgumentParser
import TokenIM
import TokenIMTesting

#if !LIBFUZZER
@main
#endif
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Fuzz",
        abstract: "Throws bytes at what reads bytes, and calls at the engine.",
        discussion: """
            Each target runs in a process of its own, which goes on with what brought out something new. An input that \
            ends it, or that breaks the target's word, is written to a file. --only runs files again, here.

            Targets:
            """ + "\n" + FuzzTarget.all.map { "  \($0.name): \($0.summary)\n" }.joined())

    @Argument(help: "Which targets; all when none is named.")
    var targets: [String] = []

    @Option(help: "Where chance begins.")
    var seed: UInt64 = 1

    @Option(help: "How many inputs for each target, beside those of the corpus.")
    var runs: Int?

    @Option(help: "For how long in all, instead of a number.")
    var seconds: Double?

    @Option(help: "The folder of the corpora, one folder for each target. Files in it are run first.")
    var corpus = Corpus.standard

    @Option(help: "Where inputs are written that break something.")
    var findings = "."

    @Option(parsing: .upToNextOption, help: "Runs these files, of the one target that is named, in this process.")
    var only: [String] = []

    @Flag(help: .hidden)
    var worker = false

    func validate() throws {
        for name in targets where !FuzzTarget.all.contains(where: { $0.name == name }) {
            throw ValidationError("there is no target \(name)")
        }
        if !only.isEmpty || worker, targets.count != 1 { throw ValidationError("name one target") }
    }

    func run() throws {
        let chosen = FuzzTarget.all.filter { targets.isEmpty || targets.contains($0.name) }
        if !only.isEmpty {
            for path in only { print("\(path): \(try chosen[0].examine(try Corpus.bytes(of: path)))") }
            return
        }
        // Half of them when nothing is said would be no use to anybody.
        let count = runs ?? (seconds == nil ? 10_000 : .max)
        if worker {
            var worker = FuzzWorker(chosen[0], seed: seed, current: findings)
            return try worker.run(corpus: "\(corpus)/\(chosen[0].name)", count: count, seconds: seconds)
        }
        var isFine = true
        for target in chosen {
            let supervisor = FuzzSupervisor(
                target: target, seed: seed, runs: count, seconds: seconds.map { $0 / Double(chosen.count) },
                corpus: corpus, findings: findings)
            isFine = try supervisor.run() && isFine
        }
        if !isFine { throw ExitCode.failure }
    }
}

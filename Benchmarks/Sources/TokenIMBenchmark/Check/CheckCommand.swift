import ArgumentParser
import Foundation

/// Counts what does not depend on the machine, and fails when it has become worse.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Counts allocations, writes, syncs and commits, and fails when they are worse than was agreed.")

    @Option(help: "The file with what was agreed.")
    var thresholds = "thresholds.json"
    @Flag(help: "Agree to what is counted now: write it to the file.")
    var update = false
    @Flag(help: "Count instructions too, with valgrind, which takes a minute.")
    var callgrind = false

    func run() async throws {
        #if DEBUG
        throw ValidationError("build with -c release: what is counted depends on it")
        #else
        guard CallCounts.work else { throw ValidationError("nothing can be counted on this system") }
        try Run.begin()
        var counters = try await InlineCounts().counters() + ThreadedCounts().counters()
        if callgrind { counters += try Callgrind.counters() }
        if update {
            let known = (try? Thresholds(file: thresholds)) ?? Thresholds([])
            try known.updated(counters).write(to: thresholds)
        }
        let failures = try report(counters, Thresholds(file: thresholds))
        for failure in failures { Progress.say(failure) }
        if !failures.isEmpty { throw ExitCode(1) }
        print("Nothing is worse than was agreed.")
        #endif
    }

    /// Prints all, and returns what is to be complained about.
    private func report(_ counters: [Counter], _ agreed: Thresholds) -> [String] {
        var (failures, lines): ([String], [[String]]) = ([], [])
        for counter in counters {
            let old = agreed.counters.first { $0.name == counter.name }
            var verdict = "as agreed"
            if let old {
                let change = "\(Figure.text(counter.value)), and \(Figure.text(old.value)) was agreed"
                if old.isWorse(counter) {
                    verdict = "WORSE"
                    failures.append("Worse: \(counter.name): \(change), ± \(Figure.text(old.tolerance * 100)) %")
                } else if old.isBetter(counter) {
                    verdict = "better: check --update keeps it so"
                }
            } else {
                verdict = "NEW"
                failures.append("New: \(counter.name): agree to it with check --update")
            }
            lines.append([
                counter.name, Figure.text(counter.value), old.map { Figure.text($0.value) } ?? "",
                old.map { "± \(Figure.text($0.tolerance * 100)) %" } ?? "", verdict,
            ])
        }
        print(Table(titles: ["counter", "now", "agreed", "", ""], numbers: [1, 2], rules: false, lines: lines).text)
        return failures
    }
}

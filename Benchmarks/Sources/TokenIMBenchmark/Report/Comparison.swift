import ArgumentParser

/// What became of the figures between two reports.
struct Comparison {
    enum Verdict: String {
        case better, worse = "WORSE"
        case same = ""
    }

    struct Pair {
        var old: Row
        var new: Row

        var ratio: Double { new.median / old.median }

        /// Whether each lies outside of what the other's rounds ranged over. Where there was one round only, a tenth
        /// counts as chance.
        var verdict: Verdict {
            guard !Self.range(old).contains(new.median), !Self.range(new).contains(old.median) else { return .same }
            return (new.median > old.median) == (new.better == .more) ? .better : .worse
        }

        private static func range(_ row: Row) -> ClosedRange<Double> {
            guard row.median.isFinite else { return -.infinity ... .infinity }
            let (tenth, least, greatest) = (abs(row.median) * 0.1, row.least, row.greatest)
            guard let least, let greatest, least.isFinite, greatest.isFinite else {
                return (row.median - tenth)...(row.median + tenth)
            }
            return min(least, row.median)...max(greatest, row.median)
        }
    }

    let old: Report
    let new: Report
    let pairs: [Pair]

    init(_ old: Report, _ new: Report) {
        self.old = old
        self.new = new
        let known = Dictionary(old.rows.map { ($0.identity, $0) }) { first, _ in first }
        pairs = new.rows.compactMap { row in known[row.identity].map { Pair(old: $0, new: row) } }
    }

    var text: String {
        let lines = pairs.map { pair in
            [
                pair.new.work, pair.new.measure, pair.new.contender, pair.new.circumstances,
                Figure.text(pair.old.median),
                Figure.text(pair.new.median), pair.new.unit, Figure.text(pair.ratio), pair.verdict.rawValue,
            ]
        }
        let titles = ["work", "what", "who", "circumstances", "old", "new", "unit", "new ÷ old", ""]
        return warnings.map { $0 + "\n" }.joined() + Table(titles: titles, numbers: [4, 5, 7], lines: lines).text
            + summary
    }

    private var warnings: [String] {
        var warnings: [String] = []
        let (one, other) = (old.machine, new.machine)
        if (one.processor, one.cores, one.fileSystem) != (other.processor, other.cores, other.fileSystem) {
            warnings.append("Different machines: only ratios can be compared.")
        }
        if max(one.loadBefore, other.loadBefore) > Double(one.cores) / 2 {
            warnings.append("A machine was busy before: load \(one.loadBefore) and \(other.loadBefore).")
        }
        if old.size != new.size { warnings.append("Different sizes: \(old.size) and \(new.size).") }
        return warnings
    }

    private var summary: String {
        let (worse, better) = (count(.worse), count(.better))
        let others = old.rows.count - pairs.count
        let added = new.rows.count - pairs.count
        return """

            \(pairs.count) rows in both: \(better) better and \(worse) worse by more than their spread. \
            \(others) only in the old report, \(added) only in the new one.

            """
    }

    private func count(_ verdict: Verdict) -> Int { pairs.count { $0.verdict == verdict } }
}

/// Compares two reports, row by row.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compares two reports, and says what lies outside of their spread.")

    @Argument(help: "The report of the suite as JSON from before.") var old: String
    @Argument(help: "The one from after.") var new: String

    func run() throws {
        print(Comparison(try Report(file: old), try Report(file: new)).text, terminator: "")
    }
}

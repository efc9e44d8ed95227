/// One figure of a report.
struct Row: Codable {
    /// The subcommand that measured it.
    var benchmark: String
    var what: String
    var figure: Double
    /// The least and the greatest of the rounds whose median the figure is.
    var lowest: Double?
    var highest: Double?
    var unit: String
    var aim: Aim?
    var note: String?
}

/// What a figure is meant to be.
struct Aim: Codable {
    var bound: Double
    /// Whether more is better.
    var isFloor: Bool

    static func atLeast(_ bound: Double) -> Aim { Aim(bound: bound, isFloor: true) }
    static func atMost(_ bound: Double) -> Aim { Aim(bound: bound, isFloor: false) }

    func isMet(by figure: Double) -> Bool {
        isFloor ? figure >= bound : figure <= bound
    }
}

extension Benchmark {
    func row(_ what: String, _ figure: Double, _ unit: String, aim: Aim? = nil, note: String? = nil) -> Row {
        Row(benchmark: Self.name, what: what, figure: figure, unit: unit, aim: aim, note: note)
    }

    /// The median of some rounds.
    func row(_ what: String, _ rounds: [Double], _ unit: String, aim: Aim? = nil, note: String? = nil) -> Row {
        let samples = Samples(rounds)
        return Row(
            benchmark: Self.name, what: what, figure: samples.median, lowest: samples.lowest,
            highest: samples.highest, unit: unit, aim: aim, note: note)
    }

    /// Half, the slowest hundredth and thousandth, and the slowest of many durations.
    func rows(
        _ what: String, seconds: [Double], unit: String = "ms", percentiles: [Double] = [0.5, 0.99, 0.999],
        aim: Aim? = nil, note: String? = nil
    ) -> [Row] {
        guard !seconds.isEmpty else { return [] }
        let samples = Samples(seconds.map { $0 * (unit == "µs" ? 1e6 : 1e3) })
        let counted = "\(Figure.text(Double(samples.count))) samples"
        var rows = percentiles.map { share in
            let name = "p" + Figure.text(share * 100)
            return row("\(what), \(name)", samples.percentile(share), unit, aim: aim, note: note ?? counted)
        }
        rows.append(row("\(what), longest", samples.highest, unit, note: note ?? counted))
        return rows
    }
}

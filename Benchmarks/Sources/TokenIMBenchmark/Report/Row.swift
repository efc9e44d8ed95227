/// One figure of a report: the median of some rounds.
struct Row: Codable, Sendable {
    /// The kind of work that it belongs to.
    var work: String
    /// What was measured.
    var measure: String
    /// Who did the work.
    var contender: String
    /// The circumstances, the one that varies most first.
    var parameters: [Parameter]
    var median: Double
    /// The least and the greatest of the rounds; nil when there was one only.
    var least: Double?
    var greatest: Double?
    var unit: String
    var better: Direction
    var aim: Double?
    /// Whether the aim was met; nil when there is none.
    var met: Bool?
    var note: String?

    /// What the row of another report has, too, when it is about the same.
    var identity: [String] { [work, measure, contender, unit] + parameters.map(\.text) }

    /// The circumstances in words.
    var circumstances: String { parameters.map(\.text).joined(separator: ", ") }
}

/// A circumstance of a figure, such as how many messages were in flight.
struct Parameter: Codable, Hashable, Sendable {
    var name: String
    var value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    init(_ name: String, _ value: Int) {
        self.init(name, Figure.text(Double(value)))
    }

    /// Of many durations the one that a share (0 … 1) of them does not exceed.
    static func percentile(_ share: Double) -> Parameter {
        Parameter(share == 1 ? "longest" : "p" + Figure.text(share * 100), "")
    }

    var text: String { value.isEmpty ? name : "\(value) \(name)" }
}

/// Whether a greater figure is better or a lesser one.
enum Direction: String, Codable {
    case more, less
}

/// What a figure is meant to be.
struct Aim {
    var bound: Double
    var direction: Direction

    static func atLeast(_ bound: Double) -> Aim { Aim(bound: bound, direction: .more) }
    static func atMost(_ bound: Double) -> Aim { Aim(bound: bound, direction: .less) }

    func isMet(by figure: Double) -> Bool {
        direction == .more ? figure >= bound : figure <= bound
    }
}

extension Row {
    /// The median of some rounds.
    init(
        _ work: String, _ measure: String, _ parameters: [Parameter], _ rounds: [Double], _ unit: String,
        contender: String = Contender.engine, aim: Aim? = nil, note: String? = nil
    ) {
        let samples = Samples(rounds)
        let isRepeated = samples.count > 1
        self.init(
            work: work, measure: measure, contender: contender, parameters: parameters, median: samples.median,
            least: isRepeated ? samples.lowest : nil, greatest: isRepeated ? samples.highest : nil, unit: unit,
            better: aim?.direction ?? (unit.hasSuffix("/s") ? .more : .less), aim: aim?.bound,
            met: aim.map { $0.isMet(by: samples.median) }, note: note)
    }

    /// How much faster one was than another: the rates of both in the same rounds.
    init(
        _ work: String, _ measure: String, _ parameters: [Parameter], ratioOf ours: [Double], to theirs: [Double],
        contender: String, aim: Aim? = nil, note: String? = nil
    ) {
        let pairs = Samples(zip(ours, theirs).map { $0 / $1 })
        let ratio = Samples(ours).median / Samples(theirs).median
        let isRepeated = pairs.count > 1
        self.init(
            work: work, measure: measure, contender: contender, parameters: parameters, median: ratio,
            least: isRepeated ? min(ratio, pairs.lowest) : nil, greatest: isRepeated ? max(ratio, pairs.highest) : nil,
            unit: "times", better: aim?.direction ?? .more, aim: aim?.bound, met: aim.map { $0.isMet(by: ratio) },
            note: note)
    }
}

extension Work {
    static func row(
        _ measure: String, _ parameters: [Parameter] = [], _ rounds: [Double], _ unit: String,
        contender: String = Contender.engine, aim: Aim? = nil, note: String? = nil
    ) -> Row {
        Row(name, measure, parameters, rounds, unit, contender: contender, aim: aim, note: note)
    }

    static func row(
        _ measure: String, _ parameters: [Parameter] = [], _ figure: Double, _ unit: String, aim: Aim? = nil,
        note: String? = nil
    ) -> Row {
        Row(name, measure, parameters, [figure], unit, aim: aim, note: note)
    }

    /// Half, the slowest hundredth and thousandth, and the slowest of many durations.
    static func rows(
        _ measure: String, _ parameters: [Parameter] = [], seconds: [Double], unit: String = "ms",
        percentiles: [Double] = [0.5, 0.99, 0.999], aim: Aim? = nil, note: String? = nil
    ) -> [Row] {
        guard !seconds.isEmpty else { return [] }
        let samples = Samples(seconds.map { $0 * (unit == "µs" ? 1e6 : 1e3) })
        let counted = note ?? "\(Figure.text(Double(samples.count))) samples"
        let shares = percentiles.map { share in
            row(
                measure, parameters + [.percentile(share)], samples.percentile(share),
                unit, aim: aim, note: counted)
        }
        return shares + [row(measure, parameters + [.percentile(1)], samples.highest, unit, note: counted)]
    }
}

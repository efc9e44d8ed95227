import Foundation
import TokenIM
import TokenIMTesting

/// What a service does all day, at rising load until it can do no more, and then at a half and four fifths of that.
struct DayWork: Work {
    static let name = "day"
    static let title = "a mixed day: sends, reads, connects, inboxes, histories, at a half and four fifths of the most"

    func measure(_ plan: Plan) async throws -> [Row] {
        let day = try await Day(plan)
        let (most, steps) = try await saturate(day, plan)
        var rows = steps.map { step in
            Self.row(
                "done of what was offered", [Parameter("offered a second", Int(step.offered))], step.achieved,
                "requests/s", note: "half done within \(Figure.text(step.median * 1e3)) ms")
        }
        rows.append(
            Self.row("most that was done", [], most, "requests/s", note: "and as many deliveries as follow from them"))
        for share in [0.5, 0.8] {
            let load = Parameter("of the most", "\(Int(share * 100)) %")
            Progress.say("A day at \(load.text)")
            let (outcome, histograms) = await day.run(rate: most * share, seconds: plan.seconds(1, 4, 60))
            rows.append(
                Self.row("requests", [load], outcome.rate, "requests/s", note: "\(outcome.failed) failed"))
            rows += Self.rows("begun late, in what follows", [load], outcome.lateness)
            for kind in DayRequest.allCases {
                let histogram = histograms.of(kind).value
                guard histogram.count > 0 else { continue }
                rows += Self.rows("\(kind.rawValue), from when it was due", [load], histogram)
            }
            guard share == 0.5 else { continue }
            let sends = histograms.of(.send).value
            rows.append(
                Self.row(
                    "send: slowest thousandth ÷ half", [load],
                    sends.percentile(0.999) / sends.percentile(0.5), "times",
                    aim: .atMost(10), note: "whether folding, or anything else, holds some up"))
        }
        return rows
    }

    private struct Step {
        var offered: Double
        var achieved: Double
        var median: Double
        /// Whether nothing piled up.
        var isInTime: Bool
    }

    /// Offers more and more until it is not done in time. Returns the most that was done in a second.
    private func saturate(_ day: Day, _ plan: Plan) async throws -> (most: Double, steps: [Step]) {
        var steps: [Step] = []
        var rate = 2_000.0
        while true {
            Progress.say("Offering \(Figure.text(rate)) requests a second")
            let (outcome, histograms) = await day.run(rate: rate, seconds: plan.seconds(0.3, 0.7, 5))
            let median = histograms.all.percentile(0.5) / 1e9
            // Half of them a hundredth of a second late, or a tenth less than was to be done: it piles up.
            let isInTime = outcome.isComplete && outcome.rate > rate * 0.9 && median < 0.01
            steps.append(Step(offered: rate, achieved: outcome.rate, median: median, isInTime: isInTime))
            if !isInTime { break }
            rate *= plan.size.of(2, 1.5, 1.25)
        }
        // A machine on which nothing is in time still did something.
        return (steps.last(where: \.isInTime)?.achieved ?? steps[0].achieved, steps)
    }
}

/// What a user asks for.
///
/// How often stands by it: of 16,371 messages in public logs of chats, 14,763 came from somebody else than the one
/// before, who had read that, so for 1,000 sends 902 markers move; and 3,271 times somebody came. Whoever comes
/// connects, lists the inbox, reads a page of history, receives what has piled up and acknowledges it.
enum DayRequest: String, CaseIterable, Sendable {
    case send, read, connect, inbox, history

    /// Of 1,000 sends' worth of requests. Inboxes and histories are part of coming, and timed apart.
    var frequency: Int {
        switch self {
        case .send: 1_000
        case .read: 902
        case .connect, .inbox, .history: 200
        }
    }

    static func random(_ generator: inout SeededGenerator) -> DayRequest {
        var choice = Int.random(in: 0..<allCases.map(\.frequency).reduce(0, +), using: &generator)
        for request in allCases {
            choice -= request.frequency
            if choice < 0 { return request }
        }
        return .send
    }
}

/// How long the requests of each kind took.
struct DayHistograms: Sendable {
    private let histograms = DayRequest.allCases.map { _ in SharedHistogram() }

    func of(_ request: DayRequest) -> SharedHistogram {
        histograms[DayRequest.allCases.firstIndex(of: request) ?? 0]
    }

    var all: Histogram { histograms.reduce(into: Histogram()) { $0.add($1.value) } }
}

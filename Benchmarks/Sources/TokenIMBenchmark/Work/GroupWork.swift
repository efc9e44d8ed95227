import Foundation
import TokenIM

/// Whether sending to many costs more than sending to few.
struct GroupWork: Work {
    static let name = "group"
    static let title = "sends to groups, with nobody, some or all of the members online"
    static let meetsServers = true

    private static let inFlight = 1_000

    /// A group, and what is sent to it: by the same two senders everywhere, so that only the group differs.
    private struct Target {
        var size: Int
        var members: [UserID]
        var load: Load

        var parameters: [Parameter] { [Parameter("members", size)] }
    }

    func measure(_ plan: Plan) async throws -> [Row] {
        let sizes = plan.size.of([2, 100], [2, 1_000, 100_000], [2, 1_000, 10_000, 100_000])
        let largest = sizes.max() ?? 2
        Progress.say("Creating groups of up to \(Figure.text(Double(largest)))")
        let store = try BenchmarkStore { $0.limits.groupMembers = max(100_000, largest) }
        let users = try await store.engine.createUsers(largest)
        var targets: [Target] = []
        for size in sizes {
            let group = try GroupID("group-of-\(size)")
            let members = Array(users.prefix(size))
            try await store.engine.createGroup(group, of: members)
            let traffic = Traffic.group(group, from: Array(users.prefix(2)))
            let load = Load(engine: store.engine, traffic: traffic, inFlight: Self.inFlight)
            targets.append(Target(size: size, members: members, load: load))
        }
        let alone = try await nobodyOnline(targets, plan)
        var rows = Self.rows(targets, alone)
        for (target, rates) in zip(targets, alone) {
            // Of a hundred thousand only some are online.
            let counts = target.size <= 10_000 ? [target.size / 100, target.size] : [target.size / 100]
            for count in counts where count > 0 {
                for isReceiving in [false, true] {
                    rows += try await someOnline(
                        count, isReceiving: isReceiving, target, alone: Samples(rates).median, plan)
                }
            }
        }
        return rows + (try contenders(targets, alone, plan))
    }

    // MARK: Nobody online

    private func nobodyOnline(_ targets: [Target], _ plan: Plan) async throws -> [[Double]] {
        let messages = plan.size.of(2_000, 10_000, 20_000)
        let turns = targets.map { target in
            { () async throws -> Double? in try await target.load.run(.messages(messages)).rate }
        }
        Progress.say("Sending with nobody online")
        _ = try await Turns.take(1, turns)
        return try await Turns.take(plan.rounds(1, 4, 20), turns)
    }

    private static func rows(_ targets: [Target], _ alone: [[Double]]) -> [Row] {
        var rows: [Row] = []
        for (target, rates) in zip(targets, alone) {
            rows.append(row("sends, nobody online", target.parameters, rates, "messages/s"))
        }
        for (target, rates) in zip(targets, alone).dropFirst() {
            let times = zip(alone[0], rates).map { $0 / $1 }
            rows.append(row("time for so many ÷ time for 2", target.parameters, times, "times", aim: .atMost(1.05)))
        }
        return rows
    }

    // MARK: Some online

    private func someOnline(
        _ count: Int, isReceiving: Bool, _ target: Target, alone: Double, _ plan: Plan
    ) async throws -> [Row] {
        let state = isReceiving ? "receiving" : "connected, not reading"
        Progress.say("Sending to \(target.size) members, \(count) of them \(state)")
        var sessions: [Session] = []
        var options = SessionOptions()
        options.start = .head
        let (engine, device) = (target.load.engine, try DeviceID("\(target.size)-\(count)-\(isReceiving)"))
        // The last ones, so that no sender is among them if that can be.
        for member in target.members.suffix(count) {
            sessions.append(try await engine.connect(member, device: device, options: options))
        }
        let receivers = isReceiving ? sessions.map { session in Task { await Self.receive(session) } } : []
        // Many who receive take most of the time of many messages.
        let messages = max(1_000, min(plan.size.of(1_000, 10_000, 20_000), plan.size.of(1, 1, 4) * 1_000_000 / count))
        let rounds = isReceiving ? plan.rounds(1, 1, 3) : plan.rounds(1, 2, 5)
        var rates: [Double] = []
        for _ in 0..<rounds { rates.append(try await target.load.run(.messages(messages)).rate) }
        for session in sessions { session.close() }
        for receiver in receivers { await receiver.value }
        let parameters = target.parameters + [Parameter("online", count), Parameter(state, "")]
        let row = Self.row("sends, some online", parameters, rates, "messages/s")
        // Of a few the cost is lost in what the machine does besides.
        guard count >= 100 else { return [row] }
        let added = rates.map { (1 / $0 - 1 / alone) * 1e9 / Double(count) }
        return [
            row,
            Self.row(
                "time of a send for each session online", parameters, added, "ns",
                aim: isReceiving ? nil : .atMost(200),
                note: isReceiving ? "on the same cores as receiving" : "what waking them takes"),
        ]
    }

    /// Takes and acknowledges whatever comes until the session is closed.
    private static func receive(_ session: Session) async {
        do {
            for try await delivery in session.deliveries { session.acknowledge(delivery) }
        } catch {
            return
        }
    }

    // MARK: The others

    private func contenders(_ targets: [Target], _ alone: [[Double]], _ plan: Plan) throws -> [Row] {
        let contest = try Contest.joining(plan)
        var rows: [Row] = []
        for (target, rates) in zip(targets, alone) {
            for contender in contest.contenders {
                let options = [
                    "--members", "\(target.size)", "--body", "256", "--in-flight", "\(Self.inFlight)", "--seconds",
                    "\(plan.seconds(0.3, 0.4, 3))",
                ]
                let outcomes = (0..<plan.rounds(1, 1, 3)).compactMap { _ in
                    contest.measure(contender, "group", options)
                }
                guard !outcomes.isEmpty else { continue }
                let theirs = outcomes.map(\.rate)
                rows.append(
                    Self.row(
                        "sends, nobody online", target.parameters, theirs, "messages/s", contender: contender.name,
                        note: contender.note))
                rows.append(
                    Row(
                        Self.name, "sends, TokenIM ÷ the other", target.parameters, ratioOf: rates, to: theirs,
                        contender: contender.name, note: contender.note))
            }
        }
        return rows
    }
}

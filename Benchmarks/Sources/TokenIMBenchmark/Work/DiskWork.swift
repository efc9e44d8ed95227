import Foundation
import TokenIM
import TokenIMTesting

/// What a message costs the disk in the long run.
struct DiskWork: Work {
    static let name = "disk"
    static let title = "bytes written to disk, and kept there, for each byte of content"

    private static let body = 256

    func measure(_ plan: Plan) async throws -> [Row] {
        var rows: [Row] = []
        for inFlight in plan.inFlight(plan.size.of([1_000], [1_000], [1, 100, 1_000])) {
            rows += try await engine(inFlight, plan)
        }
        return try rows + others(plan)
    }

    private func engine(_ inFlight: Int, _ plan: Plan) async throws -> [Row] {
        let many = plan.preload(5_000, 300_000, 5_000_000)
        // Singly it takes long, and folds come as often.
        let messages = inFlight < 1_000 ? max(1_000, many / 20) : many
        Progress.say("Sending \(Figure.text(Double(messages))) messages, \(inFlight) in flight")
        let directory = try TemporaryDirectory(prefix: "tokenim-benchmark")
        let path = directory.path + "/store"
        var engine = try BenchmarkStore.open(path)
        let users = try await engine.createUsers(20_002)
        engine.close()
        sync()
        let (before, kept) = (ProcessUse.bytesWritten, ProcessUse.storedBytes(in: path))
        engine = try BenchmarkStore.open(path)
        let load = Load(
            engine: engine, traffic: .direct(among: users, conversations: 100_000), inFlight: inFlight)
        _ = try await load.run(.messages(messages))
        engine.close()
        sync()
        let content = Double(messages * Self.body)
        let parameters = [Parameter("in flight", inFlight), Parameter("messages", messages)]
        let written = zip([before].compactMap(\.self), [ProcessUse.bytesWritten].compactMap(\.self)).map { $1 - $0 }
        let stored = ProcessUse.storedBytes(in: path) - kept
        return written.map { bytes in
            Self.row(
                "written for each byte of content", parameters, bytes / content, "bytes",
                aim: bytes == 0 ? nil : .atMost(3),
                note: bytes == 0 ? "nothing: the store is in memory" : "folds and closing are in it")
        } + [
            Self.row("written for each message", parameters, (written.first ?? .nan) / Double(messages), "bytes"),
            Self.row("kept for each byte of content", parameters, stored / content, "bytes"),
            Self.row("kept for each message", parameters, stored / Double(messages), "bytes"),
        ]
    }

    private func others(_ plan: Plan) throws -> [Row] {
        let contest = try Contest(plan.contenders.filter { $0.program != "limit-memory" }, plan.missing)
        let preload = plan.size.of(1_000, 10_000, 100_000)
        contest.prepare(conversations: 100_000, messages: preload, body: Self.body)
        var rows: [Row] = []
        for contender in contest.contenders {
            let options = [
                "--conversations", "100000", "--body", "\(Self.body)", "--in-flight", "1000", "--seconds",
                "\(plan.seconds(0.3, 1, 10))", "--distribution", "uniform", "--seed", "1",
            ]
            guard let outcome = contest.measure(contender, "send", options) else { continue }
            let sent = outcome.operations * Double(Self.body)
            let parameters = [Parameter("in flight", 1_000)]
            if let written = outcome.bytesWritten, written > 0 {
                rows.append(
                    Self.row(
                        "written for each byte of content", parameters, [written / sent], "bytes",
                        contender: contender.name, note: contender.note))
            }
            if let stored = outcome.storeBytes, stored > 0 {
                rows.append(
                    Self.row(
                        "kept for each byte of content", parameters,
                        [stored / (sent + Double(preload * Self.body))], "bytes", contender: contender.name,
                        note: "\(Figure.text(Double(preload))) messages were there before"))
            }
        }
        return rows
    }
}

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
        return rows
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

    /// What the rounds of a contender's sends say of this.
    static func rows(
        _ outcomes: [Contender.Outcome], _ contender: String, _ parameters: [Parameter], body: Int, there: Int
    ) -> [Row] {
        // A store goes on growing from round to round.
        var content = Double(there * body)
        var (written, kept): ([Double], [Double]) = ([], [])
        for outcome in outcomes {
            let sent = outcome.operations * Double(body)
            content += sent
            if let bytes = outcome.bytesWritten, bytes > 0 { written.append(bytes / sent) }
            if let bytes = outcome.storeBytes, bytes > 0 { kept.append(bytes / content) }
        }
        let note = "by its sends"
        return [("written for each byte of content", written), ("kept for each byte of content", kept)]
            .filter { !$0.1.isEmpty }
            .map { row($0.0, parameters, $0.1, "bytes", contender: contender, note: note) }
    }
}

import Foundation
import TokenIMTesting

/// The contenders that take part in one kind of work, each with a directory of its own, their servers running.
final class Contest {
    let contenders: [Contender]
    private let missing: Missing
    private var failed: Set<String> = []
    private let directory: TemporaryDirectory

    /// Starts the servers. One that does not start is left out.
    init(_ contenders: [Contender], _ missing: Missing) throws {
        self.contenders = contenders
        self.missing = missing
        directory = try TemporaryDirectory(prefix: "tokenim-contest")
        for contender in contenders {
            try FileManager.default.createDirectory(atPath: path(of: contender), withIntermediateDirectories: true)
            attempt(contender, "start") { try contender.run("start", path(of: contender)) }
        }
    }

    deinit {
        for contender in contenders { try? contender.run("stop", path(of: contender)) }
    }

    private func path(of contender: Contender) -> String { "\(directory.path)/\(contender.program)" }

    /// Has all of them filled.
    func prepare(conversations: Int, messages: Int, body: Int) {
        for contender in contenders {
            let options = ["--conversations", "\(conversations)", "--messages", "\(messages)", "--body", "\(body)"]
            attempt(contender, "prepare") {
                Progress.say("Filling \(contender.name)")
                try contender.run("prepare", path(of: contender), options)
            }
        }
    }

    /// Has one of them do a round. Nil when it cannot, or has failed before.
    func measure(_ contender: Contender, _ verb: String, _ options: [String]) -> Contender.Outcome? {
        var outcome: Contender.Outcome?
        attempt(contender, verb) { outcome = try contender.measure(verb, path(of: contender), options) }
        return outcome
    }

    private func attempt(_ contender: Contender, _ verb: String, _ body: () throws -> Void) {
        guard !failed.contains(contender.program) else { return }
        do {
            try body()
        } catch {
            Progress.say("\(contender.name) is left out from here on: \(error)")
            failed.insert(contender.program)
            missing.note("\(contender.name), at \(verb): \(error)")
        }
    }
}

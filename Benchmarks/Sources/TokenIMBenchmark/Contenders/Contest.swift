import Foundation
import TokenIMTesting

/// The contenders that take part, each with a directory of its own, their servers running.
///
/// Starting and filling them takes longer than most of what is measured, so works share a contest: the suite holds it,
/// and each work, which is a process of its own, joins it.
final class Contest {
    let contenders: [Contender]
    let path: String
    private let missing: Missing
    private var failed: Set<String> = []
    /// Nil for one who has joined, and stops nothing.
    private let directory: TemporaryDirectory?

    /// Starts the servers. One that does not start is left out.
    init(holding contenders: [Contender], _ missing: Missing) throws {
        let directory = try TemporaryDirectory(prefix: "contest")
        self.contenders = contenders
        self.missing = missing
        self.directory = directory
        path = directory.path
        let programs = contenders.map { URL(fileURLWithPath: $0.path).path + "\n" }.joined()
        try Data(programs.utf8).write(to: URL(fileURLWithPath: path + "/" + Self.programs))
        for contender in contenders {
            try FileManager.default.createDirectory(atPath: path(of: contender), withIntermediateDirectories: true)
            attempt(contender, "start") { try contender.run("start", path(of: contender)) }
        }
    }

    /// Takes part in the contest that the suite holds, or holds one when there is none.
    static func joining(_ plan: Plan) throws -> Contest {
        guard let path = plan.contest else { return try Contest(holding: plan.contenders, plan.missing) }
        return Contest(joining: path, plan.contenders, plan.missing)
    }

    private init(joining path: String, _ contenders: [Contender], _ missing: Missing) {
        self.contenders = contenders
        self.missing = missing
        self.path = path
        directory = nil
    }

    deinit {
        guard directory != nil else { return }
        for contender in contenders { try? contender.run("stop", path(of: contender)) }
    }

    /// The file that says who takes part, for whoever puts away what a run has left.
    private static let programs = "programs"

    /// Stops the servers of a contest that nobody holds any more, if there has been one in this directory.
    static func stopServers(in directory: String) {
        guard let programs = try? String(contentsOfFile: "\(directory)/\(programs)", encoding: .utf8) else { return }
        for program in programs.split(separator: "\n").map(String.init) {
            let place = directory + "/" + URL(fileURLWithPath: program).lastPathComponent
            guard FileManager.default.fileExists(atPath: place) else { continue }
            try? Program.performLast(program, ["stop", "--directory", place])
        }
    }

    private func path(of contender: Contender) -> String { "\(path)/\(contender.program)" }

    /// Has all of them filled that have not been.
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

import ArgumentParser
import Foundation

/// The engine, the limits and the rivals, side by side, on the same work.
struct SuiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suite", abstract: "Measures the engine beside limits and rivals, in turns, on the same work.",
        discussion: "Works:\n" + Works.all.map { "  \($0.name): \($0.title)" }.joined(separator: "\n"))

    @OptionGroup var options: PlanOptions
    @Option(help: "Write the report as JSON to this file.")
    var json: String?
    @Option(help: "Write the report as a page to this file.")
    var html: String?
    @Option(help: "Only these works, their names with commas between them.")
    var only: String?

    func validate() throws {
        let unknown = (names ?? []).filter { Works.named($0) == nil }
        guard unknown.isEmpty else { throw ValidationError("no such work: \(unknown.joined(separator: ", "))") }
    }

    private var names: [String]? {
        only?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    func run() async throws {
        try Run.begin()
        let loadBefore = Machine.load()
        let (contenders, absent) = try options.findContenders()
        for line in absent { Progress.say("Missing: \(line)") }
        let works = Works.all.filter { names?.contains($0.name) ?? true }
        let missing = Missing()
        for line in absent { missing.note(line) }
        // Its servers are stopped before works begin that do not meet them.
        let (met, first) = try meet(contenders, works.filter { $0.meetsServers }, missing)
        let (rest, then) = perform(works.filter { !$0.meetsServers }, contest: nil, missing)
        let rows = (met + rest).enumerated().sorted {
            (Works.place(of: $0.element.work), $0.offset) < (Works.place(of: $1.element.work), $1.offset)
        }.map(\.element)
        let failed = first + then
        let report = Report(
            machine: Machine(loadBefore: loadBefore), revision: Revision.current(), size: options.size.rawValue,
            contenders: contenders.map(\.description), missing: missing.all, rows: rows)
        if let json { try report.json().write(to: URL(fileURLWithPath: json)) }
        if let html { try Data(Page(report).html.utf8).write(to: URL(fileURLWithPath: html)) }
        print(report.table)
        if !failed.isEmpty { throw Program.Failure(description: "broken: \(failed.joined(separator: ", "))") }
    }

    /// Has works done that meet servers.
    private func meet(
        _ contenders: [Contender], _ works: [any Work.Type], _ missing: Missing
    ) throws -> (rows: [Row], failed: [String]) {
        guard !works.isEmpty else { return ([], []) }
        let contest = try Contest(holding: contenders, missing)
        return withExtendedLifetime(contest) { perform(works, contest: contest.path, missing) }
    }

    /// Has works done, each in a process of its own. Returns what they found, and those that are broken.
    private func perform(
        _ works: [any Work.Type], contest: String?, _ missing: Missing
    ) -> (rows: [Row], failed: [String]) {
        var (rows, failed): ([Row], [String]) = ([], [])
        let arguments = options.arguments + (contest.map { ["--contest", $0] } ?? [])
        for work in works {
            let began = ContinuousClock.now
            do {
                let part = try Report(json: Data(Program.runSelf(["work", work.name] + arguments).utf8))
                rows += part.rows
                for line in part.missing { missing.note(line) }
                let seconds = Figure.text(began.duration(to: .now).inSeconds)
                Progress.say("\n— \(work.name): \(work.title), \(seconds) s\n\(Report.table(of: part.rows))")
            } catch {
                missing.note("\(work.name): \(error)")
                failed.append(work.name)
            }
        }
        return (rows, failed)
    }
}

/// Does one work and prints its report as JSON, for ``SuiteCommand``.
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "work", shouldDisplay: false)

    @Argument var name: String
    @Option var contest: String?
    @OptionGroup var options: PlanOptions

    func run() async throws {
        guard let work = Works.named(name) else { throw ValidationError("no such work: \(name)") }
        try Run.begin()
        let plan = options.plan(try options.findContenders().found, contest: contest)
        let loadBefore = Machine.load()
        let rows = try await work.init().measure(plan)
        let report = Report(
            machine: Machine(loadBefore: loadBefore), size: plan.size.rawValue, missing: plan.missing.all, rows: rows)
        try FileHandle.standardOutput.write(contentsOf: report.json())
    }
}

/// Which sources were built.
enum Revision {
    /// Nil when git does not know.
    static func current() -> String? {
        let git = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
        guard let text = try? Program.run("/usr/bin/env", git, isQuiet: true) else { return nil }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

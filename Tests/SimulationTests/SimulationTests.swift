import Testing
import TokenIMTesting

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Random scripts on the engine and on the reference model.
@Suite struct SimulationTests {
    /// Another seed, or a longer script: `TOKENIM_SEED=7 TOKENIM_STEPS=100000 swift test --filter SimulationTests`.
    /// `TOKENIM_RUNS` says how many seeds from that one on.
    static let seeds: [UInt64] = {
        let first = variable("TOKENIM_SEED")
        let count = variable("TOKENIM_RUNS") ?? (first == nil ? 8 : 1)
        return (0..<count).map { (first ?? 1) + $0 }
    }()
    static let steps = variable("TOKENIM_STEPS").map { Int($0) } ?? 1_000

    private static func variable(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }

    @Test(arguments: seeds) func anEngineDoesWhatTheModelSays(seed: UInt64) async throws {
        let script = RandomScript.commands(seed: seed, count: Self.steps)
        guard let difference = try await Simulation.difference(in: script) else { return }
        let shortest = try await Shrinking.shortest(Array(script.prefix(difference.step + 1))) { candidate in
            try await Simulation.difference(in: candidate)?.kind == difference.kind
        }
        let last = try await Simulation.difference(in: shortest)
        let report: Comment = """
            seed \(seed), \(difference)
            shortest script, \(last.map { "\($0)" } ?? "which passes"):
            \(ScriptText.write(shortest))
            """
        Issue.record(report)
    }

    @Test(arguments: seeds.prefix(3)) func anEngineWithThreadsDoesSo(seed: UInt64) async throws {
        let script = RandomScript.commands(seed: seed &+ 1_000_000, count: Self.steps)
        let difference = try await Simulation.difference(in: script, isThreaded: true)
        #expect(difference == nil, "seed \(seed) and 1000000: \(difference.map { "\($0)" } ?? "")")
    }

    /// Scripts that once led to a difference.
    @Test(arguments: try Regression.all) func whatWasMendedStaysMended(regression: Regression) async throws {
        let script = try ScriptText.read(regression.text)
        let difference = try await Simulation.difference(in: script)
        #expect(difference == nil, "\(regression): \(difference.map { "\($0)" } ?? "")")
    }

    /// A comparison that finds nothing wrong with a wrong model would find nothing wrong with a wrong engine.
    @Test(arguments: SimulationMistake.allCases) func aMistakeIsFound(mistake: SimulationMistake) async throws {
        // Chance is kind to some mistakes in some scripts; not in all of these.
        for seed in 1...4 as ClosedRange<UInt64> {
            let script = RandomScript.commands(seed: seed, count: 500)
            if try await Simulation.difference(in: script, mistake: mistake) != nil { return }
        }
        Issue.record("\(mistake) is not found")
    }

    @Test func aFailingScriptIsMadeShort() async throws {
        let script = RandomScript.commands(seed: 2, count: 200)
        func fails(_ script: [ScriptCommand]) async throws -> Bool {
            try await Simulation.difference(in: script, mistake: .unreadIgnoresMarkers) != nil
        }
        #expect(try await fails(script))
        let shortest = try await Shrinking.shortest(script, fails: fails)
        #expect(try await fails(shortest))
        // Some users, a message, a marker: five lines or so.
        #expect(shortest.count <= 8)
    }

    /// A verb that is always refused would be compared with nothing.
    @Test func everyChangeIsAcceptedByAndBy() async throws {
        // What cannot be undone comes too rarely.
        let rare: [ScriptCommand.Verb] = [.dissolve, .deleteUser]
        var missing = Set(ScriptCommand.Verb.allCases.filter { $0.labels.contains(.key) && !rare.contains($0) })
        for seed in 1...6 as ClosedRange<UInt64> where !missing.isEmpty {
            let simulation = try Simulation()
            defer { simulation.close() }
            _ = await simulation.run(RandomScript.commands(seed: seed, count: 1_500))
            for line in simulation.trace {
                let parts = line.split(separator: " ")
                // Receipts begin with a position and end with whether they are duplicates; refusals are one word.
                guard parts.last == "false", let verb = parts.first else { continue }
                missing = missing.filter { $0.rawValue != verb }
            }
        }
        #expect(missing.isEmpty)
    }

    @Test func aScriptIsReadAsItWasWritten() throws {
        let script = RandomScript.commands(seed: 3, count: 20_000)
        #expect(Set(script.map(\.verb)) == Set(ScriptCommand.Verb.allCases))
        #expect(try ScriptText.read("# A remark.\n" + ScriptText.write(script)) == script)
        #expect(throws: ScriptFailure.self) { try ScriptText.read("send user:1") }
        #expect(throws: ScriptFailure.self) { try ScriptText.read("suspend user:1 key:x") }
    }

    @Test func theSameSeedGivesTheSameTraceAndTheSameFiles() async throws {
        let script = RandomScript.commands(seed: 4, count: 600)
        var traces: [[String]] = []
        var files: [[[UInt8]]] = []
        for _ in 0..<2 {
            let simulation = try Simulation()
            defer { simulation.close() }
            _ = await simulation.run(script)
            simulation.close()
            traces.append(simulation.trace)
            files.append(try StoreCopy.contents(of: simulation.storePath))
        }
        #expect(traces[0] == traces[1])
        #expect(!traces[0].isEmpty)
        for (one, other) in zip(files[0], files[1]) {
            #expect(one.count == other.count)
            let differing = zip(one, other).enumerated().first { $1.0 != $1.1 }
            #expect(differing == nil, "the files differ at byte \(differing.map { "\($0.offset)" } ?? "")")
        }
    }
}

/// A script that is kept.
struct Regression: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    var testDescription: String { name }

    /// All of the folder Regressions, in order of their names.
    static var all: [Regression] {
        get throws {
            let folder = "\(#filePath)".split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/Regressions"
            var names: [String] = []
            guard let directory = opendir(folder) else { return [] }
            defer { closedir(directory) }
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name.hasSuffix(".txt") { names.append(name) }
            }
            return names.sorted().map { Regression(name: $0, text: contents(of: "\(folder)/\($0)")) }
        }
    }

    private static func contents(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "cannot be read: \(path)" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

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
        let count = variable("TOKENIM_RUNS") ?? (first == nil ? 12 : 1)
        return (0..<count).map { (first ?? 1) + $0 }
    }()
    static let steps = variable("TOKENIM_STEPS").map { Int($0) } ?? 1_200

    private static func variable(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }

    @Test(arguments: seeds) func anEngineDoesWhatTheModelSays(seed: UInt64) async throws {
        let script = RandomScript.commands(seed: seed, count: Self.steps)
        guard let difference = try await Simulation.difference(in: script) else { return }
        let shortest = try await Shrinking.shortest(Array(script.prefix(difference.step + 1))) { candidate in
            guard let found = try await Simulation.difference(in: candidate) else { return false }
            return found.command.verb == difference.command.verb && found.kind == difference.kind
        }
        let last = try await Simulation.difference(in: shortest)
        let report: Comment = """
            seed \(seed), \(difference)
            shortest script, \(last.map { "\($0)" } ?? ""):
            \(ScriptText.write(shortest))
            """
        Issue.record(report)
    }
}

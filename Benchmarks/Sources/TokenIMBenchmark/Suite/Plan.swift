import ArgumentParser
import Foundation
import Synchronization

/// How a work is to be done, and who takes part.
struct Plan: Sendable {
    var size: Size
    var contenders: [Contender]
    var options: PlanOptions.Values
    /// Where the contest is that the suite holds.
    var contest: String?
    /// Told of contenders that fail.
    let missing = Missing()

    /// Messages that are there before anybody is measured, and the conversations that they are in.
    var prepared: Int { preload(5_000, 50_000, 2_000_000) }
    var conversations: Int { size.of(2_000, 100_000, 100_000) }

    /// Contenders with a program of one of these names.
    func contenders(named names: Set<String>) -> [Contender] {
        contenders.filter { names.contains($0.program) }
    }

    func rounds(_ tiny: Int, _ short: Int, _ long: Int) -> Int { options.rounds ?? size.of(tiny, short, long) }

    func seconds(_ tiny: Double, _ short: Double, _ long: Double) -> Double {
        options.seconds ?? size.of(tiny, short, long)
    }

    func preload(_ tiny: Int, _ short: Int, _ long: Int) -> Int { options.preload ?? size.of(tiny, short, long) }

    func inFlight(_ usual: [Int]) -> [Int] { options.inFlight ?? usual }
}

/// What could not be done, and why.
final class Missing: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock(\.self) }

    func note(_ line: String) {
        lines.withLock { $0.append(line) }
    }
}

/// The options that the suite hands on to the processes that do its works.
struct PlanOptions: ParsableArguments {
    @Flag(help: "How much is done.") var size = Size.short
    @Option(help: "The directory of the programs to compare with: Contenders/build, when it is there.")
    var contenders: String?
    @Option(help: "Messages that are there before, instead of what the size says.")
    var preload: Int?
    @Option(parsing: .upToNextOption, help: "Messages in flight, instead of what the size says.")
    var inFlight: [Int] = []
    @Option(help: "Rounds, instead of what the size says.")
    var rounds: Int?
    @Option(help: "Seconds of a round, instead of what the size says.")
    var seconds: Double?

    struct Values: Sendable {
        var preload: Int?
        var inFlight: [Int]?
        var rounds: Int?
        var seconds: Double?
    }

    mutating func validate() throws {
        let counts = [preload, rounds].compactMap(\.self) + inFlight
        guard counts.allSatisfy({ $0 > 0 }), (seconds ?? 1) > 0 else {
            throw ValidationError("sizes are greater than nothing")
        }
        if let contenders {
            var isDirectory: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: contenders, isDirectory: &isDirectory)
            guard isThere, isDirectory.boolValue else { throw ValidationError("no such directory: \(contenders)") }
        }
    }

    /// The same options for another process.
    var arguments: [String] {
        var arguments = ["--\(size.rawValue)"]
        if let contenders { arguments += ["--contenders", contenders] }
        if let preload { arguments += ["--preload", "\(preload)"] }
        if !inFlight.isEmpty { arguments += ["--in-flight"] + inFlight.map(String.init) }
        if let rounds { arguments += ["--rounds", "\(rounds)"] }
        if let seconds { arguments += ["--seconds", "\(seconds)"] }
        return arguments
    }

    /// The programs that are there, and a line for each that is not.
    func findContenders() throws -> (found: [Contender], missing: [String]) {
        let usual = "Contenders/build"
        if let contenders { return try Contender.all(in: contenders) }
        guard FileManager.default.fileExists(atPath: usual) else {
            return ([], ["everybody to compare with: no --contenders, and no \(usual) here"])
        }
        return try Contender.all(in: usual)
    }

    func plan(_ contenders: [Contender], contest: String? = nil) -> Plan {
        let values = Values(
            preload: preload, inFlight: inFlight.isEmpty ? nil : inFlight, rounds: rounds, seconds: seconds)
        return Plan(size: size, contenders: contenders, options: values, contest: contest)
    }
}

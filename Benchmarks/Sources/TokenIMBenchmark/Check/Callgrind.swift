import ArgumentParser
import Foundation
import TokenIM
import TokenIMTesting

/// Counts instructions with valgrind.
enum Callgrind {
    static func counters() throws -> [Counter] {
        guard (try? Program.run("/usr/bin/env", ["valgrind", "--version"], isQuiet: true)) != nil else {
            throw Program.Failure(description: "there is no valgrind here")
        }
        return [
            // A sync costs the same however many instructions led to it, so commits of one message count for more.
            Counter("send direct, alone: instructions", try instructions(from: 100, to: 400, []), tolerance: 0.03),
            Counter(
                "send direct, 1,000 in a commit: instructions",
                try instructions(from: 1_000, to: 4_000, ["--together"]),
                tolerance: 0.03),
        ]
    }

    /// What one message takes: by how much more messages take more.
    private static func instructions(from few: Int, to many: Int, _ options: [String]) throws -> Double {
        (try count(many, options) - count(few, options)) / Double(many - few)
    }

    private static func count(_ messages: Int, _ options: [String]) throws -> Double {
        let directory = try TemporaryDirectory(prefix: "tokenim-callgrind")
        let (log, program) = (directory.path + "/log", directory.path + "/program")
        // Valgrind stumbles over what the compiler writes for debuggers.
        _ = try Program.run("/usr/bin/env", ["strip", "-g", "-o", program, Program.itself()])
        Progress.say("Counting the instructions of \(messages) messages")
        // Chance in hashing would be chance in the count.
        let command =
            ["SWIFT_DETERMINISTIC_HASHING=1", "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
            + ["--log-file=\(log)", program, "send-for-counting", "--messages", "\(messages)"] + options
        _ = try Program.run("/usr/bin/env", command)
        let text = try String(contentsOfFile: log, encoding: .utf8)
        let line = text.split(separator: "\n").last { $0.contains("Collected :") }
        guard let count = line?.split(separator: " ").last.flatMap({ Double($0) }) else {
            throw Program.Failure(description: "valgrind did not say how many instructions there were")
        }
        return count
    }
}

/// Sends so many messages and ends, for ``Callgrind``.
struct SendForCounting: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "send-for-counting", shouldDisplay: false)

    @Option var messages: Int
    @Flag var together = false

    func run() async throws {
        let (test, _, traffic) = try await InlineCounts.makeTest()
        if together {
            for _ in 0..<(messages / 1_000) {
                try await InlineCounts.sendTogether(InlineCounts.outgoing(1_000, traffic), test.engine)
            }
        } else {
            for message in try InlineCounts.outgoing(messages, traffic) {
                try await InlineCounts.send(message, test.engine)
            }
        }
    }
}

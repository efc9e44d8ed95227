import Foundation
import TokenIMTesting

/// The C programs that show what the disk and LMDB allow, compiled into a temporary directory.
struct LimitPrograms {
    private static let names = ["im_send_lmdb", "journal_fold"]

    private let directory: TemporaryDirectory

    /// Nil, with a message, when the sources are not there.
    init?(sources: String?) throws {
        guard let sources else {
            Progress.say("No --limits: the C programs are left out, and the ratios to them.")
            return nil
        }
        let missing = Self.names.filter { !FileManager.default.fileExists(atPath: "\(sources)/\($0).c") }
        guard missing.isEmpty else {
            Progress.say("No \(missing[0]).c in \(sources): the C programs are left out, and the ratios to them.")
            return nil
        }
        directory = try TemporaryDirectory(prefix: "tokenim-limits")
        let flags = "$(pkg-config --cflags --libs lmdb 2>/dev/null || echo -llmdb) -lpthread -lm"
        for name in Self.names {
            Progress.say("Compiling \(name).c")
            let command = "${CC:-cc} -O2 -w -o \"$2\" \"$1\" \(flags)"
            _ = try Program.run("/bin/sh", ["-c", command, "sh", "\(sources)/\(name).c", "\(directory.path)/\(name)"])
        }
    }

    /// The path of a file for the programs to use.
    func path(_ name: String) -> String {
        "\(directory.path)/\(name)"
    }

    /// Runs a program and returns the figures of its last line, which is one of `name=value`.
    func run(_ name: String, _ arguments: [String]) throws -> [String: Double] {
        let line = try Program.run(path(name), arguments).split(separator: "\n").last ?? ""
        var figures: [String: Double] = [:]
        for field in line.split(separator: " ") {
            let parts = field.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            figures[String(parts[0])] = Double(parts[1].prefix { $0.isNumber || $0 == "." })
        }
        return figures
    }

    /// The messages per second that a program reports.
    func rate(_ name: String, _ arguments: [String]) throws -> Double {
        guard let rate = try run(name, arguments)["rate"] else {
            throw Program.Failure(description: "\(name) \(arguments.joined(separator: " ")): no rate")
        }
        return rate
    }
}

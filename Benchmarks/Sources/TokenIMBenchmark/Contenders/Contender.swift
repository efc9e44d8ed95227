import Foundation

/// A program that does the same work as the engine in another way: a limit of what can be, or a rival.
struct Contender: Sendable {
    /// What a contender says of itself.
    struct Description: Codable, Sendable {
        var name: String
        var version: String
        /// When it says that a message has been accepted, in words.
        var guarantee: String
        /// Whether that is as much as the engine promises.
        var equal: Bool
    }

    /// What a contender says of one round, times in nanoseconds. What it does not know is 0.
    struct Outcome: Codable, Sendable {
        var operations: Double
        var nanoseconds: Double
        var bytesWritten: Double?
        var p50: Double?
        var p99: Double?
        var p999: Double?
        var maximum: Double?
        var storeBytes: Double?

        var rate: Double { operations / nanoseconds * 1e9 }
    }

    /// What stands for the engine in a row.
    static let engine = "TokenIM"

    /// The file's name.
    let program: String
    let path: String
    let description: Description

    var name: String { description.name }
    var isLimit: Bool { program.hasPrefix("limit-") }
    /// What a comparison with it has to say.
    var note: String? { description.equal || isLimit ? nil : "weaker: \(description.guarantee)" }

    // MARK: What it can be asked for

    /// Does something for its effect.
    func run(_ verb: String, _ directory: String, _ options: [String] = []) throws {
        try Program.perform(path, [verb, "--directory", directory] + options)
    }

    /// Does something and says how fast. Nil when this contender cannot do such work.
    func measure(_ verb: String, _ directory: String, _ options: [String]) throws -> Outcome? {
        do {
            let text = try Program.run(path, [verb, "--directory", directory] + options)
            guard let line = text.split(separator: "\n").last else {
                throw Program.Failure(description: "\(program) \(verb): no answer")
            }
            return try JSONDecoder().decode(Outcome.self, from: Data(line.utf8))
        } catch let failure as Program.Failure where failure.status == Self.cannot {
            return nil
        }
    }

    private static let cannot: Int32 = 64
    private static let absent: Int32 = 69

    // MARK: Who there is

    /// The order in which they are named; others come after them.
    private static let order = [
        "limit-file", "limit-append", "limit-fold", "limit-memory", "four-trees", "sqlite", "postgres", "redis-always",
        "redis-everysec", "nats",
    ]

    /// The programs of a directory, and a line for each that is not there or cannot run here.
    static func all(in directory: String) throws -> (found: [Contender], missing: [String]) {
        let files = try FileManager.default.contentsOfDirectory(atPath: directory).filter { name in
            let path = "\(directory)/\(name)"
            var isDirectory: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
            return isThere && !isDirectory.boolValue && !name.contains(".")
                && FileManager.default.isExecutableFile(atPath: path)
        }
        let names = order.filter(files.contains) + files.filter { !order.contains($0) }.sorted()
        var missing = order.filter { !files.contains($0) }.map { "\($0): it has not been built" }
        var found: [Contender] = []
        for name in names {
            let path = "\(directory)/\(name)"
            do {
                let text = try Program.run(path, ["describe"])
                let description = try JSONDecoder().decode(Description.self, from: Data(text.utf8))
                found.append(Contender(program: name, path: path, description: description))
            } catch let failure as Program.Failure where failure.status == absent {
                missing.append("\(name): what it needs is not installed")
            } catch {
                missing.append("\(name): it cannot say what it is: \(error)")
            }
        }
        return (found, missing)
    }
}

#if DEBUG || LIBFUZZER

import TokenIM
import TokenIMLMDB
import TokenIMReplay
@testable import TokenIMTesting

/// What is asked of an engine, out of bytes.
extension FuzzTarget {
    /// A log, played as `tokenim replay` does.
    static let replays = FuzzTarget(
        name: "replays", summary: "logs, played on an engine: everything is delivered and counted as the log says",
        maximumLength: 600, dictionary: logLines.dictionary, seeds: logLines.seeds,
        examine: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard !text.utf8.contains(0) else { return "binary" }
            return try Waiting.result {
                let log = Log(InputFile(path: "log", text: text))
                let test = try TestEngine(configure: { $0.mapSize = 1 << 26 })
                defer { test.engine.close() }
                var player = Player(engine: test.engine, time: test.time, console: Console(write: { _ in }))
                do {
                    try await player.play([log])
                } catch let failure as ReplayFailure {
                    guard failure.status == .data else { throw Finding("is not played: \(failure)") }
                    return "refused"
                }
                let verification = try await test.engine.verify()
                guard verification.isSound else { throw Finding("\(verification.findings.prefix(3))") }
                return "\(player.summary.deliveries / 4)"
            }
        })

    /// Transcripts, run: what a person may write of any verb.
    static let plays = FuzzTarget(
        name: "plays", summary: "transcripts, run on an engine: no line breaks it, and it verifies",
        dictionary: transcriptWords.map { Array($0.utf8) }, seeds: { transcriptSeeds.map { Array($0.utf8) } },
        examine: { bytes in
            guard let transcript = try? Transcript(String(decoding: bytes, as: UTF8.self)) else { return "refused" }
            return try Waiting.result {
                do {
                    let played = try await transcript.run { configuration in
                        configuration.mapSize = 1 << 26
                        configuration.limits.foldEntries = 5
                    }
                    let errors = played.output.filter { $0.hasPrefix("error: ") }
                    for error in errors where ["(5002)", "(5006)", "(9001)"].contains(where: error.contains) {
                        throw Finding(error)
                    }
                    return (played.lines.suffix(2).map(\.verb) + errors.suffix(1).map { String($0.prefix(24)) })
                        .joined(separator: " ")
                } catch let failure as TranscriptFailure {
                    guard !failure.complaint.contains("not what its journal says") else { throw Finding("\(failure)") }
                    return String(failure.complaint.prefix(16))
                } catch let error as IMError where error.code.number < 2000 {
                    // A name or an argument that no engine takes.
                    return error.code.name
                }
            }
        })

    /// Calls of everything that an engine offers, with arguments of all kinds.
    static let requests = FuzzTarget(
        name: "requests",
        summary: "calls: refused or done, never broken; opening again changes nothing, and it verifies",
        maximumLength: 700,
        seeds: {
            (UInt64(1)..<9).map { seed in
                var generator = SeededGenerator(seed: seed)
                return (0..<200).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            }
        },
        examine: { bytes in
            try Waiting.result {
                var run = try await RequestRun(bytes)
                return try await run.run()
            }
        })

    /// The file of an LMDB environment, which the page verifier reads on its own.
    static let pages = FuzzTarget(
        name: "pages", summary: "data files: found sound or damaged, within their bounds",
        maximumLength: 1 << 17,
        seeds: { [try dataFile()] },
        examine: { bytes in
            let directory = try TemporaryDirectory(prefix: "fuzz")
            let path = "\(directory.path)/data.mdb"
            try StoreCopy.write(bytes, to: path)
            do throws(StorageError) {
                let damage = try PageVerifier.verify(dataFile: path)
                return damage.first.map { String($0.reason.prefix { !$0.isNumber }) } ?? "sound"
            } catch {
                guard [.versionMismatch, .damaged].contains(error.kind) else { throw Finding("\(error)") }
                return "\(error.kind)"
            }
        })

    private static func dataFile() throws -> [UInt8] {
        let directory = try TemporaryDirectory(prefix: "fuzz")
        var options = EnvironmentOptions(tables: ["rows", "others"])
        options.mapSize = 1 << 20
        options.allowsNetworkFileSystem = true
        options.createsIfMissing = true
        let environment = try Environment(directory: directory.path, options: options)
        defer { environment.close() }
        for round in UInt8(0)..<3 {
            try environment.write { transaction in
                for number in 0..<UInt8(40) {
                    let value = [UInt8](repeating: number, count: Int(number) * (number % 8 == 7 ? 150 : 3))
                    try [number, round].withUnsafeBytes { key in
                        try value.withUnsafeBytes { value in
                            _ = try transaction.put(environment.table("rows"), key: key, value: value)
                        }
                    }
                }
            }
        }
        return try StoreCopy.bytes(of: directory.path + "/data.mdb")
    }
}

#endif

import TokenIM
import TokenIMTesting

/// The command `replay`, without its command line.
package struct Replay {
    /// Paths of the logs. With none, a small conversation of its own making is told as it is played.
    package var logs: [String]
    /// Paths of the annotations: none, or one for each log in the same order.
    package var annotations: [String]
    /// Where the store is kept; nil for a temporary one.
    package var directory: String?
    /// Print the summary as one JSON object instead of text.
    package var printsJSON: Bool
    /// Print a line `position key` for each command as soon as it is on disk.
    package var printsReceipts: Bool

    package init(
        logs: [String] = [], annotations: [String] = [], directory: String? = nil, printsJSON: Bool = false,
        printsReceipts: Bool = false
    ) {
        self.logs = logs
        self.annotations = annotations
        self.directory = directory
        self.printsJSON = printsJSON
        self.printsReceipts = printsReceipts
    }

    /// Plays, checks, prints the summary.
    ///
    /// - Returns: with what to exit; unless it is `success`, the reason has been said on standard error.
    package func run(on console: Console) async -> ExitStatus {
        do {
            let logs = try readLogs(console)
            let summary: Summary
            if let directory {
                try StoreDirectory.requireUnused(directory)
                summary = try await play(logs, in: directory, console)
            } else {
                let temporary = try makeTemporaryDirectory()
                defer { temporary.remove() }
                summary = try await play(logs, in: temporary.path, console)
            }
            try console.write(printsJSON ? summary.json + "\n" : summary.text + "\n")
            return summary.verified ? .success : .software
        } catch {
            console.complain(error.message)
            return error.status
        }
    }

    /// Reads all input before anything is done with it.
    private func readLogs(_ console: Console) throws(ReplayFailure) -> [Log] {
        guard annotations.isEmpty || annotations.count == logs.count else {
            throw ReplayFailure(
                .usage,
                "--annotations is given once for each log: there are \(logs.count.counted("log")) "
                    + "and \(annotations.count) of annotations")
        }
        if logs.isEmpty { return [try Log.demonstration] }
        var result: [Log] = []
        for (index, path) in logs.enumerated() {
            let annotations =
                annotations.isEmpty ? .none : try Annotations(InputFile(path: annotations[index]))
            let log = Log(try InputFile(path: path), annotations: annotations)
            if log.endsInCutLine {
                console.complain("warning: \(path):\(log.lines.count): the last line is cut off; ignored")
            }
            result.append(log)
        }
        return result
    }

    private func makeTemporaryDirectory() throws(ReplayFailure) -> TemporaryDirectory {
        do {
            return try TemporaryDirectory()
        } catch {
            throw ReplayFailure(.cannotCreate, "no temporary directory: \(error)")
        }
    }

    private func play(
        _ logs: [Log], in directory: String, _ console: Console
    ) async throws(ReplayFailure) -> Summary {
        let begin = ContinuousClock.now
        let time = ManualTime(LogClock().now)
        let engine = try open(directory, time: time)
        defer { engine.close() }
        var narrator = self.logs.isEmpty && !printsJSON ? Narrator(write: console.write) : nil
        if narrator != nil { try console.write(Narrator.introduction) }
        var player = Player(
            engine: engine, time: time, console: console,
            tell: narrator == nil
                ? nil : { (event, time) throws(ReplayFailure) in try narrator?.tell(event, at: time) },
            acknowledge: printsReceipts
                ? { (receipt, key) throws(ReplayFailure) in try console.write("\(receipt.position) \(key)\n") } : nil)
        try await player.play(logs)
        if narrator != nil {
            try narrator?.finish()
            try console.write("\n")
        }
        var summary = player.summary
        summary.seconds = begin.duration(to: .now) / .seconds(1)
        let complaints = try await verify(engine, directory)
        for complaint in complaints { console.complain(complaint) }
        summary.verified = complaints.isEmpty
        summary.bytesOnDisk = StoreDirectory.bytesOnDisk(directory)
        return summary
    }

    private func open(_ directory: String, time: ManualTime) throws(ReplayFailure) -> Engine {
        var configuration = Configuration()
        configuration.runtime = .inline
        configuration.time = time
        do {
            return try Engine(directory: directory, configuration: configuration)
        } catch {
            let failure = ReplayFailure(engine: error, directory)
            throw failure.status == .software ? ReplayFailure(.cannotCreate, failure.message) : failure
        }
    }

    /// Has the engine recompute everything from its journal, closes it, and looks at every page of its files.
    ///
    /// - Returns: what is wrong.
    private func verify(_ engine: Engine, _ directory: String) async throws(ReplayFailure) -> [String] {
        do {
            let verification = try await engine.verify()
            engine.close()
            let damages = try Engine.check(directory: directory)
            return verification.findings.map { "verify: \($0)" } + damages.map { "check: \($0)" }
        } catch {
            throw ReplayFailure(playing: error, directory)
        }
    }
}

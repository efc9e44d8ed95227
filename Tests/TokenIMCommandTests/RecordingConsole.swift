import TokenIMReplay

/// A console that keeps what is said to it.
final class RecordingConsole {
    private(set) var output = ""
    private(set) var complaints: [String] = []
    private(set) var progress: [Console.Progress] = []
    /// After how many questions somebody asks to stop; nil for never.
    var linesUntilInterruption: Int?
    /// What writing fails with.
    var writeFailure: ReplayFailure?

    var console: Console {
        Console(
            write: { (text) throws(ReplayFailure) in
                if let failure = self.writeFailure { throw failure }
                self.output += text
            },
            complain: { self.complaints.append($0) },
            showProgress: { self.progress.append($0) },
            interruption: {
                guard let left = self.linesUntilInterruption else { return nil }
                self.linesUntilInterruption = left - 1
                return left == 0 ? .signal(2) : nil
            })
    }
}

/// What a replay has around it: where its words go, and who may stop it.
package struct Console {
    /// To standard output; what is written has left the process when this returns.
    package var write: (String) throws(ReplayFailure) -> Void
    /// To standard error, one line.
    package var complain: (String) -> Void
    /// Called now and then while playing, with what has been done so far.
    package var showProgress: (Progress) -> Void
    /// With what to exit, when somebody has asked to stop.
    package var interruption: () -> ExitStatus?

    package init(
        write: @escaping (String) throws(ReplayFailure) -> Void,
        complain: @escaping (String) -> Void = { _ in },
        showProgress: @escaping (Progress) -> Void = { _ in },
        interruption: @escaping () -> ExitStatus? = { nil }
    ) {
        self.write = write
        self.complain = complain
        self.showProgress = showProgress
        self.interruption = interruption
    }

    /// How far a replay has come.
    package struct Progress: Hashable, Sendable {
        package let lines: Int
        package let ofLines: Int
        package let deliveries: Int

        package init(lines: Int, ofLines: Int, deliveries: Int) {
            self.lines = lines
            self.ofLines = ofLines
            self.deliveries = deliveries
        }

        /// One line for a terminal.
        package var bar: String {
            let share = ofLines > 0 ? Double(lines) / Double(ofLines) : 1
            let width = 20
            let filled = Int(share * Double(width))
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
            let percent = String(Int(share * 100))
            return String(repeating: " ", count: 3 - percent.count) + "\(percent)% \(bar) "
                + "\(lines.grouped) of \(ofLines.grouped) lines, \(deliveries.counted("delivery", "deliveries"))"
        }
    }
}

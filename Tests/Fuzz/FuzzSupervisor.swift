import Foundation
import TokenIMTesting

/// Runs a target in a process of its own and says what became of it.
struct FuzzSupervisor {
    let target: FuzzTarget
    let seed: UInt64
    let runs: Int
    let seconds: Double?
    let corpus: String
    let findings: String

    /// - Returns: whether nothing was found.
    func run() throws -> Bool {
        let temporary = try TemporaryDirectory(prefix: "fuzz")
        defer { temporary.remove() }
        let current = "\(temporary.path)/current"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Self.executable())
        process.arguments =
            [target.name, "--worker", "--seed", "\(seed)", "--corpus", corpus, "--findings", current]
            + ["--runs", "\(runs)"] + (seconds.map { ["--seconds", "\($0)"] } ?? [])
        // What it leaves behind when it dies goes away with this.
        let variables = ["TMPDIR": temporary.path, "SWIFT_BACKTRACE": "enable=no"]
        process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
        let (output, complaints) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, complaints)
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationReason == .exit, process.terminationStatus == 0 { return report(said) }
        try report(complaint, of: process, at: current)
        return false
    }

    private func report(_ said: String) -> Bool {
        let numbers = said.split(separator: " ").compactMap { Double($0.filter { $0 != "\n" }) }
        guard numbers.count == 3 else {
            print("\(target.name): it ended without a word")
            return false
        }
        let rate = numbers[2] > 0 ? Int(numbers[0] / numbers[2]) : 0
        print("\(target.name): \(Int(numbers[0])) inputs, \(Int(numbers[1])) outcomes, \(rate) a second")
        return true
    }

    private func report(_ complaint: String, of process: Process, at current: String) throws {
        let input = try Note.read(current)
        let path = "\(findings)/\(target.name)-\(Corpus.name(of: input))"
        try Corpus.write(input, to: path)
        let isHang = process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGALRM
        let how =
            process.terminationReason == .exit
            ? "a finding" : isHang ? "a hang" : "signal \(process.terminationStatus)"
        let lines = complaint.split(separator: "\n").filter { !$0.isEmpty }.prefix(3)
        print("\(target.name): \(how), seed \(seed): \(lines.joined(separator: " | "))")
        print("  again: Fuzz \(target.name) --only \(path)")
    }

    private static func executable() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }
}

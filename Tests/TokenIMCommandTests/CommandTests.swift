import Foundation
import Testing
import TokenIMTesting

/// The executable as the shell sees it; what a replay does is in ``ReplayTests``.
@Suite("The command tokenim replay")
struct CommandTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private struct Outcome {
        let status: Int32
        let output: String
        let complaint: String
    }

    /// Runs the executable that was built beside these tests, with a temporary directory of its own.
    private func run(_ arguments: String..., output: FileHandle? = nil) throws -> Outcome {
        let temporary = URL(fileURLWithPath: directory.path + "/temporary", isDirectory: true)
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = Self.products.appendingPathComponent("tokenim")
        process.arguments = ["replay"] + arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(["TMPDIR": temporary.path]) { _, ours in ours }
        let complaints = Pipe()
        let written = Pipe()
        process.standardOutput = output ?? written
        process.standardError = complaints
        try process.run()
        // What it says to standard error fits into a pipe.
        let text = output == nil ? try written.fileHandleForReading.readToEnd() : nil
        let complaint = try complaints.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == [], "left behind")
        return Outcome(
            status: process.terminationStatus, output: String(decoding: text ?? Data(), as: UTF8.self),
            complaint: String(decoding: complaint ?? Data(), as: UTF8.self))
    }

    private final class Marker {}

    /// Where the package's products are built.
    private static var products: URL {
        let bundle = Bundle(for: Marker.self).bundleURL
        #if os(macOS)
        return bundle.deletingLastPathComponent()
        #else
        return bundle
        #endif
    }

    @Test func playsLogsWithTheirAnnotations() throws {
        let log = try directory.write("[10:00] <ada> one\n[10:01] <ben> two\n[10:02] <ada> three\n", to: "log")
        let annotations = try directory.write("0 1 -\n", to: "annotations")
        let store = directory.path + "/store"
        let outcome = try run(
            log, "--annotations", annotations, log, "--annotations", annotations, "--json", "--directory", store)
        #expect(outcome.status == 0)
        #expect(outcome.complaint == "")
        #expect(outcome.output.hasPrefix("{\"users\": 2, \"messages\": 6, "))
        #expect(outcome.output.contains("\"replies\": 2, "))
        #expect(outcome.output.hasSuffix("\"verified\": true}\n"))
        #expect(try run(log, "--directory", store).status == 73)
    }

    @Test func tellsAConversationWithoutArguments() throws {
        let outcome = try run()
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("✓ ben, chloe\n"))
        // No progress where nobody looks.
        #expect(outcome.complaint == "")
    }

    @Test("says what is wrong in one line, with a status of sysexits.h")
    func badInput() throws {
        let missing = try run("\(directory.path)/none")
        #expect(missing.status == 66)
        #expect(missing.complaint == "tokenim: \(directory.path)/none: No such file or directory\n")
        #expect(missing.output == "")
        #expect(try run(directory.path).status == 66)
        #expect(try run(try directory.write([0xFF], to: "log")).status == 65)
        #expect(try run("--annotations", "none").status == 64)
        #expect(try run("--nonsense").status == 64)
    }

    @Test func documentsItsStatuses() throws {
        let help = try run("--help")
        #expect(help.status == 0)
        for status in [64, 65, 66, 70, 73, 74] { #expect(help.output.contains("\n  \(status)  ")) }
        #expect(!help.output.contains("--receipts"))
    }

    @Test func failsWhenItsOutputDoes() throws {
        guard let full = FileHandle(forWritingAtPath: "/dev/full") else { return }
        let outcome = try run("--json", output: full)
        #expect(outcome.status == 74)
        #expect(outcome.complaint == "tokenim: standard output: No space left on device\n")
    }
}

import Foundation
import Testing
import TokenIM
import TokenIMReplay
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

    private var temporary: URL { URL(fileURLWithPath: directory.path + "/temporary", isDirectory: true) }

    /// A process of the executable that was built beside these tests, with a temporary directory of its own.
    ///
    /// - Parameter limit: how long a file may grow, in blocks of 512 bytes.
    private func makeProcess(_ arguments: [String], limit: Int? = nil) throws -> Process {
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let executable = Self.products.appendingPathComponent("tokenim").path
        let size = limit.map(String.init) ?? "unlimited"
        process.arguments = ["-c", "ulimit -f \(size) && exec \"$0\" replay \"$@\"", executable] + arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(["TMPDIR": temporary.path]) { _, ours in ours }
        return process
    }

    private func run(_ arguments: String..., output: FileHandle? = nil, limit: Int? = nil) throws -> Outcome {
        let process = try makeProcess(arguments, limit: limit)
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

    /// Opens a store that was left behind, and expects it to be sound.
    ///
    /// - Returns: how many entries it has.
    private func entries(of store: String) async throws -> Position {
        let engine = try Engine(directory: store)
        defer { engine.close() }
        #expect(try await engine.verify().findings == [])
        return engine.head
    }

    /// A log long enough that its receipts do not fit into a pipe that nobody reads.
    private func longLog() throws -> String {
        try directory.write((0..<8000).map { "[10:00] <nick\($0 % 50)> line \($0)\n" }.joined(), to: "long")
    }

    @Test("leaves a valid store with all that it gave receipts for, when it is killed")
    func kill() async throws {
        let store = directory.path + "/store"
        let process = try makeProcess([try longLog(), "--directory", store, "--receipts"])
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var receipts = Data()
        while receipts.count < 2000 {
            let more = output.fileHandleForReading.availableData
            try #require(!more.isEmpty, "it ended by itself")
            receipts += more
        }
        #expect(Foundation.kill(process.processIdentifier, SIGKILL) == 0)
        receipts += try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)

        let lines = String(decoding: receipts, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let last = try #require(lines.dropLast().last?.split(separator: " ").first.flatMap { Position($0) })
        #expect(try await entries(of: store) >= last)
    }

    // The thread sanitizer's own files count against the limit, and it cannot bear that.
    @Test(
        "leaves a valid store when there is no room for it",
        .disabled(if: ProcessInfo.processInfo.environment["TSAN_OPTIONS"] != nil, "not under the thread sanitizer"))
    func fullDisk() async throws {
        let store = directory.path + "/store"
        let outcome = try run(try longLog(), "--directory", store, limit: 400)
        #expect(outcome.status == 74)
        #expect(outcome.complaint.contains("cannot write the store: "))
        #expect(try await entries(of: store) > 0)
    }
}

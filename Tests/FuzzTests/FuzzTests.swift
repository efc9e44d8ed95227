import Foundation
import Testing

#if os(Linux)

/// A short slice of every fuzz target, the same in every run, and its corpus. See `Tests/Fuzz/README.md`.
@Suite struct FuzzTests {
    /// What the executable beside the tests prints, and whether it says that nothing was found.
    private func run(_ arguments: [String]) throws -> (isFine: Bool, output: String) {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("Fuzz")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus == 0, String(decoding: output, as: UTF8.self))
    }

    @Test func noBytesBreakADecoder() throws {
        let decoders = ["entries", "bodies", "records", "keys", "values", "numbers", "tokens", "times"]
        let (isFine, output) = try run(decoders + ["--runs", "2000", "--findings", NSTemporaryDirectory()])
        #expect(isFine, "\(output)")
        for decoder in decoders { #expect(output.contains("\(decoder): ")) }
    }

    @Test func noTextBreaksAParser() throws {
        let parsers = ["log-lines", "annotations", "transcripts", "scripts"]
        let (isFine, output) = try run(parsers + ["--runs", "1000", "--findings", NSTemporaryDirectory()])
        #expect(isFine, "\(output)")
        for parser in parsers { #expect(output.contains("\(parser): ")) }
    }

    @Test func noCallsBreakAnEngine() throws {
        let targets = ["replays", "plays", "requests", "pages"]
        let (isFine, output) = try run(targets + ["--runs", "30", "--findings", NSTemporaryDirectory()])
        #expect(isFine, "\(output)")
        for target in targets { #expect(output.contains("\(target): ")) }
    }
}

#endif

import Foundation
import Testing
import TokenIMTesting

/// The executable that was built beside these tests, as the shell sees it.
@Suite("The command tokenim simulate")
struct SimulateCommandTests {
    @Test func theSameSeedGivesTheSameTraceInTwoProcesses() async throws {
        let arguments = ["--seed", "9", "--steps", "150"]
        let (one, other) = (try run(arguments), try run(arguments))
        #expect(one.status == 0 && other.status == 0)
        let line = try #require(one.output.split(separator: "\n").first { $0.contains("trace") })
        #expect(other.output.contains(line))
        let world = try await World(seed: 9)
        #expect(await world.run(RandomWorld.commands(seed: 9, count: 150)) == nil)
        #expect(line.contains(String(world.network.traceHash, radix: 16)))
        #expect(try !run(["--seed", "10", "--steps", "150"]).output.contains(line))
    }

    @Test func runsAScriptThatWasPrinted() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/script"
        try Data("# A remark.\nsend device:0 to:1\nwait milliseconds:1000\n".utf8).write(to: URL(fileURLWithPath: path))
        let outcome = try run(["--seed", "3", "--script", path, "--trace"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains(" send device:0 to:1\n"))
        #expect(outcome.output.contains(" ada/phone > 1 request phone-1\n"))
        try Data("fly\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try run(["--seed", "3", "--script", path]).status == 64)
    }

    @Test func saysWhatIsWrongWithItsArguments() throws {
        #expect(try run(["--steps", "0"]).status == 64)
        #expect(try run(["--script", "none"]).status == 64)
        #expect(try run(["--seed", "1", "--script", "/none"]).status == 66)
    }

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = Self.products.appendingPathComponent("tokenim")
        process.arguments = ["simulate"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = try output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text ?? Data(), as: UTF8.self))
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
}

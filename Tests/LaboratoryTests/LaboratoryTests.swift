import Foundation
import Testing

#if os(Linux)

/// A short slice of each experiment of the laboratory, the same in every run. See `Tests/Laboratory/README.md` for the
/// long ones. One after the other: each blocks a thread that other tests want.
@Suite(.serialized) struct LaboratoryTests {
    /// What the executable beside the tests prints, and whether it says that all is as it should be.
    private func run(_ arguments: [String]) throws -> (isFine: Bool, output: String) {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("Laboratory")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus == 0, String(decoding: output, as: UTF8.self))
    }

    @Test(arguments: [("chat", "250"), ("threads", "150"), ("copies", "120")])
    func aPowerCutLosesNothingThatWasAcknowledged(load: String, count: String) throws {
        let (isFine, output) = try run(["power-cuts", "--load", load, "--length", "30", "--count", count])
        #expect(isFine, "\(output)")
        #expect(output.contains("\(count) images"))
    }

    /// Without these the store does lose what was acknowledged: a laboratory that does not see it sees nothing.
    @Test(arguments: [("no-sync", "chat"), ("no-meta-sync", "chat"), ("no-file-sync", "copies")])
    func aMissingSyncIsSeen(weakness: String, load: String) throws {
        let arguments = ["--load", load, "--length", "30", "--count", "60"]
        let (isFine, output) = try run(["power-cuts", "--weaken", weakness, "--expect-defects"] + arguments)
        #expect(isFine, "\(output)")
        #expect(output.contains("60 images"))
        #expect(!output.contains(" 0 defects"))
    }

    @Test func aFailingCallLosesNothingThatWasAcknowledged() throws {
        let (isFine, output) = try run(["faults", "--count", "120"])
        #expect(isFine, "\(output)")
        #expect(output.contains("120 faults"))
        for code in ["input-output", "outcome-unknown", "storage-full"] { #expect(output.contains(code)) }
    }

    @Test func aStoreWhoseCreationFailedLosesNothingLater() throws {
        let (isFine, output) = try run(["faults", "--length", "12", "--calls", "80", "--cuts", "6", "--count", "150"])
        #expect(isFine, "\(output)")
        #expect(output.contains("150 faults"))
    }

    @Test func whatAProcessLeavesThatDiesWithinACallIsNotBuiltUpon() throws {
        let arguments = ["--failure", "death", "--length", "12", "--cuts", "8", "--count", "60", "--seed", "300"]
        let (isFine, output) = try run(["faults"] + arguments)
        #expect(isFine, "\(output)")
        #expect(output.contains("60 faults"))
    }

    @Test func aKilledProcessLosesNothingThatWasAcknowledged() throws {
        let (isFine, output) = try run(["kills", "--count", "3", "--kills", "4"])
        #expect(isFine, "\(output)")
        #expect(output.contains("3 stores"))
    }

    @Test func damageIsFound() throws {
        let (isFine, output) = try run(["damages", "--length", "40", "--count", "150"])
        #expect(isFine, "\(output)")
        #expect(output.contains("150 damaged stores"))
    }
}

#endif

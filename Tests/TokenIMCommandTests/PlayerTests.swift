import Testing
import TokenIM
import TokenIMReplay
import TokenIMTesting

@Suite("A player")
struct PlayerTests {
    /// The second time every command is a duplicate, and everything has been acknowledged: nobody gets anything.
    @Test("finds out when the engine delivers less than it should")
    func missingDeliveries() async throws {
        let directory = try TemporaryDirectory()
        let time = ManualTime(LogClock().now)
        var configuration = Configuration()
        configuration.runtime = .inline
        configuration.time = time
        let engine = try Engine(directory: directory.path + "/store", configuration: configuration)
        defer { engine.close() }
        let log = Log(InputFile(path: "log", text: "[10:00] <ada> one\n[10:00] <ben> two\n"))

        var first = Player(engine: engine, time: time, console: RecordingConsole().console)
        try await first.play([log])
        #expect(first.summary.deliveries == 1)

        var second = Player(engine: engine, time: time, console: RecordingConsole().console)
        let failure = await #expect(throws: ReplayFailure.self) { try await second.play([log]) }
        #expect(failure?.status == .software)
        #expect(
            failure?.message.hasPrefix("at the end: delivery check failed: ada got nothing more, but owed was message")
                == true)
    }
}

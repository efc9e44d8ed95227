import Testing
import TokenIM
import TokenIMReplay
import TokenIMTesting

@Suite("A player")
struct PlayerTests {
    private let directory: TemporaryDirectory
    private let time = ManualTime(LogClock().now)
    private let engine: Engine

    init() throws {
        directory = try TemporaryDirectory()
        var configuration = Configuration()
        configuration.runtime = .inline
        configuration.time = time
        engine = try Engine(directory: directory.path + "/store", configuration: configuration)
    }

    /// Plays a log twice. The second time every command is a duplicate, and everything has been acknowledged: nobody
    /// gets anything, and the inboxes are from the beginning what they are at the end.
    private func playTwice(_ text: String) async throws -> (deliveries: Int, failure: ReplayFailure?) {
        defer { engine.close() }
        let log = Log(InputFile(path: "log", text: text))
        var first = Player(engine: engine, time: time, console: RecordingConsole().console)
        try await first.play([log])
        var second = Player(engine: engine, time: time, console: RecordingConsole().console)
        return (first.summary.deliveries, await #expect(throws: ReplayFailure.self) { try await second.play([log]) })
    }

    @Test("finds out when the engine delivers less than it should")
    func missingDeliveries() async throws {
        // Whenever inboxes are looked at, ben has spoken last.
        let log = String(repeating: "[10:00] <ada> one\n[10:00] <ben> two\n", count: 20)
        let (deliveries, failure) = try await playTwice(log)
        #expect(deliveries == 39)
        #expect(failure?.status == .software)
        #expect(
            failure?.message.hasPrefix("at the end: delivery check failed: ada got nothing more, but owed was message")
                == true)
    }

    @Test("finds out when an inbox is not what it should be")
    func wrongInbox() async throws {
        let (_, failure) = try await playTwice("[10:00] <ada> one\n[10:00] <ben> ada: two\n")
        #expect(
            failure
                == ReplayFailure(
                    .software,
                    "log:1: inbox check failed: ada has 1 message, 1 mention unread, and should have "
                        + "0 messages, 0 mentions"))
    }
}

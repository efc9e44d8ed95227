import Foundation
import Testing
import TokenIMReplay

/// A log of a real channel, which is not part of the repository: it is looked for in `shared/data/irc`, beside the
/// checkout or a directory that it is in. The numbers were counted from the log alone, by a program of another kind.
@Suite("A replay of a real log")
struct RealLogTests {
    private static let name = "2004-12-25.train-c"

    private static let logs: URL? = {
        var directory = URL(fileURLWithPath: #filePath)
        while directory.path != "/" {
            directory.deleteLastPathComponent()
            let logs = directory.appendingPathComponent("shared/data/irc")
            if FileManager.default.fileExists(atPath: logs.appendingPathComponent("\(name).raw.txt").path) {
                return logs
            }
        }
        return nil
    }()

    @Test("comes to the numbers of the log", .enabled(if: logs != nil, "the logs are not here"))
    func numbers() async throws {
        let logs = try #require(Self.logs)
        let recording = RecordingConsole()
        let replay = Replay(
            logs: [logs.appendingPathComponent("\(Self.name).raw.txt").path],
            annotations: [logs.appendingPathComponent("\(Self.name).annotation.txt").path], printsJSON: true)
        #expect(await replay.run(on: recording.console) == .success)
        #expect(
            recording.output.hasPrefix(
                """
                {"users": 240, "messages": 1165, "skipped": 0, "ignored": 12, "renames": 8, "replies": 326, \
                "deliveriesLive": 114400, "deliveriesCatchUp": 13879, "deliveries": 128279, "unreadAtEnd": 112044,
                """))
    }
}

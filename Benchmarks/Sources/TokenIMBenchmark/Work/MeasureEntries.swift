import ArgumentParser
import Foundation
import TokenIM
import TokenIMTesting

/// Says by how many bytes a working set has grown that nobody folds, in a process that has nothing else.
struct MeasureEntries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "measure-entries", shouldDisplay: false)

    @Argument var path: String
    /// Messages, as many to each conversation.
    @Option var entries: Int
    @Option var conversations: Int
    @Flag(help: "Each message has an idempotency key.") var keyed = false

    func run() async throws {
        let engine = try BenchmarkStore.open(path) { configuration in
            withoutFolds(&configuration)
            configuration.limits.keyMergeEntries = entries
        }
        let users = try FillStore.users()
        guard case .direct(let pairs) = Traffic.direct(among: users, conversations: conversations).route else { return }
        let before = try ResidentMemory.settledPrivateBytes()
        for start in stride(from: 0, to: entries, by: 1_000) {
            try await engine.transaction { transaction in
                var source = MessageSource(.group("unused", from: []))
                for number in start..<min(entries, start + 1_000) {
                    let pair = pairs[number % pairs.count]
                    let change = Change.send(Traffic.texts[number % 16], to: .user(pair.other))
                    let key = keyed ? try source.makeKey() : nil
                    try transaction.perform(change, by: .user(pair.one), key: key)
                }
            }
        }
        try FileHandle.standardOutput.write(
            contentsOf: JSONEncoder().encode(try ResidentMemory.settledPrivateBytes() - before))
        withExtendedLifetime(engine) { _exit(0) }
    }
}

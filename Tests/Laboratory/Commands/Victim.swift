import ArgumentParser

/// The process that is killed: see ``SendingLoad``.
struct Victim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends until it is killed, or has sent enough.", shouldDisplay: false)

    @Argument var directory: String
    @Option(parsing: .upToNextOption) var next: [Int]
    @Option var seed: UInt64
    @Option var killAt = 0
    @Flag var isAfter = false

    func run() async throws {
        if killAt > 0 {
            StorageCalls.watch(directory, keepsLog: false)
            StorageCalls.kill(at: killAt, isAfter: isAfter)
        }
        try await SendingLoad(seed: seed).run(in: directory, from: next)
    }
}

import Testing
import TokenIM
import TokenIMTesting

@Suite struct ConfigurationTests {
    private static let senseless: [@Sendable (inout Limits) -> Void] = [
        { $0.contentBytes = 0 }, { $0.contentBytes = (1 << 20) + 1 }, { $0.profileBytes = -1 }, { $0.pageSize = 0 },
        { $0.mailboxCapacity = 0 }, { $0.batchCommands = 0 }, { $0.batchBytes = .max }, { $0.foldEntries = 0 },
        { $0.foldEntries = .max }, { $0.keyMergeEntries = .max }, { $0.sessionWindow = 0 },
        { $0.sessionWindow = 4097 }, { $0.waitingCommands = -1 }, { $0.acknowledgementWait = .zero },
        { $0.foldQuiet = .seconds(-1) }, { $0.consumerBackoff = [.seconds(-1)] }, { $0.consumerInFlight = 0 },
    ]

    @Test(arguments: senseless.indices)
    func limitsThatMakeNoSenseAreRefused(index: Int) throws {
        let directory = try TemporaryDirectory()
        var configuration = Configuration()
        Self.senseless[index](&configuration.limits)
        do {
            let engine = try Engine(directory: directory.path + "/store", configuration: configuration)
            engine.close()
            Issue.record("opened all the same")
        } catch {
            #expect(error.code == .malformedArgument)
        }
    }

    @Test func theLargestContentIsSentAndReceived() async throws {
        let test = try TestEngine { $0.limits.contentBytes = 1 << 20 }
        try await test.engine.users.create("alice")
        try await test.engine.users.create("bob")
        let content = Content.custom(type: "blob", bytes: [UInt8](repeating: 7, count: (1 << 20) - 4))
        try await test.engine.messages.send(content, from: "alice", to: .user("bob"), key: "1")
        let phone = try await test.engine.connect("bob", device: "phone")
        #expect(try phone.receive().first?.message?.content == content)
    }
}

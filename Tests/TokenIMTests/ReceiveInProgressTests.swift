import TokenIMLMDB
import Testing
@testable import TokenIM
import TokenIMLMDB
import TokenIMTesting

@Suite struct ReceiveInProgressTests {
    @Test func aSecondReceiverIsToldThatAnotherIsAtWork() async throws {
        let test = try TestEngine()
        try await test.engine.create("alice", "bob")
        try await test.engine.say("1", from: "alice", to: .user("bob"))
        let phone = try await test.engine.connect("bob", device: "phone")
        _ = try phone.reception.begin(limit: 1)
        await expect(.receiveInProgress) { try phone.receive() }
        _ = phone.reception.end(.seconds(30)) { $0.abandon() }
        #expect(try phone.receive().texts == ["1"])
    }
}

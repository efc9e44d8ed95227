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
        _ = try test.engine.core.live.withLock { try $0.beginReceiving(phone.number, limit: 1) }
        await expect(.receiveInProgress) { try phone.receive() }
        test.engine.core.live.withLock { $0.endReceiving(phone.number) { _ in } }
        #expect(try phone.receive().texts == ["1"])
    }
}

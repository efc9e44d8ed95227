import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct DigestCollisionTests {
    @Test(arguments: Stage.Interval.allCases)
    func keysThatShareADigestAreStillDifferentKeys(_ interval: Stage.Interval) async throws {
        let stage = try Stage { $0.limits.keyMergeEntries = 4 }
        try await stage.engine.create("alice", "bob")
        let seed = stage.engine.core.store.keySeed
        let keys = CollidingKeys.find(5, author: 1, seed: seed)
        try #require(keys.count == 5)
        try #require(Set(keys.map { Digest.of($0, author: 1, seed: seed) }).count == 1)
        var positions: [Position] = []
        for (number, key) in keys.dropLast().enumerated() {
            let receipt = try await stage.engine.say("\(number)", from: "alice", to: .user("bob"), key: key)
            #expect(!receipt.isDuplicate)
            positions.append(receipt.position)
        }
        try await interval.pass(stage)
        let last = try await stage.engine.say("4", from: "alice", to: .user("bob"), key: keys[4])
        #expect(!last.isDuplicate)
        positions.append(last.position)
        for (number, key) in keys.enumerated() {
            let again = try await stage.engine.say("\(number)", from: "alice", to: .user("bob"), key: key)
            #expect(again.isDuplicate)
            #expect(again.position == positions[number])
            await expect(.idempotencyConflict) {
                try await stage.engine.say("other", from: "alice", to: .user("bob"), key: key)
            }
        }
    }
}

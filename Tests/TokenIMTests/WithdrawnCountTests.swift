import Testing
@testable import TokenIM
import TokenIMTesting

/// The count of withdrawn messages above a sequence, against counting them one by one.
@Suite struct WithdrawnCountTests {
    /// Puts withdrawals of made-up sequences into the tables, far apart, as no conversation of a test has them.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func isWhatCountingOneByOneGives(seed: UInt64) async throws {
        let test = try TestEngine()
        try await test.engine.create("alice", "bob")
        try await test.engine.say("1", from: "alice", to: .user("bob"))
        var chance = SeededGenerator(seed: seed)
        let span: SequenceNumber = [300, 20_000, 3_000_000][Int(seed) - 1]
        var sequences: Set<SequenceNumber> = []
        for _ in 0..<400 { sequences.insert(.random(in: 1...span, using: &chance)) }
        let (conversation, other) = (ConversationNumber.direct(1, 2), ConversationNumber.direct(1, 3))
        let all = sequences
        try test.engine.core.writeBatch { state, transaction throws in
            for (index, sequence) in all.sorted().enumerated() {
                // Every tenth did not count, and a neighbour has its own.
                let withdrawal = Withdrawal(sequence: sequence, wasCounted: index % 10 != 0)
                for number in [conversation, other] {
                    let header = EntryHeader(
                        timestamp: .zero, conversation: number, sequence: 2, author: 0, device: 0, request: nil)
                    let entry = JournalEntry(
                        position: 0, header: header, event: .withdrawn([withdrawal], .expired))
                    try state.evolveAmendment(entry, transaction)
                }
            }
        }
        let counted = all.sorted().enumerated().filter { $0.offset % 10 != 0 }.map(\.element)
        let snapshot = try test.engine.core.snapshot()
        for step in 0..<500 {
            let floor = step < 100 ? SequenceNumber(step) : .random(in: 0...span + 100, using: &chance)
            let expected = UInt64(counted.count { $0 > floor })
            #expect(try snapshot.withdrawnCount(of: conversation, above: floor) == expected)
        }
        #expect(try snapshot.withdrawnCount(of: .direct(2, 3), above: 0) == 0)
    }
}

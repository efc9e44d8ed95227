import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct BacklogTests {
    /// What a backlog gives, compared with a look through the whole journal.
    @Test(arguments: [1, 2, 3, 4] as [UInt64], [5, 40, 100_000])
    func aBacklogIsWhatALookThroughTheJournalFinds(_ seed: UInt64, _ foldEntries: Int) async throws {
        let test = try TestEngine { $0.limits.foldEntries = foldEntries }
        try await Story.begin(test.engine)
        var story = Story(seed: seed)
        try await story.tell(250, to: test.engine)
        let snapshot = try test.engine.core.snapshot()
        var chance = SeededGenerator(seed: seed)
        for id in Story.users {
            let user = try snapshot.userNumber(id)
            for _ in 0..<6 {
                let cursor = Position.random(in: 0...snapshot.head, using: &chance)
                var expected: [Position] = []
                var covered: Set<Position> = []
                for position in cursor + 1..<snapshot.head + 1 {
                    guard let entry = try snapshot.written.entry(at: position) else { continue }
                    let (number, sequence) = (entry.header.conversation, entry.header.sequence)
                    guard let visibility = try snapshot.visibility(of: number, to: user, through: sequence),
                        visibility.sees(sequence)
                    else { continue }
                    if sequence > visibility.trimmedThrough {
                        expected.append(position)
                    } else {
                        covered.insert(position)
                    }
                }
                var backlog = try Backlog(of: user, above: cursor, in: snapshot)
                #expect(backlog.bound == snapshot.head)
                var found: [Position] = []
                var last: Position = cursor
                while let item = try backlog.next(in: snapshot) {
                    #expect(item.position > last || (item.gap != nil && item.position >= last))
                    last = item.position
                    guard let gap = item.gap else {
                        found.append(item.position)
                        continue
                    }
                    for sequence in gap.from...gap.through {
                        if let position = try snapshot.position(of: sequence, in: item.conversation) {
                            covered.remove(position)
                        }
                    }
                }
                #expect(found == expected)
                #expect(covered.isEmpty)
                #expect(backlog.isEmpty)
            }
        }
    }
}

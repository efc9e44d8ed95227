import Testing
import TokenIMTesting

/// Users who act at the same time get answers as if they had acted one after the other.
@Suite struct LinearizabilityTests {
    @Test(arguments: 1...20) func concurrentRequestsHaveAnOrder(seed: UInt64) async throws {
        let operations = try await ConcurrentRun.operations(seed: seed, steps: 8)
        #expect(operations.count == 32)
        let report = operations.map { "\($0)\n" }.joined()
        #expect(Linearization.order(of: operations) != nil, "seed \(seed):\n\(report)")
    }

    @Test func theRequestsDoOverlapAndGetSomewhere() async throws {
        var (overlaps, changes, readings) = (0, 0, 0)
        for seed in 1...8 as ClosedRange<UInt64> {
            let operations = try await ConcurrentRun.operations(seed: seed, steps: 8)
            overlaps += zip(operations, operations.dropFirst()).count { $1.invoked < $0.returned }
            changes += operations.count { $0.sequence != nil }
            readings += operations.count { $0.isReading }
        }
        #expect(overlaps > 40)
        #expect(changes > 60)
        #expect(readings > 10)
    }

    /// A search that finds an order for anything would find one for a bad engine, too.
    @Test func aHistoryAgainstRealTimeIsRejected() async throws {
        var rejected = 0
        for seed in 1...8 as ClosedRange<UInt64> {
            let operations = try await ConcurrentRun.operations(seed: seed, steps: 6)
            let changes = operations.filter { $0.sequence != nil }
            guard let first = changes.first, let last = changes.last, first.sequence != last.sequence else { continue }
            // As if the first that was written had been asked for when all the others had been answered.
            let end = operations.map(\.returned).max() ?? 0
            let bent =
                operations.filter { $0.invoked != first.invoked } + [first.moved(to: end + 1, end + 2)]
            #expect(Linearization.order(of: bent) == nil, "seed \(seed)")
            rejected += 1
        }
        #expect(rejected > 4)
    }

    @Test func aReadingThatMissesWhatWasAnsweredIsRejected() async throws {
        var rejected = 0
        for seed in 1...12 as ClosedRange<UInt64> {
            let operations = try await ConcurrentRun.operations(seed: seed, steps: 6)
            guard let reading = operations.last(where: { $0.isReading }) else { continue }
            // It is asked for when everything has been answered, and does not see the last entry.
            let end = operations.map(\.returned).max() ?? 0
            let bent =
                operations.filter { $0.invoked != reading.invoked }
                + [reading.missingTheLastLine().moved(to: end + 1, end + 2)]
            if Linearization.order(of: bent) == nil { rejected += 1 }
        }
        #expect(rejected > 4)
    }
}

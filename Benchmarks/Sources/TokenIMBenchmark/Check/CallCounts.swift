import CCallCounts

/// What was asked of memory and of files while something was done.
struct CallCounts {
    private let before: call_counts
    private let after: call_counts

    static var work: Bool { call_counts_work() != 0 }

    /// Counts what a piece of work asks for, in all threads.
    static func of(_ body: () async throws -> Void) async throws -> CallCounts {
        let before = call_counts_read()
        call_counts_turn(1)
        defer { call_counts_turn(0) }
        try await body()
        return CallCounts(before: before, after: call_counts_read())
    }

    private func difference(_ field: KeyPath<call_counts, UInt64>) -> Double {
        Double(after[keyPath: field] - before[keyPath: field])
    }

    var allocations: Double { difference(\.allocations) }
    var allocatedBytes: Double { difference(\.allocated) }
    var writes: Double { difference(\.writes) }
    var writtenBytes: Double { difference(\.written) }
    var syncs: Double { difference(\.syncs) }
    /// LMDB writes its meta page so, once in each commit.
    var commits: Double { difference(\.durable_writes) }
}

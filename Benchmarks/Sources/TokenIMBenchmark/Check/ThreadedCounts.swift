import TokenIM

/// Counts on an engine as services run it, with a thousand messages in flight: nearly the same each time.
struct ThreadedCounts {
    private static let inFlight = 1_000
    private static let messagesOfTask = 50

    func counters() async throws -> [Counter] {
        let store = try BenchmarkStore { configuration in
            configuration.limits.foldQuiet = .seconds(3_600)
            configuration.limits.foldEntries = 1 << 28
        }
        let users = try await store.engine.createUsers(2_000)
        try await store.engine.createGroup("everyone", of: users)
        let direct = Traffic.direct(among: users, conversations: 5_000)
        let group = Traffic.group("everyone", from: users)
        _ = try await count(store.engine, direct)
        let directCounts = try await count(store.engine, direct)
        _ = try await count(store.engine, group)
        let groupCounts = try await count(store.engine, group)
        return Self.counters("direct", directCounts) + Self.counters("to a group of 2,000", groupCounts)
    }

    private static func counters(_ name: String, _ counts: CallCounts) -> [Counter] {
        let messages = Double(inFlight * messagesOfTask)
        let prefix = "send \(name), 1,000 in flight"
        return [
            Counter("\(prefix): allocations", counts.allocations / messages, tolerance: 0.05),
            Counter("\(prefix): bytes written", counts.writtenBytes / messages, tolerance: 0.15),
            Counter("\(prefix): syncs per commit", counts.syncs / counts.commits, tolerance: 0.01),
            // How many come together depends on how the system shares out its cores.
            Counter("\(prefix): entries per commit", messages / counts.commits, tolerance: 0.5, better: .more),
        ]
    }

    private func count(_ engine: Engine, _ traffic: Traffic) async throws -> CallCounts {
        // Made beforehand, so that only the engine's own allocations are counted.
        let messages = try (0..<Self.inFlight).map { _ in try InlineCounts.outgoing(Self.messagesOfTask, traffic) }
        return try await CallCounts.of {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in messages {
                    group.addTask {
                        for message in part { try await InlineCounts.send(message, engine) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

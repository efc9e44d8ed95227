import Dispatch
import Synchronization
import TokenIM

/// Counts on an engine as services run it, with a thousand messages in flight.
///
/// How many messages come together depends on how long a sync takes and on who gets the cores. So the engine is held up
/// until all thousand have been handed in; then it finds them all, each time.
struct ThreadedCounts {
    private static let inFlight = 1_000
    private static let rounds = 20

    func counters() async throws -> [Counter] {
        let store = try BenchmarkStore { configuration in
            configuration.limits.foldQuiet = .seconds(3_600)
            configuration.limits.foldEntries = 1 << 28
        }
        let users = try await store.engine.createUsers(2_000)
        try await store.engine.createGroup("everyone", of: users)
        let direct = Traffic.direct(among: users, conversations: 5_000)
        let group = Traffic.group("everyone", from: users)
        return try await Self.counters("direct", steady(store.engine, direct))
            + Self.counters("to a group of 2,000", steady(store.engine, group))
    }

    private static func counters(_ name: String, _ counts: CallCounts) -> [Counter] {
        let messages = Double(inFlight * rounds)
        let prefix = "send \(name), 1,000 in flight"
        return [
            Counter("\(prefix): allocations, of a task each", counts.allocations / messages, tolerance: 0.1),
            Counter("\(prefix): bytes written", counts.writtenBytes / messages, tolerance: 0.05),
            Counter("\(prefix): syncs per commit", counts.syncs / counts.commits, tolerance: 0.01),
            Counter("\(prefix): entries per commit", messages / counts.commits, tolerance: 0.05, better: .more),
        ]
    }

    /// The least that was allocated in some rounds: how many tasks get to wait, and take memory for that, is chance.
    private func steady(_ engine: Engine, _ traffic: Traffic) async throws -> CallCounts {
        var least = try await count(engine, traffic)
        for _ in 0..<4 {
            let counts = try await count(engine, traffic)
            if counts.allocations < least.allocations { least = counts }
        }
        return least
    }

    private func count(_ engine: Engine, _ traffic: Traffic) async throws -> CallCounts {
        // Made beforehand, so that only the engine's own allocations are counted.
        let messages = try (0..<Self.rounds).map { _ in try InlineCounts.outgoing(Self.inFlight, traffic) }
        return try await CallCounts.of {
            for round in messages { try await send(round, engine) }
        }
    }

    private func send(_ messages: [MessageSource.Outgoing], _ engine: Engine) async throws {
        let (gate, arrived) = (Gate(), Arrivals())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.transaction { _ in gate.hold() } }
            await gate.waitUntilHeld()
            for message in messages {
                group.addTask {
                    arrived.add()
                    try await InlineCounts.send(message, engine)
                }
            }
            await arrived.wait(for: messages.count)
            // The last ones have arrived, and are handed in by now.
            try await Task.sleep(for: .milliseconds(20))
            gate.open()
            try await group.waitForAll()
        }
    }
}

/// Holds up the engine's thread.
private final class Gate: Sendable {
    private let isHeld = Mutex(false)
    private let semaphore = DispatchSemaphore(value: 0)

    func hold() {
        isHeld.withLock { $0 = true }
        semaphore.wait()
    }

    func waitUntilHeld() async {
        while !isHeld.withLock(\.self) { try? await Task.sleep(for: .milliseconds(1)) }
    }

    func open() {
        semaphore.signal()
    }
}

import DequeModule
import TokenIMLMDB

/// The newest messages that somebody who is connected hears of, as they are delivered: all who see one see the same.
///
/// Whoever does not find one reads it from the journal, so anything may be forgotten at any time. What is erased,
/// trimmed or cleared must be, before the one who asked for it is answered.
final class RecentEntries: Sendable {
    private struct State {
        /// In order of positions. What was taken out leaves its place.
        var entries: Deque<(position: Position, entry: Entry?)> = []
        var byteCount = 0

        mutating func removeFirst() {
            if let entry = entries.removeFirst().entry { byteCount -= RecentEntries.byteCount(entry) }
        }

        /// Where a position is, or would be.
        func index(of position: Position) -> Int {
            entries.partitioningIndex { $0.position >= position }
        }
    }

    private let state = Monitor(State())

    private static let greatestCount = 4_096
    private static let greatestByteCount = 4 << 20

    /// Adds what is newer than everything that is here.
    func add(_ entries: [Entry]) {
        state.withLock { state in
            for entry in entries {
                state.entries.append((entry.position, entry))
                state.byteCount += Self.byteCount(entry)
            }
            while state.entries.count > Self.greatestCount || state.byteCount > Self.greatestByteCount {
                state.removeFirst()
            }
        }
    }

    /// About what an entry takes in memory.
    private static func byteCount(_ entry: Entry) -> Int { 256 + (entry.message?.content.byteCount ?? 0) }

    func remove(_ positions: [Position]) {
        state.withLock { state in
            for position in positions {
                let index = state.index(of: position)
                guard index < state.entries.count, state.entries[index].position == position else { continue }
                if let entry = state.entries[index].entry { state.byteCount -= Self.byteCount(entry) }
                state.entries[index].entry = nil
            }
        }
    }

    func removeAll() {
        state.withLock { $0 = State() }
    }

    /// Those that are here of some positions in order.
    func deliveries(at positions: [Position]) -> [Delivery] {
        guard let first = positions.first else { return [] }
        var found: [Delivery] = []
        found.reserveCapacity(positions.count)
        state.withLock { state in
            var index = state.index(of: first)
            for position in positions {
                while index < state.entries.count, state.entries[index].position < position { index += 1 }
                guard index < state.entries.count else { return }
                if state.entries[index].position == position, let entry = state.entries[index].entry {
                    found.append(Delivery(entry))
                }
            }
        }
        return found
    }
}

import Foundation

/// Lets several take turns, so that what slows the machine down for a while slows all of them down.
enum Turns {
    /// - Returns: for each of them what its rounds gave; less than all rounds, or nothing, where it could not.
    static func take<Value>(
        _ rounds: Int, _ all: [() async throws -> Value?]
    ) async throws -> [[Value]] {
        var results: [[Value]] = all.map { _ in [] }
        for _ in 0..<max(1, rounds) {
            for (index, turn) in all.enumerated() {
                // What the one before left to be written is not for the next one to wait for.
                sync()
                if let value = try await turn() { results[index].append(value) }
            }
        }
        return results
    }
}

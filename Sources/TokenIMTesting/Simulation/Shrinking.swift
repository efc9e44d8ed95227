/// A line of a script, which is the simpler the smaller its numbers are.
package protocol ScriptLine: Sendable {
    var arguments: [Int] { get set }
}

/// Makes a failing script as short as it gets, while it keeps failing.
package enum Shrinking {
    /// Takes away ever smaller stretches, then makes numbers smaller.
    ///
    /// - Parameters:
    ///   - limit: how many runs it may take.
    ///   - fails: runs a script and says whether it still fails in the way that matters.
    package static func shortest<Line: ScriptLine>(
        _ script: [Line], limit: Int = 2_000, fails: ([Line]) async throws -> Bool
    ) async rethrows -> [Line] {
        var (best, runs) = (script, 0)
        var length = max(1, best.count / 2)
        while length >= 1, runs < limit {
            var start = 0
            var hasShrunk = false
            while start < best.count, runs < limit {
                var candidate = best
                candidate.removeSubrange(start..<min(best.count, start + length))
                runs += 1
                if try await fails(candidate) {
                    best = candidate
                    hasShrunk = true
                } else {
                    start += length
                }
            }
            if !hasShrunk || length > 1 {
                if length == 1 { break }
                length /= 2
            }
        }
        for line in best.indices {
            for argument in best[line].arguments.indices where best[line].arguments[argument] != 0 && runs < limit {
                var candidate = best
                candidate[line].arguments[argument] = 0
                runs += 1
                if try await fails(candidate) { best = candidate }
            }
        }
        return best
    }
}

import TokenIMTesting

/// Runs cases of one seed and prints a line for each: its number with words for what has happened, or,
/// behind a colon, what is wrong.
struct Worker<Subject: Experiment> {
    var experiment: Subject
    let seed: UInt64

    /// - Parameters:
    ///   - count: how many of all cases, spread over them.
    ///   - start: which of those is the first; the ones before it have been done.
    mutating func run(count: Int, from start: Int) async {
        let numbers = Self.sample(count, of: experiment.caseCount, seed: seed)
        Output.say("of \(numbers.count)")
        for number in numbers.dropFirst(start) {
            do {
                let words = try await experiment.run(number)
                Output.say(([String(number)] + words).joined(separator: " "))
            } catch {
                Output.say("\(number): \(error)".replacing("\n", with: " "))
            }
        }
    }

    /// So many numbers below a bound, ascending, none twice.
    static func sample(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
        guard count < total else { return Array(0..<total) }
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            let (start, end) = (index * total / count, (index + 1) * total / count)
            return Int.random(in: start..<end, using: &generator)
        }
    }
}

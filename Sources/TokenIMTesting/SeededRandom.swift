internal import TokenIMLMDB
public import TokenIM

/// A source of chance for an engine under test, which gives the same numbers whenever it is made with the same seed.
///
/// Calls from several threads share one sequence; which thread gets which number is then not repeatable.
/// Not for production: identifiers that it makes can be guessed.
public final class SeededRandom: RandomSource {
    private let generator: Monitor<SeededGenerator>

    /// A source that gives the numbers of `SeededGenerator(seed: seed)`.
    public init(seed: UInt64) {
        generator = Monitor(SeededGenerator(seed: seed))
    }

    /// The next 64 bits of the sequence.
    public func next() -> UInt64 {
        generator.withLock { $0.next() }
    }
}

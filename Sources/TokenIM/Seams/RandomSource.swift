/// Where the engine gets chance from: the epoch of a new store, generated identifiers.
///
/// Nothing else in the engine is random, so that a run with a seeded source repeats to the byte.
public protocol RandomSource: Sendable {
    /// 64 bits, evenly distributed. The system's source must be unpredictable; a test's may be seeded.
    func next() -> UInt64
}

/// Chance that repeats: the same seed gives the same numbers, on every machine and in every version.
///
/// It is xoshiro256**, its state filled from the seed by SplitMix64 as its authors recommend. Evenly distributed,
/// 2^256 - 1 numbers long, a few nanoseconds each. Whoever sees some numbers can tell the next: not for secrets.
///
/// A value: a copy goes on with the same numbers as the original.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// A generator that starts at `seed`. Seeds that differ, even by one, give unrelated numbers.
    public init(seed: UInt64) {
        var filler = SplitMix64(state: seed)
        state = (filler.next(), filler.next(), filler.next(), filler.next())
    }

    /// Starts within the sequence. For the reference values of the algorithm.
    ///
    /// - Precondition: not all are 0, from where the algorithm never gets away.
    init(state: (UInt64, UInt64, UInt64, UInt64)) {
        precondition(state != (0, 0, 0, 0), "a state of zeros gives zeros only")
        self.state = state
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        let result = (state.1 &* 5).rotated(left: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3.rotated(left: 45)
        return result
    }
}

/// The generator that spreads a seed over a larger state: no two seeds give the same, and none gives zeros only.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension UInt64 {
    fileprivate func rotated(left count: UInt64) -> UInt64 {
        self << count | self >> (64 - count)
    }
}

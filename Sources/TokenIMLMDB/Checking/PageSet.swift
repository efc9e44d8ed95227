/// A set of page numbers below a bound, one bit each.
struct PageSet {
    private var words: [UInt64]
    private let bound: UInt64
    /// How many are in it.
    private(set) var count: UInt64 = 0

    init(bound: UInt64) {
        self.bound = bound
        words = Array(repeating: 0, count: Int((bound + 63) / 64))
    }

    /// Adds a page below the bound. Returns false if it was in the set.
    mutating func insert(_ page: UInt64) -> Bool {
        precondition(page < bound)
        let bit = UInt64(1) << (page & 63)
        guard words[Int(page >> 6)] & bit == 0 else { return false }
        words[Int(page >> 6)] |= bit
        count += 1
        return true
    }

    /// The lowest page below the bound that is not in the set.
    var firstMissing: UInt64? {
        for (index, word) in words.enumerated() where word != .max {
            let page = UInt64(index * 64 + (~word).trailingZeroBitCount)
            return page < bound ? page : nil
        }
        return nil
    }
}

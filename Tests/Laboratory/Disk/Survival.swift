/// What a power cut leaves of that which was not yet synced.
enum Survival: Equatable {
    case everything
    case nothing
    case onlyTheLast
    case allButTheLast
    /// Pages of 4 KiB, each or not.
    case somePages(seed: UInt64)
    /// Sectors of 512 bytes, each or not.
    case someSectors(seed: UInt64)
    /// Everything, but of the last write only some sectors.
    case lastTorn(seed: UInt64)

    /// In what pieces a write is left, in bytes; nil as a whole.
    func granularity(isLast: Bool) -> Int? {
        switch self {
        case .somePages: 4096
        case .someSectors: 512
        case .lastTorn: isLast ? 512 : nil
        default: nil
        }
    }

    /// - Parameters:
    ///   - change: its number in the log.
    ///   - piece: which piece of it.
    func keeps(_ change: Int, piece: Int, isLast: Bool) -> Bool {
        switch self {
        case .everything: true
        case .nothing: false
        case .onlyTheLast: isLast
        case .allButTheLast: !isLast
        case .somePages(let seed), .someSectors(let seed): Self.toss(seed, change, piece)
        case .lastTorn(let seed): !isLast || Self.toss(seed, change, piece)
        }
    }

    private static func toss(_ seed: UInt64, _ change: Int, _ piece: Int) -> Bool {
        var mixed = seed ^ UInt64(change) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(piece) &* 0xC2B2_AE3D_27D4_EB4F
        mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return (mixed >> 40) & 1 == 1
    }

    /// Those that differ when so many changes are pending.
    static func worthTrying(pending: Int, using generator: inout some RandomNumberGenerator) -> [Survival] {
        if pending == 0 { return [.everything] }
        let some: [Survival] = [.nothing, .everything, .someSectors(seed: generator.next())]
        if pending == 1 { return some }
        return some + [
            .onlyTheLast, .allButTheLast, .somePages(seed: generator.next()), .somePages(seed: generator.next()),
            .lastTorn(seed: generator.next()),
        ]
    }
}

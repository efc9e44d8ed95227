import TokenIMLMDB

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the entries of recent idempotency keys are: digest → positions.
///
/// Open addressing with linear probing, 16 bytes a slot, at most half full. Two keys may share a digest, so one digest
/// may have several positions; the journal row says which is meant.
///
/// It grows by doubling while it is small and then at once to its full size, whose zeroed memory the system gives page
/// by page as it is touched: moving a million keys would hold up a commit for milliseconds.
///
/// Mutated by the writer alone, until it is handed over to be merged; from then on nobody mutates it.
final class KeyIndex: @unchecked Sendable {
    private struct Slot {
        var digest: UInt64
        /// 0 is an empty slot: positions begin at 1.
        var position: Position
    }

    private var slots: UnsafeMutablePointer<Slot>
    private var mask: Int
    private(set) var count = 0

    private static let smallSlotCount = 1 << 16
    private let fullSlotCount: Int

    /// - Parameter capacity: how many keys it is meant to hold in the end. It takes more, at the price of growing.
    init(capacity: Int) {
        fullSlotCount = max(16, capacity * 2).roundedUpToPowerOfTwo
        let size = min(2048, fullSlotCount)
        slots = Self.allocate(size)
        mask = size - 1
    }

    deinit {
        free(slots)
    }

    private static func allocate(_ size: Int) -> UnsafeMutablePointer<Slot> {
        guard let memory = calloc(size, MemoryLayout<Slot>.stride) else {
            preconditionFailure("out of memory for \(size) key slots")
        }
        return memory.bindMemory(to: Slot.self, capacity: size)
    }

    func insert(_ digest: UInt64, _ position: Position) {
        if (count + 1) * 2 > mask + 1 { grow() }
        place(Slot(digest: digest, position: position))
        count += 1
    }

    private func place(_ slot: Slot) {
        var index = Int(truncatingIfNeeded: slot.digest) & mask
        while slots[index].position != 0 { index = (index + 1) & mask }
        slots[index] = slot
    }

    private func grow() {
        let (old, oldCount) = (slots, mask + 1)
        let size = oldCount >= Self.smallSlotCount ? max(oldCount * 2, fullSlotCount) : oldCount * 2
        slots = Self.allocate(size)
        mask = size - 1
        for index in 0..<oldCount where old[index].position != 0 { place(old[index]) }
        free(old)
    }

    /// The first position of this digest that `isMatch` accepts.
    func position(of digest: UInt64, where isMatch: (Position) throws -> Bool) rethrows -> Position? {
        var index = Int(truncatingIfNeeded: digest) & mask
        while slots[index].position != 0 {
            let slot = slots[index]
            if slot.digest == digest, try isMatch(slot.position) { return slot.position }
            index = (index + 1) & mask
        }
        return nil
    }

    /// Has the slot brought near that will be looked at for a digest.
    func fetch(_ digest: UInt64) {
        ProcessorCache.fetch(slots + (Int(truncatingIfNeeded: digest) & mask), byteCount: MemoryLayout<Slot>.size)
    }

    /// Forgets one entry, closing the gap so that probing still finds what lies behind it.
    func remove(_ digest: UInt64, _ position: Position) {
        var index = Int(truncatingIfNeeded: digest) & mask
        while slots[index].position != position {
            if slots[index].position == 0 { return }
            index = (index + 1) & mask
        }
        count -= 1
        var gap = index
        var next = (gap + 1) & mask
        while slots[next].position != 0 {
            let home = Int(truncatingIfNeeded: slots[next].digest) & mask
            if (next - home) & mask >= (next - gap) & mask {
                slots[gap] = slots[next]
                gap = next
            }
            next = (next + 1) & mask
        }
        slots[gap].position = 0
    }

    /// Every entry, in order of digest and position.
    func sorted() -> [KeyDigest] {
        var all: [KeyDigest] = []
        all.reserveCapacity(count)
        for index in 0...mask where slots[index].position != 0 {
            all.append(KeyDigest(digest: slots[index].digest, position: slots[index].position))
        }
        all.sort { ($0.digest, $0.position) < ($1.digest, $1.position) }
        return all
    }
}

/// An idempotency key's digest, and the entry that it belongs to.
struct KeyDigest: Equatable {
    var digest: UInt64
    var position: Position
}

extension Int {
    fileprivate var roundedUpToPowerOfTwo: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}

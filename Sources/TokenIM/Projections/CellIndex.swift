import TokenIMLMDB

/// At which place of an array the cells of conversations stand.
///
/// A value, as generations are, unlike ``KeyIndex``. Open addressing with linear probing, at most half full: one line
/// of the processor's cache for a look-up. The numbers are the engine's own, so nobody can choose them to lie in one
/// place.
struct CellIndex: Sendable {
    private struct Slot {
        var conversation: UInt64 = 0
        /// One more than the place; 0 is an empty slot.
        var place: UInt32 = 0
    }

    private var slots: [Slot]
    private var count = 0

    private static let smallest = 64

    init() {
        slots = []
    }

    private static func home(of conversation: ConversationNumber, _ count: Int) -> Int {
        let mixed = conversation.rawValue &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> UInt64(64 - count.trailingZeroBitCount))
    }

    subscript(conversation: ConversationNumber) -> Int? {
        if slots.isEmpty { return nil }
        var index = Self.home(of: conversation, slots.count)
        while slots[index].place != 0 {
            if slots[index].conversation == conversation.rawValue { return Int(slots[index].place) - 1 }
            index = (index + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Takes up a conversation that is not there.
    mutating func insert(_ conversation: ConversationNumber, at place: Int) {
        if (count + 1) * 2 > slots.count { grow() }
        count += 1
        put(Slot(conversation: conversation.rawValue, place: UInt32(place + 1)))
    }

    private mutating func put(_ slot: Slot) {
        var index = Self.home(of: ConversationNumber(rawValue: slot.conversation), slots.count)
        while slots[index].place != 0 { index = (index + 1) & (slots.count - 1) }
        slots[index] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: max(Self.smallest, old.count * 2))
        for slot in old where slot.place != 0 { put(slot) }
    }

    /// Has the slot brought near that will be looked at for a conversation.
    func fetch(_ conversation: ConversationNumber) {
        if slots.isEmpty { return }
        slots.withUnsafeBufferPointer { slots in
            guard let first = slots.baseAddress else { return }
            ProcessorCache.fetch(first + Self.home(of: conversation, slots.count), byteCount: MemoryLayout<Slot>.size)
        }
    }
}

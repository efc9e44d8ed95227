/// A key of one to three 64-bit words, big-endian, so that byte order is number order. Lives on the stack.
struct RowKey {
    private let words: (UInt64, UInt64, UInt64)
    private let count: Int

    init(_ first: UInt64) {
        words = (first.bigEndian, 0, 0)
        count = 8
    }

    init(_ first: UInt64, _ second: UInt64) {
        words = (first.bigEndian, second.bigEndian, 0)
        count = 16
    }

    init(_ first: UInt64, _ second: UInt64, _ third: UInt64) {
        words = (first.bigEndian, second.bigEndian, third.bigEndian)
        count = 24
    }

    init(_ conversation: ConversationNumber) {
        self.init(conversation.rawValue)
    }

    init(_ conversation: ConversationNumber, _ user: UserNumber) {
        self.init(conversation.rawValue, UInt64(user))
    }

    init(_ user: UserNumber, _ conversation: ConversationNumber) {
        self.init(UInt64(user), conversation.rawValue)
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withUnsafeBytes(of: words) { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// Reads the word at `index` of a key; 0 when the key is too short to hold it, which no key of ours is.
    static func word(_ index: Int, of key: UnsafeRawBufferPointer) -> UInt64 {
        guard key.count >= index * 8 + 8 else { return 0 }
        return UInt64(bigEndian: key.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
    }
}

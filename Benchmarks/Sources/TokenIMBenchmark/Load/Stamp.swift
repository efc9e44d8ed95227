import TokenIM

/// A moment that travels in the text of a message, so that whoever receives it knows how long it was under way.
enum Stamp {
    private static let base = ContinuousClock.now
    private static let digits = 18
    private static let padding = String(repeating: "x", count: 256 - digits)

    /// A text of 256 bytes.
    static func content(_ moment: ContinuousClock.Instant = .now) -> Content {
        let nanoseconds = UInt64(max(0, base.duration(to: moment).inSeconds * 1e9))
        let number = String(unsafeUninitializedCapacity: digits) { bytes in
            var rest = nanoseconds
            for index in (0..<digits).reversed() {
                bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            return digits
        }
        return .text(number + padding)
    }

    /// How long ago a message's stamp is.
    static func age(of message: Message) -> Duration? {
        var nanoseconds: Int64 = 0
        var count = 0
        for byte in message.text.utf8.prefix(digits) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            nanoseconds = nanoseconds * 10 + Int64(byte - UInt8(ascii: "0"))
            count += 1
        }
        guard count == digits else { return nil }
        return base.duration(to: .now) - .nanoseconds(nanoseconds)
    }
}

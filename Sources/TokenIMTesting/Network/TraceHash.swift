/// A number for everything that happened, in its order: FNV-1a with 64 bits. Two runs that did the same have the same.
package struct TraceHash {
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    package mutating func combine(_ line: String) {
        for byte in line.utf8 { combine(byte) }
        // What ends a line, so that "a", "b" is not "ab".
        combine(0xFF)
    }

    private mutating func combine(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
}

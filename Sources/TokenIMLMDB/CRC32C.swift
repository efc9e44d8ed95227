internal import CTokenIMLMDB

/// CRC32C (Castagnoli), the checksum that every stored value carries.
///
/// Uses the processor's instruction where there is one (about 8 bytes in 3 cycles), and a table elsewhere.
package enum CRC32C {
    /// The checksum of `bytes`, or of what was checksummed before followed by `bytes`.
    ///
    /// `checksum(of: b, continuing: checksum(of: a))` is the checksum of `a` followed by `b`.
    package static func checksum(of bytes: UnsafeRawBufferPointer, continuing previous: UInt32 = 0) -> UInt32 {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return previous }
        if tokenim_has_hardware_crc32c() != 0 {
            return ~tokenim_crc32c_hardware(~previous, base, bytes.count)
        }
        return portableChecksum(of: bytes, continuing: previous)
    }

    /// The same by table, one byte at a time, for processors without the instruction.
    static func portableChecksum(of bytes: UnsafeRawBufferPointer, continuing previous: UInt32 = 0) -> UInt32 {
        var register = ~previous
        for byte in bytes {
            register = table[Int(UInt8(truncatingIfNeeded: register) ^ byte)] ^ (register >> 8)
        }
        return ~register
    }

    private static let table: [UInt32] = (0..<256).map { index in
        var entry = UInt32(index)
        for _ in 0..<8 {
            entry = entry & 1 == 1 ? (entry >> 1) ^ 0x82F6_3B78 : entry >> 1
        }
        return entry
    }
}

/// A value as it lies on disk: the payload, then 4 bytes of CRC32C, big-endian, over the key and the payload.
///
/// The key is part of it so that a value that turns up under another key is found.
enum SealedValue {
    /// Bytes added to each payload.
    static let overhead = 4

    /// The longest payload.
    static let maximumPayload = Int(UInt32.max) - overhead

    /// Writes `payload` and the checksum to `destination`, which has room for both.
    static func write(
        _ payload: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, to destination: UnsafeMutableRawPointer
    ) {
        if let source = payload.baseAddress {
            destination.copyMemory(from: source, byteCount: payload.count)
        }
        let checksum = checksum(payload, key: key)
        destination.storeBytes(of: checksum.bigEndian, toByteOffset: payload.count, as: UInt32.self)
    }

    /// The payload of what was stored under `key`.
    static func open(
        _ stored: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, table: Table
    ) throws(StorageError) -> UnsafeRawBufferPointer {
        guard isIntact(stored, key: key) else { throw damaged(key: key, table: table) }
        return UnsafeRawBufferPointer(start: stored.baseAddress, count: stored.count - overhead)
    }

    /// Whether the checksum of what was stored under `key` is right.
    static func isIntact(_ stored: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) -> Bool {
        guard stored.count >= overhead else { return false }
        let payload = UnsafeRawBufferPointer(start: stored.baseAddress, count: stored.count - overhead)
        let expected = UInt32(bigEndian: stored.loadUnaligned(fromByteOffset: payload.count, as: UInt32.self))
        return checksum(payload, key: key) == expected
    }

    private static func checksum(_ payload: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) -> UInt32 {
        CRC32C.checksum(of: payload, continuing: CRC32C.checksum(of: key))
    }

    @inline(never)
    private static func damaged(key: UnsafeRawBufferPointer, table: Table) -> StorageError {
        let shown = key.prefix(32).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }
        return StorageError(
            .damaged, operation: "read from \(table.name)",
            detail: "the checksum of the value of key \(shown.joined()) is wrong")
    }
}

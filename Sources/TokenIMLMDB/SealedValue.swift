/// A value as it lies on disk: the payload, then 4 bytes of CRC32C, big-endian, over the name of the table, the key and
/// the payload.
///
/// Table and key are part of it so that a value that turns up in another place than its own is found.
enum SealedValue {
    /// Bytes added to each payload.
    static let overhead = 4

    /// The longest payload.
    static let maximumPayload = Int(UInt32.max) - overhead

    /// The checksum of a table's name, which those of its values continue.
    static func seed(table: String) -> UInt32 {
        Array(table.utf8).withUnsafeBytes { CRC32C.checksum(of: $0) }
    }

    /// The checksum of what comes before a payload.
    static func seed(_ tableSeed: UInt32, key: UnsafeRawBufferPointer) -> UInt32 {
        CRC32C.checksum(of: key, continuing: tableSeed)
    }

    /// Writes `payload` and the checksum to `destination`, which has room for both.
    static func write(
        _ payload: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, table: Table,
        to destination: UnsafeMutableRawPointer
    ) {
        if let source = payload.baseAddress {
            destination.copyMemory(from: source, byteCount: payload.count)
        }
        let checksum = CRC32C.checksum(of: payload, continuing: seed(table.seed, key: key))
        destination.storeBytes(of: checksum.bigEndian, toByteOffset: payload.count, as: UInt32.self)
    }

    /// The payload of what was stored under `key`.
    static func open(
        _ stored: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, table: Table
    ) throws(StorageError) -> UnsafeRawBufferPointer {
        guard stored.count >= overhead else { throw damaged(key: key, table: table) }
        let payload = UnsafeRawBufferPointer(start: stored.baseAddress, count: stored.count - overhead)
        let expected = UInt32(bigEndian: stored.loadUnaligned(fromByteOffset: payload.count, as: UInt32.self))
        guard CRC32C.checksum(of: payload, continuing: seed(table.seed, key: key)) == expected else {
            throw damaged(key: key, table: table)
        }
        return payload
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

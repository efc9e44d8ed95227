/// Keys that hold a name beside a number. Names have no zero byte, so one that ends a name keeps names apart.
enum NamedKey {
    static func withBytes<Result>(
        _ number: UInt64, _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + name.utf8.count)
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: name.utf8)
        return try bytes.withUnsafeBytes(body)
    }

    /// The name and a zero byte: what all keys under this name begin with.
    static func bytes(_ name: String) -> [UInt8] {
        Array(name.utf8) + [0]
    }

    static func withBytes<Result>(
        _ name: String, _ number: UInt64, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        var bytes = bytes(name)
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        return try bytes.withUnsafeBytes(body)
    }
}

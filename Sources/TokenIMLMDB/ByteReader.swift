/// Reads what `ByteWriter` wrote. Never reads past the end: whatever the bytes are, it throws and does not trap.
///
/// It borrows the bytes: it must not outlive them, and neither may the buffers that it returns.
package struct ByteReader {
    @usableFromInline let source: UnsafeRawBufferPointer
    @usableFromInline var position: Int

    /// Starts at the first of `bytes`.
    @inlinable package init(_ bytes: UnsafeRawBufferPointer) {
        source = bytes
        position = 0
    }

    /// How many bytes are left.
    @inlinable package var remaining: Int { source.count - position }

    /// How many bytes were read.
    @inlinable package var offset: Int { position }

    /// Reads one byte.
    @inlinable package mutating func uint8() throws(DecodingFailure) -> UInt8 { try fixedWidth(UInt8.self) }

    /// Reads 2 bytes, big-endian.
    @inlinable package mutating func uint16() throws(DecodingFailure) -> UInt16 { try fixedWidth(UInt16.self) }

    /// Reads 4 bytes, big-endian.
    @inlinable package mutating func uint32() throws(DecodingFailure) -> UInt32 { try fixedWidth(UInt32.self) }

    /// Reads 8 bytes, big-endian.
    @inlinable package mutating func uint64() throws(DecodingFailure) -> UInt64 { try fixedWidth(UInt64.self) }

    /// Reads a number of seven bits per byte, lowest first (LEB128).
    ///
    /// Refuses numbers of more than 64 bits, and forms longer than the shortest, so that a number has one form only.
    @inlinable package mutating func varint() throws(DecodingFailure) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        var index = position
        while index < source.count {
            let byte = source[index]
            index += 1
            if shift == 63, byte > 1 { throw failure("a variable-length number of more than 64 bits") }
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 {
                if byte == 0, shift > 0 { throw failure("an over-long variable-length number") }
                position = index
                return value
            }
            shift += 7
        }
        throw failure("the bytes end within a variable-length number")
    }

    /// The next `count` bytes, borrowed.
    @inlinable package mutating func bytes(count: Int) throws(DecodingFailure) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw failure("the bytes end too early") }
        let slice = UnsafeRawBufferPointer(rebasing: source[position..<position + count])
        position += count
        return slice
    }

    /// As many bytes as the varint before them says, borrowed.
    @inlinable package mutating func lengthPrefixed() throws(DecodingFailure) -> UnsafeRawBufferPointer {
        let start = position
        let length = try varint()
        guard length <= UInt64(remaining) else {
            position = start
            throw failure("a length beyond the end")
        }
        return try bytes(count: Int(length))
    }

    /// As many bytes of UTF-8 as the varint before them says.
    package mutating func string() throws(DecodingFailure) -> String {
        let start = position
        let text = try lengthPrefixed()
        guard let string = String(utf8: text) else {
            position = start
            throw failure("a string that is not UTF-8")
        }
        return string
    }

    /// Says that everything was read: bytes that are left are an error.
    @inlinable package func finish() throws(DecodingFailure) {
        if remaining != 0 { throw failure("bytes after the end") }
    }

    @inlinable mutating func fixedWidth<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type
    ) throws(DecodingFailure) -> Value {
        guard remaining >= MemoryLayout<Value>.size else { throw failure("the bytes end too early") }
        let value = source.loadUnaligned(fromByteOffset: position, as: Value.self)
        position += MemoryLayout<Value>.size
        return Value(bigEndian: value)
    }

    @usableFromInline @inline(never) func failure(_ reason: StaticString) -> DecodingFailure {
        DecodingFailure("\(reason)", offset: position)
    }
}

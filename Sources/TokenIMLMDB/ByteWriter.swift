/// A reusable buffer that records are packed into.
///
/// Numbers of fixed width are big-endian, so that their bytes sort as they do. Nothing that it writes depends on the
/// machine. `removeAll()` keeps the memory: a writer that is kept allocates only while it grows.
package struct ByteWriter: ~Copyable {
    @usableFromInline var storage: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    @usableFromInline var used: Int

    /// - Parameter capacity: how many bytes fit before it grows; it at least doubles whenever it must.
    package init(capacity: Int = 1024) {
        precondition(capacity >= 0, "a capacity cannot be negative")
        self.capacity = max(capacity, 16)
        self.storage = .allocate(byteCount: self.capacity, alignment: 16)
        self.used = 0
    }

    deinit { storage.deallocate() }

    /// How many bytes were written.
    @inlinable package var count: Int { used }

    /// What was written. Valid until the next call that changes the writer, and no longer than the writer.
    @inlinable package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage, count: used) }

    /// Forgets what was written and keeps the memory.
    @inlinable package mutating func removeAll() { used = 0 }

    /// Appends one byte.
    @inlinable package mutating func uint8(_ value: UInt8) { append(value) }

    /// Appends 2 bytes, big-endian.
    @inlinable package mutating func uint16(_ value: UInt16) { append(value.bigEndian) }

    /// Appends 4 bytes, big-endian.
    @inlinable package mutating func uint32(_ value: UInt32) { append(value.bigEndian) }

    /// Appends 8 bytes, big-endian.
    @inlinable package mutating func uint64(_ value: UInt64) { append(value.bigEndian) }

    /// Appends a number in 1 to 10 bytes, seven bits in each, lowest first (LEB128).
    @inlinable package mutating func varint(_ value: UInt64) {
        reserve(10)
        var rest = value
        while rest >= 0x80 {
            storage.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: used, as: UInt8.self)
            used += 1
            rest >>= 7
        }
        storage.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: used, as: UInt8.self)
        used += 1
    }

    /// Appends the bytes as they are. They must not be the writer's own.
    @inlinable package mutating func bytes(_ source: UnsafeRawBufferPointer) {
        guard let base = source.baseAddress, source.count > 0 else { return }
        reserve(source.count)
        (storage + used).copyMemory(from: base, byteCount: source.count)
        used += source.count
    }

    /// Appends the bytes as they are.
    @inlinable package mutating func bytes(_ source: [UInt8]) {
        reserve(source.count)
        source.withUnsafeBytes { bytes($0) }
    }

    /// Appends the number of UTF-8 bytes as a varint, then the bytes.
    @inlinable package mutating func string(_ value: String) {
        value.withBytes { lengthPrefixed($0) }
    }

    /// Appends the number of bytes as a varint, then the bytes. They must not be the writer's own.
    @inlinable package mutating func lengthPrefixed(_ source: UnsafeRawBufferPointer) {
        varint(UInt64(source.count))
        bytes(source)
    }

    @inlinable mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        reserve(MemoryLayout<Value>.size)
        storage.storeBytes(of: value, toByteOffset: used, as: Value.self)
        used += MemoryLayout<Value>.size
    }

    @inlinable mutating func reserve(_ additional: Int) {
        if capacity - used < additional { grow(additional) }
    }

    @usableFromInline @inline(never) mutating func grow(_ additional: Int) {
        let larger = max(capacity * 2, used + additional)
        let replacement = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        replacement.copyMemory(from: storage, byteCount: used)
        storage.deallocate()
        storage = replacement
        capacity = larger
    }
}

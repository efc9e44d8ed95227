extension String {
    /// Nil when the bytes are not UTF-8.
    ///
    /// `String(validating:as:)` does the same, but takes generic ways that cost several times as much (Swift 6.3).
    package init?(utf8 bytes: UnsafeRawBufferPointer) {
        self.init(decoding: bytes.assumingMemoryBound(to: UInt8.self), as: UTF8.self)
        // What is not UTF-8 has been repaired, and so has become something else.
        let isSame = withUTF8 { UnsafeRawBufferPointer($0).compare(bytes) == 0 }
        if !isSame { return nil }
    }

    /// Lends the UTF-8 bytes to `body`.
    ///
    /// Unlike `withUTF8` it takes no share of them, which would be felt by every thread that has one.
    @inlinable
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let result = try utf8.withContiguousStorageIfAvailable { try body(UnsafeRawBufferPointer($0)) }
        if let result { return result }
        var copy = self
        return try copy.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
    }

    /// The order of the UTF-8 bytes: less than 0, 0, or greater than 0.
    package func compareUTF8(_ other: String) -> Int {
        withBytes { one in other.withBytes { one.compare($0) } }
    }
}

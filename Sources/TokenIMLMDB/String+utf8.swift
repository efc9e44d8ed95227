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

    /// The order of the UTF-8 bytes: less than 0, 0, or greater than 0.
    package func compareUTF8(_ other: String) -> Int {
        var (one, two) = (self, other)
        return one.withUTF8 { one in
            two.withUTF8 { UnsafeRawBufferPointer(one).compare(UnsafeRawBufferPointer($0)) }
        }
    }
}

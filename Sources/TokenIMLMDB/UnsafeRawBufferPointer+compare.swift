#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

extension UnsafeRawBufferPointer {
    /// Less than 0 when these bytes come before others, 0 when they are the same, greater than 0 when they come after.
    package func compare(_ other: UnsafeRawBufferPointer) -> Int {
        let common = Swift.min(count, other.count)
        if common > 0, let one = baseAddress, let two = other.baseAddress {
            let order = memcmp(one, two, common)
            if order != 0 { return Int(order) }
        }
        return count - other.count
    }
}

internal import CTokenIMLMDB

/// Bringing memory near before it is needed: what one thread has written reaches another's processor in about a tenth
/// of a microsecond, and several such ways can be gone at once.
package enum ProcessorCache {
    private static let line = 64

    /// Has some bytes brought near. Harmless for any address, also one where nothing is any more.
    @inline(always)
    package static func fetch(_ address: UnsafeRawPointer, byteCount: Int) {
        var offset = 0
        while offset < byteCount {
            tokenim_fetch(address + offset)
            offset += line
        }
    }
}

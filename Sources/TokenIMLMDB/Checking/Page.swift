/// A page as LMDB 0.9 lays it out: a header, the offsets of its nodes in key order growing up, the nodes growing down.
///
/// Nothing in it is trusted: what would lead out of the page is nil or a defect.
struct Page {
    /// What kind of page it is.
    enum Kind: UInt16 {
        case branch = 0x01
        case leaf = 0x02
        case overflow = 0x04
        case meta = 0x08
    }

    static let headerSize = 16

    let bytes: UnsafeRawBufferPointer

    var number: UInt64 { bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self) }
    var flags: UInt16 { bytes.loadUnaligned(fromByteOffset: 10, as: UInt16.self) }
    /// Nil if the flags are not those of one kind.
    var kind: Kind? { Kind(rawValue: flags) }
    /// Where the offsets end and the free space begins.
    var lower: Int { Int(bytes.loadUnaligned(fromByteOffset: 12, as: UInt16.self)) }
    /// Where the free space ends and the nodes begin.
    var upper: Int { Int(bytes.loadUnaligned(fromByteOffset: 14, as: UInt16.self)) }
    /// In the first page of an overflow run: how many pages it has.
    var overflowPages: UInt64 { UInt64(bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) }
    /// How many nodes it has. Meaningless before `layoutDefect` was nil.
    var count: Int { (lower - Self.headerSize) / 2 }

    /// What is wrong with how the nodes lie in the page, or nil: then every node can be read.
    ///
    /// LMDB keeps them packed, so they must fill all that is above the free space, without gap or overlap.
    func layoutDefect(isLeaf: Bool) -> String? {
        guard lower >= Self.headerSize, lower & 1 == 0, upper & 1 == 0, lower <= upper, upper <= bytes.count else {
            return "free space from \(lower) to \(upper)"
        }
        var extents: [(start: Int, end: Int)] = []
        extents.reserveCapacity(count)
        for index in 0..<count {
            let offset = offset(index)
            guard offset & 1 == 0, offset >= upper, offset + Node.headerSize <= bytes.count else {
                return "node \(index) at \(offset)"
            }
            let node = Node(bytes: bytes, offset: offset)
            guard offset + node.size(isLeaf: isLeaf) <= bytes.count else {
                return "node \(index) at \(offset) reaches beyond the page"
            }
            extents.append((offset, offset + node.size(isLeaf: isLeaf)))
        }
        extents.sort { $0.start < $1.start }
        var end = upper
        for extent in extents {
            guard extent.start == end else { return "nodes that overlap or leave a gap at \(min(extent.start, end))" }
            end = extent.end
        }
        return end == bytes.count ? nil : "nodes that leave a gap at \(end)"
    }

    /// The node at that place in key order.
    func node(_ index: Int) -> Node { Node(bytes: bytes, offset: offset(index)) }

    private func offset(_ index: Int) -> Int {
        Int(bytes.loadUnaligned(fromByteOffset: Self.headerSize + 2 * index, as: UInt16.self))
    }
}

/// An entry of a branch page (a key and a child page) or of a leaf page (a key and data).
struct Node {
    static let headerSize = 8
    static let bigData: UInt16 = 0x01
    static let subData: UInt16 = 0x02

    let bytes: UnsafeRawBufferPointer
    let offset: Int

    private func half(_ at: Int) -> UInt16 { bytes.loadUnaligned(fromByteOffset: offset + at, as: UInt16.self) }

    var flags: UInt16 { half(4) }
    var keySize: Int { Int(half(6)) }
    var key: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[offset + 8..<offset + 8 + keySize])
    }

    /// Of a branch's node: the page below.
    var child: UInt64 { UInt64(half(0)) | UInt64(half(2)) << 16 | UInt64(half(4)) << 32 }

    /// Of a leaf's node: how long the data are.
    var dataSize: Int { Int(half(0)) | Int(half(2)) << 16 }
    /// Of a leaf's node: whether the data lie on overflow pages.
    var isBig: Bool { flags & Self.bigData != 0 }
    /// Of a leaf's node: the data in the page, or the number of the first overflow page.
    var data: UnsafeRawBufferPointer {
        let start = offset + 8 + keySize
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + (isBig ? 8 : dataSize)])
    }
    /// Of a leaf's big node: its first overflow page.
    var overflowPage: UInt64 { data.loadUnaligned(as: UInt64.self) }

    /// The bytes it takes in the page.
    func size(isLeaf: Bool) -> Int {
        let size = Self.headerSize + keySize + (isLeaf ? (isBig ? 8 : dataSize) : 0)
        return size + (size & 1)
    }
}

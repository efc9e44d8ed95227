/// Whether the header pages hold the states that their transaction numbers say.
///
/// A wrong bit in a transaction number can make the last commit vanish: the state before it is still whole. What gives
/// it away is the free list of each state, whose last record has the number of the commit that made the state: every
/// commit replaces pages, and so frees some, unless there was nothing before it.
struct NewestFreed {
    private let header: DataFileHeader
    private let file: PageFile

    init(header: DataFileHeader, file: PageFile) {
        self.header = header
        self.file = file
    }

    /// The header page that is wrong, or nil.
    var defect: (page: UInt64, reason: String)? {
        let newest = header.newest
        let other = header.metas[1 - Int(newest.number)]
        if newest.transaction > 0, other.main.root != MetaPage.Tree.none,
            lastRecord(of: newest.free) != newest.transaction
        {
            return (newest.number, "its state is older than its transaction number")
        }
        let isNewer =
            other.transaction == 0
            ? other.main.root != MetaPage.Tree.none || other.free.root != MetaPage.Tree.none
            : lastRecord(of: other.free).map { $0 > other.transaction } ?? false
        return isNewer ? (other.number, "its state is newer than its transaction number") : nil
    }

    /// The highest key of a free list, nil if it is empty or cannot be read.
    private func lastRecord(of tree: MetaPage.Tree) -> UInt64? {
        guard tree.root != MetaPage.Tree.none, (1...31).contains(tree.depth) else { return nil }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: file.pageSize, alignment: 16)
        defer { buffer.deallocate() }
        let page = Page(bytes: UnsafeRawBufferPointer(buffer))
        var number = tree.root
        for level in 1...tree.depth {
            let isLeaf = level == tree.depth
            guard file.read(number, into: buffer), page.number == number, page.kind == (isLeaf ? .leaf : .branch),
                page.layoutDefect(isLeaf: isLeaf) == nil, page.count > 0
            else { return nil }
            let node = page.node(page.count - 1)
            if isLeaf { return node.keySize == 8 ? node.key.loadUnaligned(as: UInt64.self) : nil }
            number = node.child
        }
        return nil
    }
}

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// Walks one tree of a data file, from its root, and checks all of it.
final class TreeWalk {
    /// What the rows of a tree are.
    enum Contents {
        /// Of each transaction, the pages that it has freed.
        case freeList
        /// Of each table, the record of its tree.
        case tables
        /// Sealed values.
        case rows(table: String, seed: UInt32)
    }

    private let verification: Verification
    private let tree: MetaPage.Tree
    private let contents: Contents
    private let table: String?
    /// A page for each level, and one for overflow pages.
    private let buffers: [UnsafeMutableRawBufferPointer]
    private var branchPages: UInt64 = 0
    private var leafPages: UInt64 = 0
    private var overflowPages: UInt64 = 0
    private var entries: UInt64 = 0

    init(_ verification: Verification, tree: MetaPage.Tree, contents: Contents) {
        self.verification = verification
        self.tree = tree
        self.contents = contents
        table = if case .rows(let table, _) = contents { table } else { nil }
        buffers = (0..<min(Int(tree.depth), 31) + 1).map { _ in
            .allocate(byteCount: verification.header.pageSize, alignment: 16)
        }
    }

    deinit { for buffer in buffers { buffer.deallocate() } }

    /// Checks the tree, whose record lies on page `recordPage`.
    func run(recordPage: UInt64? = nil) {
        let recordPage = recordPage ?? verification.header.newest.number
        if let defect = DataFileHeader.defect(of: tree, lastPage: verification.header.newest.lastPage) {
            return report(recordPage, defect)
        }
        let before = verification.findings.count
        if tree.root != MetaPage.Tree.none {
            visit(tree.root, from: recordPage, level: 1, from: nil, to: nil)
        }
        guard verification.findings.count == before else { return }
        let counted = (branchPages, leafPages, overflowPages, entries)
        if counted != (tree.branchPages, tree.leafPages, tree.overflowPages, tree.entries) {
            report(recordPage, "the tree is not as large as its record says")
        }
    }

    private func report(_ page: UInt64, _ reason: String) {
        switch contents {
        case .freeList: verification.report(page, table: nil, "free list: \(reason)")
        case .tables: verification.report(page, table: nil, "table of tables: \(reason)")
        case .rows(let table, _): verification.report(page, table: table, reason)
        }
    }

    /// Checks a page and all below it. Its keys must be from `lower` on, and below `upper`; both lie in pages above it.
    private func visit(
        _ number: UInt64, from parent: UInt64, level: Int, from lower: UnsafeRawBufferPointer?,
        to upper: UnsafeRawBufferPointer?
    ) {
        guard verification.use(number, from: parent, table: table) else { return }
        let buffer = buffers[level - 1]
        guard verification.file.read(number, into: buffer) else { return report(number, "it cannot be read") }
        let page = Page(bytes: UnsafeRawBufferPointer(buffer))
        guard page.number == number else { return report(number, "it says that it is page \(page.number)") }
        let isLeaf = level == Int(tree.depth)
        guard page.kind == (isLeaf ? .leaf : .branch) else { return report(number, "it is of the wrong kind") }
        if let defect = page.layoutDefect(isLeaf: isLeaf) { return report(number, defect) }
        if let defect = keyDefect(page, isLeaf: isLeaf, from: lower, to: upper) { return report(number, defect) }
        if isLeaf {
            leafPages += 1
            entries += UInt64(page.count)
            for index in 0..<page.count { check(page.node(index), on: number) }
            return
        }
        branchPages += 1
        for index in 0..<page.count {
            let node = page.node(index)
            let next = index + 1 < page.count ? page.node(index + 1).key : upper
            visit(node.child, from: number, level: level + 1, from: index == 0 ? lower : node.key, to: next)
        }
    }

    private func keyDefect(
        _ page: Page, isLeaf: Bool, from lower: UnsafeRawBufferPointer?, to upper: UnsafeRawBufferPointer?
    ) -> String? {
        // LMDB itself leaves a branch with one child in the free list at times, and stops the process on one elsewhere.
        let fewest = if case .freeList = contents { 1 } else { isLeaf ? 1 : 2 }
        guard page.count >= fewest else { return "it has \(page.count) entries" }
        var previous = lower
        // The first key of a branch page is not used: it stands for everything from the lower bound on.
        for index in (isLeaf ? 0 : 1)..<page.count {
            let key = page.node(index).key
            guard isPlausible(key) else { return "entry \(index) has a key of \(key.count) bytes" }
            // The first key can equal the bound.
            if let previous, !isAscending(previous, key, orEqual: index == 0) {
                return "entry \(index) is out of order"
            }
            previous = key
        }
        if let upper, let previous, !isAscending(previous, upper, orEqual: false) {
            return "its last entry is out of order"
        }
        return nil
    }

    private func isPlausible(_ key: UnsafeRawBufferPointer) -> Bool {
        if case .freeList = contents { return key.count == 8 }
        return (1...Table.maximumKeyLength).contains(key.count)
    }

    private func isAscending(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, orEqual: Bool
    ) -> Bool {
        if case .freeList = contents {
            let (left, right) = (left.loadUnaligned(as: UInt64.self), right.loadUnaligned(as: UInt64.self))
            return left < right || (orEqual && left == right)
        }
        let order = memcmp(left.baseAddress!, right.baseAddress!, min(left.count, right.count))
        if order != 0 { return order < 0 }
        return left.count < right.count || (orEqual && left.count == right.count)
    }

    // MARK: Rows

    /// Checks a row.
    private func check(_ node: Node, on page: UInt64) {
        guard node.flags == 0 || node.flags == Node.bigData || node.flags == Node.subData else {
            return report(page, "an entry with flags \(node.flags)")
        }
        let isTable = node.flags == Node.subData
        switch contents {
        case .tables:
            guard isTable, node.dataSize == MetaPage.Tree.size else {
                return report(page, "an entry that is not the record of a table")
            }
            checkTable(node, on: page)
        case .rows(_, let seed):
            guard !isTable else { return report(page, "an entry that is a table") }
            checkValue(node, seed: seed, on: page)
        case .freeList:
            guard !isTable else { return report(page, "an entry that is a table") }
            checkFreed(node, on: page)
        }
    }

    private func checkTable(_ node: Node, on page: UInt64) {
        guard let name = String(validating: node.key, as: UTF8.self) else {
            return report(page, "a name that is not UTF-8")
        }
        let record = MetaPage.Tree(node.data, at: 0)
        guard record.flags == 0 else {
            return verification.report(page, table: name, "its record has flags \(record.flags)")
        }
        TreeWalk(verification, tree: record, contents: .rows(table: name, seed: SealedValue.seed(table: name)))
            .run(recordPage: page)
    }

    private func checkValue(_ node: Node, seed: UInt32, on page: UInt64) {
        guard node.dataSize >= SealedValue.overhead else {
            return report(page, "a value that is too short for a checksum")
        }
        let payloadSize = node.dataSize - SealedValue.overhead
        var checksum = SealedValue.seed(seed, key: node.key)
        var expected: UInt32 = 0
        var offset = 0
        let isComplete = forEachPart(of: node, on: page) { part in
            let payload = max(0, min(part.count, payloadSize - offset))
            checksum = CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: part[..<payload]), continuing: checksum)
            for byte in part[payload...] { expected = expected << 8 | UInt32(byte) }
            offset += part.count
        }
        if isComplete, checksum != expected { report(page, "the checksum of a value is wrong") }
    }

    private func checkFreed(_ node: Node, on page: UInt64) {
        let transaction = node.key.loadUnaligned(as: UInt64.self)
        guard (1...verification.header.newest.transaction).contains(transaction) else {
            return report(page, "pages that transaction \(transaction) has freed")
        }
        guard node.dataSize >= 8, node.dataSize & 7 == 0 else {
            return report(page, "a list of \(node.dataSize) bytes")
        }
        // A count, then that many page numbers from the highest to the lowest, then perhaps room.
        var remaining: UInt64?
        var previous = UInt64.max
        var isSound = true
        let room = UInt64(node.dataSize / 8 - 1)
        _ = forEachPart(of: node, on: page) { part in
            for offset in stride(from: 0, to: part.count, by: 8) where isSound {
                let word = part.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                guard let left = remaining else {
                    remaining = word
                    isSound = word <= room
                    continue
                }
                if left == 0 { return }
                remaining = left - 1
                isSound = word < previous
                previous = word
                if isSound { verification.free(word, from: page) }
            }
        }
        if !isSound { report(page, "a list whose numbers make no sense") }
    }

    /// Hands out the data of a row piece by piece, from the page itself or from its overflow pages, which are counted.
    ///
    /// - Returns: false if something was wrong, which was reported.
    private func forEachPart(of node: Node, on page: UInt64, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        guard node.isBig else {
            body(node.data)
            return true
        }
        let pageSize = verification.header.pageSize
        let buffer = buffers[buffers.count - 1]
        let first = node.overflowPage
        var left = node.dataSize
        var index: UInt64 = 0
        var run: UInt64 = 1
        while index < run {
            guard verification.use(first &+ index, from: page, table: table) else { return false }
            guard left == 0 || verification.file.read(first + index, into: buffer) else {
                report(first + index, "it cannot be read")
                return false
            }
            var start = 0
            if index == 0 {
                let head = Page(bytes: UnsafeRawBufferPointer(buffer))
                run = head.overflowPages
                let needed = UInt64((Page.headerSize + left + pageSize - 1) / pageSize)
                guard head.number == first, head.kind == .overflow, run >= needed else {
                    report(first, "it is not the start of the overflow pages of an entry")
                    return false
                }
                start = Page.headerSize
            }
            let count = min(left, pageSize - start)
            if count > 0 { body(UnsafeRawBufferPointer(rebasing: buffer[start..<start + count])) }
            left -= count
            index += 1
        }
        overflowPages += run
        return true
    }
}

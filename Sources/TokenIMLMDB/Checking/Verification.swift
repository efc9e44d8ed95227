/// One pass over a data file, which must stay open meanwhile: which pages were seen, and what was found wrong.
final class Verification {
    let file: PageFile
    let header: DataFileHeader
    /// Pages that are used or free. Nothing may be in it twice.
    private(set) var seen: PageSet
    private(set) var findings: [Damage] = []
    /// Free pages beyond the end of the file: LMDB does not write a page that was freed before it was ever needed.
    private(set) var freeBeyondEnd: UInt64 = 0
    private let limit: Int
    /// More page numbers than this cannot be accounted for, as the free list has no room for them.
    private let bound: UInt64

    init(_ file: borrowing FileDescriptor, header: DataFileHeader, limit: Int) {
        let file = PageFile(file, header: header)
        let plausible = file.pages + header.fileLength / 8
        bound = min(header.newest.lastPage + 1, plausible)
        seen = PageSet(bound: bound)
        self.file = file
        self.header = header
        self.limit = limit
        for page: UInt64 in 0..<2 { _ = seen.insert(page) }
    }

    var isSound: Bool { findings.isEmpty }

    /// Notes something wrong.
    func report(_ page: UInt64, table: String?, _ reason: String) {
        if findings.count < limit { findings.append(Damage(table: table, page: page, reason: reason)) }
    }

    /// Checks the free list and whether it accounts for what the file is short of.
    func verifyFreeList() {
        let newest = header.newest
        guard newest.lastPage < bound else {
            return report(newest.number, table: nil, "the file is cut short")
        }
        TreeWalk(self, tree: newest.free, contents: .freeList).run()
        let missing = newest.lastPage + 1 - min(newest.lastPage + 1, file.pages)
        if isSound, freeBeyondEnd != missing {
            report(newest.number, table: nil, "the file is cut short")
        }
    }

    /// Checks everything.
    func verifyEverything() {
        verifyFreeList()
        // Without a bound that holds, every page above it would be another finding.
        guard header.newest.lastPage < bound else { return }
        TreeWalk(self, tree: header.newest.main, contents: .tables).run()
        if let defect = NewestFreed(header: header, file: file).defect {
            report(defect.page, table: nil, defect.reason)
        }
        if isSound, seen.count != bound, let page = seen.firstMissing {
            report(page, table: nil, "\(bound - seen.count) pages are neither used nor free")
        }
    }

    /// Counts a page as used. Returns whether it can be read: it exists, and was not seen before.
    func use(_ page: UInt64, from parent: UInt64, table: String?) -> Bool {
        guard page >= 2, page < bound, page < file.pages else {
            report(parent, table: table, "it points to page \(page), which does not exist")
            return false
        }
        guard seen.insert(page) else {
            report(parent, table: table, "it points to page \(page), which is used elsewhere, or free")
            return false
        }
        return true
    }

    /// Counts a page as free, as a record on page `parent` says.
    func free(_ page: UInt64, from parent: UInt64) {
        guard page >= 2, page < bound else {
            return report(parent, table: nil, "free list: page \(page) does not exist")
        }
        guard seen.insert(page) else {
            return report(parent, table: nil, "free list: page \(page) is used, or free twice")
        }
        if page >= file.pages { freeBeyondEnd += 1 }
    }
}

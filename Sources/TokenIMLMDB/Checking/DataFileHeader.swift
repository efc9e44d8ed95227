/// The checked header of a data file: its two meta pages, and which of them counts.
struct DataFileHeader {
    let metas: [MetaPage]
    let newest: MetaPage
    let pageSize: Int
    let fileLength: UInt64

    /// What can be wrong with a header.
    enum Defect: Error {
        case unreadable(StorageError)
        case version(UInt32)
        case damaged(page: UInt64, String)

        func storageError(operation: String) -> StorageError {
            switch self {
            case .unreadable(let error): error
            case .version(let version):
                StorageError(.versionMismatch, operation: operation, detail: "format version \(version), expected 1")
            case .damaged(let page, let reason):
                StorageError(.damaged, operation: operation, detail: "page \(page): \(reason)")
            }
        }
    }

    /// Reads and checks the header without mapping the file: LMDB would follow whatever it says.
    init(_ file: borrowing FileDescriptor) throws(Defect) {
        do throws(StorageError) {
            fileLength = try file.length()
        } catch {
            throw .unreadable(error)
        }
        let first = try Self.read(file, number: 0, at: 0)
        pageSize = Int(first.pageSize)
        guard (512...32_768).contains(pageSize), pageSize & (pageSize - 1) == 0 else {
            throw .damaged(page: 0, "a page size of \(pageSize)")
        }
        guard fileLength >= UInt64(2 * pageSize) else { throw .damaged(page: 1, "the file ends before it") }
        let second = try Self.read(file, number: 1, at: UInt64(pageSize))
        guard second.pageSize == first.pageSize else {
            throw .damaged(page: 1, "its page size differs from that of page 0")
        }
        metas = [first, second]
        newest = first.transaction >= second.transaction ? first : second
        try checkNewest()
    }

    private static func read(
        _ file: borrowing FileDescriptor, number: UInt64, at offset: UInt64
    ) throws(Defect) -> MetaPage {
        let result: Result<MetaPage?, StorageError> = withUnsafeTemporaryAllocation(
            byteCount: MetaPage.size, alignment: 8
        ) { buffer in
            do throws(StorageError) {
                let count = try file.read(into: buffer, at: offset)
                return .success(count == MetaPage.size ? MetaPage(UnsafeRawBufferPointer(buffer)) : nil)
            } catch {
                return .failure(error)
            }
        }
        let meta: MetaPage
        switch result {
        case .failure(let error): throw .unreadable(error)
        case .success(nil): throw .damaged(page: number, "the file ends within it")
        case .success(.some(let read)): meta = read
        }
        guard meta.magic == MetaPage.magic else { throw .damaged(page: number, "it does not begin as LMDB's files do") }
        guard meta.version == MetaPage.version else { throw .version(meta.version) }
        guard meta.pageFlags == Page.Kind.meta.rawValue, meta.number == number else {
            throw .damaged(page: number, "it is not a header page")
        }
        // Commits write the header pages in turn; both begin with 0.
        guard meta.transaction & 1 == number || meta.transaction == 0 else {
            throw .damaged(page: number, "a transaction number that belongs to the other header page")
        }
        // The flag is that keys are integers; the other one that may be set says how the file was named when made.
        guard meta.free.flags & ~0x4000 == 0x08, meta.main.flags == 0 else {
            throw .damaged(page: number, "flags that no such file has")
        }
        return meta
    }

    private func checkNewest() throws(Defect) {
        let page = newest.number
        // Each commit counts up by one, and leaves the page before it as it was.
        let difference = newest.transaction - min(metas[0].transaction, metas[1].transaction)
        guard difference == 1 || newest.transaction == 0 else {
            throw .damaged(page: page, "a transaction number that does not follow the one before")
        }
        guard newest.lastPage >= 1, newest.lastPage < UInt64(1) << 48 else {
            throw .damaged(page: page, "a last page of \(newest.lastPage)")
        }
        guard (newest.lastPage + 1) * UInt64(pageSize) <= newest.mapSize else {
            throw .damaged(page: page, "a last page beyond the map")
        }
        for (tree, name) in [(newest.free, "free list"), (newest.main, "table of tables")] {
            if let reason = Self.defect(of: tree, lastPage: newest.lastPage) {
                throw .damaged(page: page, "\(name): \(reason)")
            }
        }
    }

    /// What is wrong with the record of a tree, or nil.
    static func defect(of tree: MetaPage.Tree, lastPage: UInt64) -> String? {
        if tree.root == MetaPage.Tree.none {
            let isEmpty =
                tree.depth == 0 && tree.entries == 0 && tree.leafPages == 0 && tree.branchPages == 0
                && tree.overflowPages == 0
            return isEmpty ? nil : "no root, and yet not empty"
        }
        guard (2...lastPage).contains(tree.root) else { return "a root page of \(tree.root)" }
        guard (1...31).contains(tree.depth) else { return "a depth of \(tree.depth)" }
        let limit = lastPage + 1
        guard tree.leafPages >= 1, tree.leafPages <= limit, tree.branchPages <= limit, tree.overflowPages <= limit
        else {
            return "more pages than there are, or none"
        }
        return nil
    }

    /// Throws `.damaged` and the like unless the header of an existing data file can be trusted.
    static func check(_ file: borrowing FileDescriptor, path: String) throws(StorageError) {
        let operation = "open \(path)"
        do throws(Defect) {
            let header = try DataFileHeader(file)
            guard header.fileLength < (header.newest.lastPage + 1) * UInt64(header.pageSize) else { return }
            let verification = Verification(file, header: header, limit: 1)
            verification.verifyFreeList()
            if let finding = verification.findings.first { throw .damaged(page: finding.page, finding.reason) }
        } catch {
            throw error.storageError(operation: operation)
        }
    }
}

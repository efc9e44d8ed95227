/// A data file that is read page by page, never mapped. Its descriptor is borrowed.
struct PageFile {
    private let descriptor: Int32
    let pageSize: Int
    /// Whole pages in the file.
    let pages: UInt64

    init(_ file: borrowing FileDescriptor, header: DataFileHeader) {
        descriptor = file.rawValue
        pageSize = header.pageSize
        pages = header.fileLength / UInt64(header.pageSize)
    }

    /// Reads a page. Returns false if the file has become shorter, or cannot be read there.
    func read(_ page: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        guard page < pages else { return false }
        let offset = page * UInt64(pageSize)
        return (try? FileDescriptor.read(descriptor, into: buffer, at: offset)) == pageSize
    }
}

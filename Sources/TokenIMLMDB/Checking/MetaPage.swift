/// A header page of a data file, as LMDB 0.9 lays it out on a 64-bit machine, in the machine's byte order.
///
/// There are two, at the file's first two pages; commits write them in turn, and the one with the higher transaction
/// number is the newest state.
struct MetaPage: Equatable {
    /// One table: where its tree is, and how large.
    struct Tree: Equatable {
        var pad: UInt32
        var flags: UInt16
        var depth: UInt16
        var branchPages: UInt64
        var leafPages: UInt64
        var overflowPages: UInt64
        var entries: UInt64
        var root: UInt64

        static let size = 48
        /// The root of a tree without pages.
        static let none = UInt64.max

        init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
            func load<Value: BitwiseCopyable>(_ field: Int, _ type: Value.Type) -> Value {
                bytes.loadUnaligned(fromByteOffset: offset + field, as: type)
            }
            pad = load(0, UInt32.self)
            flags = load(4, UInt16.self)
            depth = load(6, UInt16.self)
            branchPages = load(8, UInt64.self)
            leafPages = load(16, UInt64.self)
            overflowPages = load(24, UInt64.self)
            entries = load(32, UInt64.self)
            root = load(40, UInt64.self)
        }
    }

    /// Bytes of the page that mean something.
    static let size = 152
    static let magic: UInt32 = 0xBEEF_C0DE
    static let version: UInt32 = 1

    let number: UInt64
    let pageFlags: UInt16
    let magic: UInt32
    let version: UInt32
    let mapSize: UInt64
    let free: Tree
    let main: Tree
    let lastPage: UInt64
    let transaction: UInt64

    /// - Parameter bytes: at least `size` of them, from the start of the page.
    init(_ bytes: UnsafeRawBufferPointer) {
        func load<Value: BitwiseCopyable>(_ offset: Int, _ type: Value.Type) -> Value {
            bytes.loadUnaligned(fromByteOffset: offset, as: type)
        }
        number = load(0, UInt64.self)
        pageFlags = load(10, UInt16.self)
        magic = load(16, UInt32.self)
        version = load(20, UInt32.self)
        mapSize = load(32, UInt64.self)
        free = Tree(bytes, at: 40)
        main = Tree(bytes, at: 88)
        lastPage = load(136, UInt64.self)
        transaction = load(144, UInt64.self)
    }

    /// LMDB keeps the size of a page in a field of the free list that is of no other use.
    var pageSize: UInt32 { free.pad }
}

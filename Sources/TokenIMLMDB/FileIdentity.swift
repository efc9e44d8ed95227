#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// What makes a file that file, whatever path leads to it.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    init(_ information: stat) {
        device = UInt64(truncatingIfNeeded: information.st_dev)
        inode = UInt64(truncatingIfNeeded: information.st_ino)
    }
}

/// Which files this process has open exclusively.
///
/// LMDB loses its reader table, and lets two writers in, when one process opens an environment twice; and POSIX locks
/// do not protect a process against itself.
enum OpenFiles {
    private static let claimed = Monitor<Set<FileIdentity>>([])

    /// Claims a file. Returns false if it is claimed already.
    static func claim(_ identity: FileIdentity) -> Bool {
        claimed.withLock { $0.insert(identity).inserted }
    }

    /// Gives a claimed file back.
    static func release(_ identity: FileIdentity) {
        claimed.withLock { _ = $0.remove(identity) }
    }
}

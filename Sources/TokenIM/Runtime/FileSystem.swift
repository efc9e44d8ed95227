#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The little that the engine asks of the file system itself; LMDB's files are the LMDB module's business.
enum FileSystem {
    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Whether there is a directory with nothing in it: one that somebody made for the store to go into.
    static func isEmptyDirectory(_ path: String) -> Bool {
        guard let stream = opendir(path) else { return false }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            // "." and ".." are always there; a third entry is something.
            let first = entry.pointee.d_name.0
            let second = entry.pointee.d_name.1
            let third = entry.pointee.d_name.2
            let dot = CChar(UInt8(ascii: "."))
            let isSelf = first == dot && second == 0
            let isParent = first == dot && second == dot && third == 0
            if !isSelf && !isParent { return false }
        }
        return true
    }

    static func createDirectory(_ path: String) throws(IMError) {
        guard mkdir(path, 0o700) == 0 else { throw failure("make directory", path) }
    }

    static func removeEmptyDirectory(_ path: String) throws(IMError) {
        guard rmdir(path) == 0 else { throw failure("replace directory", path) }
    }

    /// Removes a store's files and directories; those alone, so that nothing else can be lost.
    static func removeScratchStore(_ path: String) {
        for environment in ["journal", "projections"] {
            for file in ["data.mdb", "lock.mdb"] { unlink("\(path)/\(environment)/\(file)") }
            rmdir("\(path)/\(environment)")
        }
        unlink("\(path)/engine.lock")
        rmdir(path)
    }

    private static func failure(_ operation: String, _ path: String) -> IMError {
        IMError(.inputOutput, "cannot \(operation) \(path): \(String(cString: strerror(errno)))")
    }
}

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Looks at directories that hold a store, or shall.
enum StoreDirectory {
    /// A replay begins a new store and adds to none: what is in the directory would be neither the log nor the past.
    ///
    /// - Throws: `cannotCreate` unless nothing is there, or an empty directory.
    static func requireUnused(_ path: String) throws(ReplayFailure) {
        guard let names = names(in: path) else {
            if errno == ENOENT { return }
            throw ReplayFailure(.cannotCreate, "\(path): \(systemMessage(errno))")
        }
        guard names.isEmpty else {
            throw ReplayFailure(.cannotCreate, "\(path): not empty; a replay needs a new or an empty directory")
        }
    }

    /// How many bytes the files in a directory and below occupy on disk.
    static func bytesOnDisk(_ path: String) -> UInt64 {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        let own = UInt64(status.st_blocks) * 512
        guard status.st_mode & S_IFMT == S_IFDIR else { return own }
        return (names(in: path) ?? []).reduce(own) { $0 + bytesOnDisk("\(path)/\($1)") }
    }

    /// What is in a directory; nil, with `errno` set, when it cannot be read.
    private static func names(in path: String) -> [String]? {
        guard let stream = opendir(path) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

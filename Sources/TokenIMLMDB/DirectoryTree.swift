#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// What is done to a directory and everything below it. Symbolic links are not followed.
enum DirectoryTree {
    /// The names in a directory, without "." and "..", in no particular order.
    static func names(in directory: String) throws(StorageError) -> [String] {
        guard let stream = opendir(directory) else {
            throw .system(errno, operation: "list \(directory)", directory: nil)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw .system(errno, operation: "list \(directory)", directory: nil) }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// Returns once every file and directory in it, and itself, are on disk.
    static func synchronize(_ directory: String) throws(StorageError) {
        for name in try names(in: directory) {
            let path = "\(directory)/\(name)"
            switch try kind(of: path) {
            case S_IFDIR: try synchronize(path)
            case S_IFREG: try FileDescriptor(opening: path, flags: O_RDONLY).synchronize(operation: "sync \(path)")
            default: break
            }
        }
        try synchronizeEntries(of: directory)
    }

    /// Returns once the names in the directory are on disk.
    static func synchronizeEntries(of directory: String) throws(StorageError) {
        try FileDescriptor(opening: directory, flags: O_RDONLY | O_DIRECTORY)
            .synchronize(operation: "sync \(directory)")
    }

    /// Removes the directory and everything in it.
    static func remove(_ directory: String) throws(StorageError) {
        for name in try names(in: directory) {
            let path = "\(directory)/\(name)"
            if try kind(of: path) == S_IFDIR {
                try remove(path)
            } else if unlink(path) != 0 {
                throw .system(errno, operation: "remove \(path)", directory: nil)
            }
        }
        if rmdir(directory) != 0 { throw .system(errno, operation: "remove \(directory)", directory: nil) }
    }

    private static func kind(of path: String) throws(StorageError) -> mode_t {
        var information = stat()
        guard lstat(path, &information) == 0 else {
            throw .system(errno, operation: "stat \(path)", directory: nil)
        }
        return information.st_mode & S_IFMT
    }
}

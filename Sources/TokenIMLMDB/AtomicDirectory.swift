internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// Makes a directory with everything in it appear at once, or not at all.
public enum AtomicDirectory {
    private static let counter = Atomic<UInt64>(0)

    /// Makes the directory `path`: `build` fills a temporary directory next to it, which is synced to disk and renamed.
    ///
    /// What a crash leaves is a temporary directory, named `.NAME.incomplete-…`; the next `create` of the same path
    /// removes it, unless another process is still at it. When it returns, the directory survives a power cut.
    ///
    /// - Parameters:
    ///   - path: must not exist; its parent must.
    ///   - build: gets the path of the temporary directory. What it opens there it must close before it returns.
    /// - Throws: `StorageError` of kind `.misuse` with the code EEXIST if `path` exists, or else what went wrong; what
    ///   `build` throws, after the temporary directory was removed.
    public static func create(at path: String, build: (String) throws -> Void) throws {
        let (parent, name) = try split(path)
        guard !exists(path) else { throw existsAlready(path) }
        let prefix = ".\(name).incomplete-"
        try removeLeftovers(in: parent, prefix: prefix)

        let number = counter.add(1, ordering: .relaxed).newValue
        let temporary = "\(parent)/\(prefix)\(getpid())-\(number)"
        guard mkdir(temporary, 0o700) == 0 else {
            throw StorageError.system(errno, operation: "make \(temporary)", directory: parent)
        }
        do {
            // Held while it is built, so that no one else takes it for what a crash has left.
            let lock = try FileDescriptor(opening: temporary, flags: O_RDONLY | O_DIRECTORY)
            guard try lock.tryLock() else {
                throw StorageError(.locked, operation: "make \(temporary)", detail: "someone else is at it")
            }
            defer { lock.unlock() }
            try build(temporary)
            try DirectoryTree.synchronize(temporary)
            guard !exists(path) else { throw existsAlready(path) }
            guard rename(temporary, path) == 0 else {
                throw StorageError.system(errno, operation: "rename \(temporary)", directory: parent)
            }
        } catch {
            try? DirectoryTree.remove(temporary)
            throw error
        }
        try DirectoryTree.synchronizeEntries(of: parent)
    }

    /// Makes the name of a directory durable, which a creation that was stopped right after the renaming may have left
    /// undone.
    public static func synchronizeParent(of path: String) throws {
        try DirectoryTree.synchronizeEntries(of: split(path).parent)
    }

    private static func existsAlready(_ path: String) -> StorageError {
        StorageError(.misuse, code: EEXIST, operation: "make \(path)", detail: "it exists")
    }

    private static func exists(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0
    }

    private static func split(_ path: String) throws(StorageError) -> (parent: String, name: String) {
        var path = path[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path
        guard !name.isEmpty, name != ".", name != ".." else {
            throw StorageError(.misuse, operation: "make \(path)", detail: "the path does not end in a name")
        }
        let parent = path.dropLast(name.count)
        return (parent.isEmpty ? "." : parent == "/" ? "/" : String(parent.dropLast()), String(name))
    }

    private static func removeLeftovers(in parent: String, prefix: String) throws(StorageError) {
        for name in try DirectoryTree.names(in: parent) where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            guard let file = try? FileDescriptor(opening: path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
                (try? file.tryLock()) == true
            else { continue }
            try DirectoryTree.remove(path)
        }
    }
}

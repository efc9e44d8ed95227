internal import TokenIMLMDB

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// A new, empty directory that goes away with all that is in it when nothing refers to it any more.
///
/// Keep it as long as anything is open in it:
/// ```swift
/// let directory = try TemporaryDirectory()
/// let engine = try Engine(directory: directory.path + "/chat.tokenim")
/// defer { engine.close() }
/// ```
public final class TemporaryDirectory: Sendable {
    /// Why a directory could not be made.
    public struct CreationFailure: Error, CustomStringConvertible {
        /// What was to be made; the system chooses other characters for the X.
        public let path: String
        /// The system's `errno`.
        public let code: Int32

        public var description: String { "cannot make the directory \(path): \(String(cString: strerror(code)))" }
    }

    /// Where it is: absolute, without symbolic links, without a slash at the end.
    public let path: String

    private let isRemoved = Monitor(false)

    /// Makes a directory that only this user can enter, in the one that the environment variable `TMPDIR` names, or in
    /// the system's when there is none.
    ///
    /// - Parameter prefix: how its name begins.
    public init(prefix: String = "tokenim") throws(CreationFailure) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let template = "\(parent.isEmpty ? P_tmpdir : parent)/\(prefix)-XXXXXX"
        var name = Array(template.utf8CString)
        guard mkdtemp(&name) != nil, let real = realpath(name, nil) else {
            throw CreationFailure(path: template, code: errno)
        }
        defer { free(real) }
        path = String(cString: real)
    }

    deinit { remove() }

    /// Removes the directory and all that is in it, without following symbolic links. Further calls do nothing.
    ///
    /// What the system refuses to remove stays, and nothing is said about it.
    public func remove() {
        let isFirst = isRemoved.withLock { isRemoved in
            defer { isRemoved = true }
            return !isRemoved
        }
        guard isFirst else { return }
        Self.removeContents(of: path)
        rmdir(path)
    }

    private static func removeContents(of directory: String) {
        guard let stream = opendir(directory) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { characters in
                characters.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let path = "\(directory)/\(name)"
            var information = stat()
            guard lstat(path, &information) == 0 else { continue }
            if information.st_mode & S_IFMT == S_IFDIR {
                removeContents(of: path)
                rmdir(path)
            } else {
                unlink(path)
            }
        }
    }
}

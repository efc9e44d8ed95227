@testable import TokenIMLMDB

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A directory of one test, removed with everything in it when the value goes away.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = Array("\(parent)/tokenim-lmdb-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("cannot make a temporary directory in \(parent)") }
        path = String(cString: template)
    }

    deinit { try? DirectoryTree.remove(path) }

    var dataFile: String { path + "/data.mdb" }

    /// Makes an empty directory in it.
    func makeDirectory(_ name: String) -> String {
        mkdir("\(path)/\(name)", 0o700)
        return "\(path)/\(name)"
    }

    /// Opens an environment in it, on whatever file system the tests run.
    func open(
        _ tables: [String] = ["rows"], mapSize: UInt64 = 1 << 30,
        configure: (inout EnvironmentOptions) -> Void = { _ in }
    ) throws(StorageError) -> Environment {
        var options = EnvironmentOptions(tables: tables)
        options.mapSize = mapSize
        options.allowsNetworkFileSystem = true
        configure(&options)
        return try Environment(directory: path, options: options)
    }
}

extension String {
    init(cString buffer: [CChar]) {
        self = buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}

/// Reads a file, or its first `limit` bytes.
func contents(of path: String, limit: Int = .max) -> [UInt8] {
    let file = opened(path, O_RDONLY)
    var information = stat()
    fstat(file.rawValue, &information)
    var bytes = [UInt8](repeating: 0, count: min(limit, Int(information.st_size)))
    let count = bytes.withUnsafeMutableBytes { (try? file.read(into: $0, at: 0)) ?? -1 }
    precondition(count == bytes.count, "cannot read \(path)")
    return bytes
}

/// Makes or replaces a file.
func write(_ bytes: some Collection<UInt8>, to path: String) {
    let code = opened(path, O_WRONLY | O_CREAT | O_TRUNC).write(Array(bytes), at: 0)
    precondition(code == 0, "cannot write \(path)")
}

/// Overwrites a part of a file.
func overwrite(_ path: String, with bytes: [UInt8], at offset: Int) {
    let code = opened(path, O_WRONLY).write(bytes, at: UInt64(offset))
    precondition(code == 0, "cannot write \(path)")
}

private func opened(_ path: String, _ flags: Int32) -> FileDescriptor {
    do throws(StorageError) {
        return try FileDescriptor(opening: path, flags: flags)
    } catch {
        fatalError("\(error)")
    }
}

/// The descriptors that this process has open of a file.
func openDescriptors(of path: String) -> [Int32] {
    var wanted = stat()
    guard stat(path, &wanted) == 0 else { return [] }
    return (0..<Int32(1024)).filter { descriptor in
        var found = stat()
        return fstat(descriptor, &found) == 0 && found.st_ino == wanted.st_ino && found.st_dev == wanted.st_dev
    }
}

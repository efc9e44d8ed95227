#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// Copies the files of a store that is open and has nothing under way. Lock files stay behind.
package enum StoreCopy {
    struct Failure: Error {
        let path: String
        let code: Int32
    }

    static let files = ["journal/data.mdb", "projections/data.mdb"]

    static func copy(_ store: String, to other: String) throws {
        for folder in ["", "/journal", "/projections"] {
            guard mkdir(other + folder, 0o700) == 0 else { throw Failure(path: other + folder, code: errno) }
        }
        for file in files { try copyFile("\(store)/\(file)", to: "\(other)/\(file)") }
    }

    /// Copies a file to where none is.
    static func copyFile(_ path: String, to other: String) throws {
        try write(bytes(of: path), to: other)
    }

    /// The bytes of the files of a closed store, one after the other.
    package static func contents(of store: String) throws -> [[UInt8]] {
        var contents: [[UInt8]] = []
        for file in files { contents.append(try bytes(of: "\(store)/\(file)")) }
        return contents
    }

    static func bytes(of path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure(path: path, code: errno) }
        defer { _ = close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw Failure(path: path, code: errno) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(path: path, code: errno) }
        defer { _ = close(file) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(written)) }
            guard count > 0 else { throw Failure(path: path, code: errno) }
            written += count
        }
    }
}

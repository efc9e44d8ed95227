#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// An open file, closed when the value goes away. Not inherited by programs that are started.
struct FileDescriptor: ~Copyable, Sendable {
    let rawValue: Int32

    /// Opens a file; `flags` as of open(2).
    init(opening path: String, flags: Int32, mode: mode_t = 0o600) throws(StorageError) {
        var descriptor: Int32
        repeat {
            descriptor = open(path, flags | O_CLOEXEC, mode)
        } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else {
            throw .system(errno, operation: "open \(path)", directory: nil)
        }
        rawValue = descriptor
    }

    private init(rawValue: Int32) { self.rawValue = rawValue }

    deinit { close(rawValue) }

    /// Another descriptor of the same open file.
    func duplicate() throws(StorageError) -> FileDescriptor {
        let copy = fcntl(rawValue, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .system(errno, operation: "duplicate a descriptor", directory: nil) }
        return FileDescriptor(rawValue: copy)
    }

    /// What the system knows about the file.
    func information() throws(StorageError) -> stat {
        var result = stat()
        guard fstat(rawValue, &result) == 0 else {
            throw .system(errno, operation: "stat", directory: nil)
        }
        return result
    }

    /// How long the file is, in bytes.
    func length() throws(StorageError) -> UInt64 { UInt64(try information().st_size) }

    /// Takes the file's advisory lock, without waiting: exclusively, or against those who want it exclusively.
    ///
    /// - Returns: false if someone else has it.
    func tryLock(isShared: Bool = false) throws(StorageError) -> Bool {
        while flock(rawValue, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return false
            default: throw .system(errno, operation: "lock", directory: nil)
            }
        }
        return true
    }

    /// Gives the advisory lock back.
    ///
    /// Closing would do that too, but not while a child that another thread has just forked still has the descriptor.
    func unlock() { flock(rawValue, LOCK_UN) }

    /// Returns once the file, or the entries of the directory, are on disk.
    func synchronize(operation: String) throws(StorageError) {
        #if canImport(Darwin)
        let result = fcntl(rawValue, F_FULLFSYNC)
        if result != -1 { return }
        #endif
        guard fsync(rawValue) == 0 else {
            throw .system(errno, operation: operation, directory: nil)
        }
    }

    /// Reads into `buffer` from `offset` on, and returns how many bytes there were: fewer only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StorageError) -> Int {
        try Self.read(rawValue, into: buffer, at: offset)
    }

    /// The same of a descriptor that is open elsewhere.
    static func read(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(StorageError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let result = pread(
                descriptor, buffer.baseAddress! + filled, buffer.count - filled, off_t(offset) + off_t(filled))
            if result == 0 { break }
            if result < 0 {
                if errno == EINTR { continue }
                throw .system(errno, operation: "read", directory: nil)
            }
            filled += result
        }
        return filled
    }

    /// Writes `bytes` from `offset` on. Returns 0 or an `errno`.
    func write(_ bytes: [UInt8], at offset: UInt64) -> Int32 {
        bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let result = pwrite(
                    rawValue, bytes.baseAddress! + written, bytes.count - written, off_t(offset) + off_t(written))
                if result < 0 && errno == EINTR { continue }
                guard result > 0 else { return result < 0 ? errno : ENOSPC }
                written += result
            }
            return 0
        }
    }

    /// Makes sure that the first `length` bytes have disk space, so that writing them through a mapping cannot fail.
    func reserve(length: Int) throws(StorageError) {
        #if canImport(Darwin)
        // There is no posix_fallocate: what is missing is written.
        let zeros = [UInt8](repeating: 0, count: 4096)
        var end = Int(try information().st_size)
        while end < length {
            let written = pwrite(rawValue, zeros, min(zeros.count, length - end), off_t(end))
            guard written > 0 else { throw .system(errno, operation: "reserve space", directory: nil) }
            end += written
        }
        #else
        var code: Int32
        repeat {
            code = posix_fallocate(rawValue, 0, off_t(length))
        } while code == EINTR
        guard code == 0 else { throw .system(code, operation: "reserve space", directory: nil) }
        #endif
    }
}

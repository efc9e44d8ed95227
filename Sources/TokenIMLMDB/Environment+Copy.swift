#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

extension Environment {
    /// Copies the newest committed state to a new data file, which is on disk when this returns.
    ///
    /// Others read and write meanwhile; what they change is not in the copy, and pages that they free cannot be reused
    /// until it is complete. The copy is as large as the file, free pages included.
    ///
    /// - Parameters:
    ///   - path: must not exist. Its directory is not synced. It is removed again if the copying fails.
    ///   - progress: is called before every MiB, and at the end, with the bytes copied and those to copy in all. It may
    ///     wait, to leave the disk to others, or throw, to give up.
    /// - Throws: `.closed`, `.outcomeUnknown` after a failed commit, `.misuse` with the code EEXIST, `.diskFull`,
    ///   `.inputOutput` and others; what `progress` throws.
    package func copy(
        toFile path: String, progress: (_ copied: UInt64, _ total: UInt64) throws -> Void = { _, _ in }
    ) throws {
        var header = [UInt8](repeating: 0, count: 2 * pageSize)
        let transaction = try beginCopy(&header)
        let source = try duplicateDataFile()
        try withExtendedLifetime(transaction) {
            let target = try Self.makeTarget(path)
            do {
                try Self.copy(
                    header: header, pageSize: pageSize, from: source, to: target, path: path, progress: progress)
                try target.synchronize(operation: "sync \(path)")
            } catch {
                unlink(path)
                throw error
            }
        }
    }

    private static func makeTarget(_ path: String) throws(StorageError) -> FileDescriptor {
        do throws(StorageError) {
            return try FileDescriptor(opening: path, flags: O_WRONLY | O_CREAT | O_EXCL)
        } catch {
            guard error.code == EEXIST else { throw error }
            throw StorageError(.misuse, code: EEXIST, operation: "copy to \(path)", detail: "it exists")
        }
    }

    /// Pins the newest state, and reads the header pages that belong to it, while nothing can be committed.
    private func beginCopy(_ header: inout [UInt8]) throws(StorageError) -> ReadTransaction {
        try claimWriter()
        defer { monitor.withLock { $0.writingThread = 0 } }
        let transaction = try beginRead()
        try duplicateDataFile().read(all: &header, at: 0)
        return transaction
    }

    private func duplicateDataFile() throws(StorageError) -> FileDescriptor {
        try claim.withLock { claim throws(StorageError) in
            switch claim {
            case .some(let claim): try claim.file.duplicate()
            case .none: throw Self.closedError
            }
        }
    }

    private static func copy(
        header: [UInt8], pageSize: Int, from source: borrowing FileDescriptor, to target: borrowing FileDescriptor,
        path: String,
        progress: (_ copied: UInt64, _ total: UInt64) throws -> Void
    ) throws {
        let newest = header.withUnsafeBytes { bytes in
            let metas = [0, pageSize].map { MetaPage(UnsafeRawBufferPointer(rebasing: bytes[$0...])) }
            return metas[0].transaction >= metas[1].transaction ? metas[0] : metas[1]
        }
        // The last pages can lie beyond the end of the file, when they were freed before they were ever written.
        let total = min((newest.lastPage + 1) * UInt64(pageSize), try source.length())
        try write(header, to: target, at: 0, path: path)
        var copied = UInt64(header.count)
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while copied < total {
            try progress(copied, total)
            if total - copied < UInt64(chunk.count) { chunk.removeLast(chunk.count - Int(total - copied)) }
            try source.read(all: &chunk, at: copied)
            try write(chunk, to: target, at: copied, path: path)
            copied += UInt64(chunk.count)
        }
        try progress(copied, total)
    }

    private static func write(
        _ bytes: [UInt8], to target: borrowing FileDescriptor, at offset: UInt64, path: String
    ) throws(StorageError) {
        let code = target.write(bytes, at: offset)
        guard code == 0 else { throw .system(code, operation: "copy to \(path)", directory: nil) }
    }
}

extension FileDescriptor {
    fileprivate func read(all buffer: inout [UInt8], at offset: UInt64) throws(StorageError) {
        let result = buffer.withUnsafeMutableBytes { bytes in
            Result { () throws(StorageError) in try read(into: bytes, at: offset) }
        }
        guard try result.get() == buffer.count else {
            throw StorageError(.damaged, operation: "copy", detail: "the file ends too early")
        }
    }
}

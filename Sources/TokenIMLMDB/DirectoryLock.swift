#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// Holds a directory against every other process, and against this one.
///
/// The lock lies on the file `engine.lock` in the directory, which is made when missing and stays there. The system
/// frees it when the process ends, however it ends.
public final class DirectoryLock: Sendable {
    private struct Held: ~Copyable {
        let file: FileDescriptor
        let identity: FileIdentity
    }

    private let held: Monitor<Held?>

    /// Locks a directory that exists.
    ///
    /// - Throws: `.locked` if it is locked already, `.missing` if there is no such directory.
    public init(directory: String) throws(StorageError) {
        let path = directory + "/engine.lock"
        let file = try FileDescriptor(opening: path, flags: O_RDWR | O_CREAT)
        let identity = FileIdentity(try file.information())
        guard OpenFiles.claim(identity) else {
            throw StorageError(.locked, operation: "lock \(directory)", detail: "this process has it open")
        }
        do throws(StorageError) {
            guard try file.tryLock() else {
                throw StorageError(.locked, operation: "lock \(directory)", detail: "another process has it open")
            }
        } catch {
            OpenFiles.release(identity)
            throw error
        }
        held = Monitor(Held(file: file, identity: identity))
    }

    deinit { release() }

    /// Gives the lock back. Calling it again does nothing.
    public func release() {
        held.withLock { held in
            guard let lock = held.take() else { return }
            // In this order: whoever finds the file unclaimed must also find it unlocked.
            lock.file.unlock()
            OpenFiles.release(lock.identity)
        }
    }
}

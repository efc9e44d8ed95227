#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// The right of one environment to its data file: against this process by the registry, against others by the file's
/// advisory lock. Given back when the value goes away.
///
/// The lock is on the data file itself, on a descriptor of its own. LMDB locks only its lock file.
struct DataFileClaim: ~Copyable, Sendable {
    let file: FileDescriptor
    private let identity: FileIdentity

    init(claiming file: consuming FileDescriptor, path: String) throws(StorageError) {
        let identity = FileIdentity(try file.information())
        guard OpenFiles.claim(identity) else {
            throw StorageError(.locked, operation: "open \(path)", detail: "this process has it open")
        }
        do throws(StorageError) {
            guard try file.tryLock() else {
                throw StorageError(.locked, operation: "open \(path)", detail: "another process has it open")
            }
        } catch {
            OpenFiles.release(identity)
            throw error
        }
        self.file = file
        self.identity = identity
    }

    deinit {
        // In this order: whoever finds the file unclaimed must also find it unlocked.
        file.unlock()
        OpenFiles.release(identity)
    }
}

import Testing

@testable import TokenIMLMDB

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite struct LockTests {
    let directory = TemporaryDirectory()

    @Test func aLockedDirectoryIsRefused() throws {
        let lock = try DirectoryLock(directory: directory.path)
        let error = #expect(throws: StorageError.self) { try DirectoryLock(directory: directory.path) }
        #expect(error?.kind == .locked)
        lock.release()
        lock.release()
        try DirectoryLock(directory: directory.path).release()
    }

    /// A child that is being forked on another thread has every descriptor for a moment.
    @Test func aStrayDescriptorDoesNotKeepTheLock() throws {
        let lock = try DirectoryLock(directory: directory.path)
        let strays = openDescriptors(of: directory.path + "/engine.lock").map { dup($0) }
        #expect(strays.count == 1)
        lock.release()
        try DirectoryLock(directory: directory.path).release()

        let environment = try directory.open()
        let others = openDescriptors(of: directory.dataFile).map { dup($0) }
        environment.close()
        try directory.open().close()
        for stray in strays + others { close(stray) }
    }

    @Test func lettingGoReleases() throws {
        do { _ = try DirectoryLock(directory: directory.path) }
        _ = try DirectoryLock(directory: directory.path)
    }

    @Test func differentDirectoriesAreIndependent() throws {
        let first = try DirectoryLock(directory: directory.makeDirectory("a"))
        let second = try DirectoryLock(directory: directory.makeDirectory("b"))
        first.release()
        second.release()
    }

    @Test func aMissingDirectoryIsSaid() {
        let error = #expect(throws: StorageError.self) { try DirectoryLock(directory: directory.path + "/none") }
        #expect(error?.kind == .missing)
    }

    @Test func anotherProcessIsRefused() async throws {
        let lock = try DirectoryLock(directory: directory.path)
        let path = directory.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            do throws(StorageError) {
                try DirectoryLock(directory: path).release()
            } catch {
                exit(error.kind == .locked ? EXIT_SUCCESS : EXIT_FAILURE)
            }
            exit(EXIT_FAILURE)
        }
        lock.release()
    }

    @Test func theLockEndsWithItsProcess() async throws {
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let lock = try DirectoryLock(directory: path)
            kill(getpid(), SIGKILL)
            lock.release()
        }
        try DirectoryLock(directory: path).release()
    }
}

import Testing

@testable import TokenIMLMDB

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What happens when the disk takes no more: a limit on the size of files, in a process of its own.
@Suite struct FailingDiskTests {
    let directory = TemporaryDirectory()

    private static func limitFiles(to bytes: Int) {
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
        precondition(setrlimit(__rlimit_resource_t(1), &limit) == 0)
    }

    private static func open(_ path: String) throws(StorageError) -> Environment {
        var options = EnvironmentOptions(tables: ["rows"])
        options.allowsNetworkFileSystem = true
        return try Environment(directory: path, options: options)
    }

    private static func fail(_ message: String) -> Never {
        // What a failing child has to say.
        print(message)
        exit(EXIT_FAILURE)
    }

    @Test func aFailedCommitPoisonsUntilReopened() async throws {
        let environment = try directory.open()
        try environment.put(environment.table("rows"), [1], [1])
        environment.close()
        let path = directory.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            try FailingDiskTests.poison(path)
        }
        #expect(try PageVerifier.verify(dataFile: directory.dataFile) == [])
        let reopened = try directory.open()
        #expect(try reopened.rows(reopened.table("rows")) == [Row([1], [1])])
        try reopened.put(reopened.table("rows"), [2], [2])
    }

    private static func poison(_ path: String) throws {
        let environment = try open(path)
        let table = environment.table("rows")
        limitFiles(to: 100_000)
        do {
            try environment.put(table, [2], [UInt8](repeating: 2, count: 1 << 20))
            fail("a commit beyond the limit succeeded")
        } catch let error as StorageError {
            guard error.kind == .outcomeUnknown, error.code == EFBIG || error.code == EIO else { fail("\(error)") }
        }
        do {
            try environment.put(table, [3], [3])
            fail("a write after a failed commit succeeded")
        } catch let error as StorageError {
            guard error.kind == .outcomeUnknown else { fail("\(error)") }
        }
        guard environment.status.isPoisoned else { fail("the status does not say so") }
        guard try environment.rows(table) == [Row([1], [1])] else { fail("what was committed cannot be read") }
        environment.close()
    }

    /// The write of the header page is the one that commits. LMDB makes it through a descriptor of its own.
    @Test func aHeaderPageThatCannotBeWrittenIsLeftAsItWas() throws {
        let environment = try directory.open()
        let table = environment.table("rows")
        for number: UInt8 in 0..<3 { try environment.put(table, [1], [number]) }
        let before = contents(of: directory.dataFile).prefix(2 * environment.pageSize)

        let readOnly = try FileDescriptor(opening: directory.dataFile, flags: O_RDONLY)
        var replaced = 0
        for descriptor in openDescriptors(of: directory.dataFile) where fcntl(descriptor, F_GETFL) & O_DSYNC != 0 {
            replaced += 1
            dup2(readOnly.rawValue, descriptor)
        }
        #expect(replaced == 1)
        let error = #expect(throws: StorageError.self) { try environment.put(table, [1], [9]) }
        #expect(error?.kind == .outcomeUnknown)
        let later = #expect(throws: StorageError.self) { try environment.put(table, [1], [9]) }
        #expect(later?.kind == .outcomeUnknown)
        environment.close()

        #expect(contents(of: directory.dataFile).prefix(2 * environment.pageSize) == before)
        #expect(try PageVerifier.verify(dataFile: directory.dataFile) == [])
        let reopened = try directory.open()
        #expect(try reopened.get(reopened.table("rows"), [1]) == [2])
        try reopened.put(reopened.table("rows"), [1], [3])
    }

    @Test func makingAnEnvironmentFailsWithoutARest() async throws {
        let path = directory.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            FailingDiskTests.limitFiles(to: 4096)
            do throws(StorageError) {
                try FailingDiskTests.open(path).close()
                FailingDiskTests.fail("it was made")
            } catch {
                guard error.kind == .diskFull else { FailingDiskTests.fail("\(error)") }
            }
        }
        try directory.open { $0.createsIfMissing = true }.close()
    }
}

import CTokenIMLMDB
import Testing

@testable import TokenIMLMDB

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite struct EnvironmentTests {
    let directory = TemporaryDirectory()

    @Test func rowsSurviveClosingAndOpening() throws {
        do {
            let environment = try directory.open(["a", "b"])
            try environment.put(environment.table("a"), [1], [10])
            try environment.put(environment.table("b"), [1], [20])
            environment.close()
        }
        let environment = try directory.open(["b", "a", "new"])
        #expect(try environment.get(environment.table("a"), [1]) == [10])
        #expect(try environment.get(environment.table("b"), [1]) == [20])
        #expect(try environment.rows(environment.table("new")) == [])
    }

    /// Only a change may write: a store that is opened to be read stays byte for byte as it is.
    @Test func openingChangesNothing() throws {
        let environment = try directory.open(["a"])
        try environment.put(environment.table("a"), [1], [10])
        environment.close()
        let before = contents(of: directory.dataFile)
        try directory.open(["a"]).close()
        #expect(contents(of: directory.dataFile) == before)
    }

    @Test func aSecondOpenIsRefused() throws {
        let environment = try directory.open()
        let alias = TemporaryDirectory()
        symlink(directory.path, alias.path + "/link")
        for path in [directory.path, directory.path + "/", alias.path + "/link"] {
            var options = EnvironmentOptions(tables: ["rows"])
            options.allowsNetworkFileSystem = true
            let error = #expect(throws: StorageError.self) { try Environment(directory: path, options: options) }
            #expect(error?.kind == .locked)
            #expect(error?.detail == "this process has it open")
        }
        environment.close()
        try directory.open().close()
    }

    @Test func aSecondProcessIsRefused() async throws {
        let environment = try directory.open()
        let path = directory.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            var options = EnvironmentOptions(tables: ["rows"])
            options.allowsNetworkFileSystem = true
            do throws(StorageError) {
                try Environment(directory: path, options: options).close()
            } catch {
                exit(error.kind == .locked ? EXIT_SUCCESS : EXIT_FAILURE)
            }
            exit(EXIT_FAILURE)
        }
        environment.close()
    }

    @Test func whatIsMissingIsSaid() throws {
        let options = EnvironmentOptions(tables: [])
        let nowhere = #expect(throws: StorageError.self) {
            try Environment(directory: directory.path + "/none", options: options)
        }
        #expect(nowhere?.kind == .missing)
        let file = #expect(throws: StorageError.self) { try directory.open { $0.createsIfMissing = false } }
        #expect(file?.kind == .missing)
        write([], to: directory.path + "/file")
        let notDirectory = #expect(throws: StorageError.self) {
            try Environment(directory: directory.path + "/file", options: options)
        }
        #expect(notDirectory?.kind == .missing)
    }

    @Test func optionsThatContradictAreRefused() throws {
        let long = String(repeating: "x", count: 512)
        for tables in [["a", "a"], [""], [long], ["a\0b"], (0..<33).map { "t\($0)" }] {
            let error = #expect(throws: StorageError.self) { try directory.open(tables) }
            #expect(error?.kind == .misuse)
        }
        for change in [{ $0.mapSize = 1 }, { $0.maximumReaders = 0 }] as [(inout EnvironmentOptions) -> Void] {
            let error = #expect(throws: StorageError.self) { try directory.open(configure: change) }
            #expect(error?.kind == .misuse)
        }
        #expect(access(directory.dataFile, F_OK) != 0, "nothing was made")
        try directory.open((0..<32).map { "t\($0)" }).close()
    }

    @Test func nothingHalfMadeIsLeftWhenMakingFails() throws {
        // Four pages do not hold 32 tables with long names.
        let names = (10..<42).map { "\($0)" + String(repeating: "x", count: 500) }
        let error = #expect(throws: StorageError.self) { try directory.open(names, mapSize: 1 << 14) }
        #expect(error?.kind == .mapFull)
        #expect(access(directory.dataFile, F_OK) != 0)
        try directory.open(names).close()
    }

    @Test func tablesOfOtherProgramsAreRefused() throws {
        var handle: OpaquePointer?
        mdb_env_create(&handle)
        mdb_env_set_maxdbs(handle, 4)
        #expect(mdb_env_open(handle, directory.path, 0, 0o600) == 0)
        var transaction: OpaquePointer?
        mdb_txn_begin(handle, nil, 0, &transaction)
        var table: UInt32 = 0
        mdb_dbi_open(transaction, "rows", UInt32(MDB_CREATE | MDB_DUPSORT), &table)
        mdb_txn_commit(transaction)
        mdb_env_close(handle)
        let error = #expect(throws: StorageError.self) { try directory.open() }
        #expect(error?.kind == .damaged)
    }

    @Test func startedProgramsDoNotInheritFiles() throws {
        let environment = try directory.open()
        defer { environment.close() }
        let descriptors = openDescriptors(of: directory.dataFile)
        #expect(descriptors.count == 3, "for data, for the header, for the lock")
        for descriptor in descriptors + openDescriptors(of: directory.path + "/lock.mdb") {
            #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        }
    }

    @Test func theLockFileHasDiskSpaceForEveryReader() throws {
        let environment = try directory.open { $0.maximumReaders = 1000 }
        defer { environment.close() }
        var information = stat()
        #expect(stat(directory.path + "/lock.mdb", &information) == 0)
        #expect(information.st_size >= 1000 * 64)
        #expect(Int(information.st_blocks) * 512 >= Int(information.st_size), "it must not be sparse")
    }

    @Test func closingEndsEverything() throws {
        let environment = try directory.open()
        let table = environment.table("rows")
        environment.close()
        environment.close()
        #expect(throws: StorageError.self) { _ = try environment.beginRead() }
        let error = #expect(throws: StorageError.self) { try environment.put(table, [1], [1]) }
        #expect(error?.kind == .closed)
        #expect(environment.status.mapSize == 0)
    }

    @Test func anEnvironmentThatIsLetGoOfIsClosed() throws {
        var environment: Environment? = try directory.open()
        try environment?.put(environment!.table("rows"), [1], [1])
        environment = nil
        environment = try directory.open()
        #expect(try environment!.get(environment!.table("rows"), [1]) == [1])
    }

    @Test func aReadKeepsItsEnvironmentOpen() throws {
        var environment: Environment? = try directory.open()
        let table = environment!.table("rows")
        try environment!.put(table, [1], [7])
        let transaction = try environment!.beginRead()
        environment = nil
        #expect(try transaction.view.get(table, [1]) == [7])
        #expect(throws: StorageError.self) { try directory.open() }
    }

    @Test func closingWithinAWriteTraps() async {
        await #expect(processExitsWith: .failure) {
            try EnvironmentTests.closeWithinWrite()
        }
    }

    private static func closeWithinWrite() throws {
        let environment = try TemporaryDirectory().open()
        try environment.write { _ in environment.close() }
    }

    @Test func statusCountsPages() throws {
        let environment = try directory.open(mapSize: 1 << 24)
        defer { environment.close() }
        let table = environment.table("rows")
        let empty = environment.status
        #expect(empty.mapSize == 1 << 24)
        #expect(empty.pageSize >= 4096)
        #expect(empty.activeReaders == 0)
        #expect(empty.isPoisoned == false)
        #expect(try environment.reusableBytes() == 0)
        try environment.write { transaction throws in
            for number: UInt64 in 0..<100 {
                try transaction.put(table, key(number), [UInt8](repeating: 1, count: 1000))
            }
        }
        let full = environment.status
        #expect(full.usedBytes >= empty.usedBytes + 100_000)
        #expect(full.fileBytes >= full.usedBytes)
        try environment.write { try $0.clear(table) }
        #expect(environment.status.usedBytes >= full.usedBytes, "pages are freed, not given back")
        #expect(try environment.reusableBytes() >= 100_000)
        #expect(try environment.reusableBytes() <= environment.status.usedBytes)
    }
}

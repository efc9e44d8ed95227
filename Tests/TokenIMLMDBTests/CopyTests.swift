import Testing

@testable import TokenIMLMDB

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite struct CopyTests {
    let directory = TemporaryDirectory()
    let environment: Environment
    let table: Table
    struct GivenUp: Error, Equatable {}

    /// About 3 MiB, and a free list.
    init() throws {
        environment = try directory.open()
        let table = environment.table("rows")
        self.table = table
        for round: UInt8 in 0..<3 {
            try environment.write { transaction in
                for number: UInt64 in 0..<1000 {
                    try transaction.put(table, key(number), [UInt8](repeating: round, count: 1000))
                }
            }
        }
    }

    private func rows(ofCopy target: String) throws -> [Row] {
        var options = EnvironmentOptions(tables: ["rows"])
        options.allowsNetworkFileSystem = true
        let copy = try Environment(directory: target, options: options)
        return try copy.rows(copy.table("rows"))
    }

    /// The copy is of the moment when it began, whatever is written and freed before it is complete.
    @Test func writersDoNotDisturbIt() throws {
        let target = directory.makeDirectory("copy")
        let before = try environment.rows(table)
        var steps: [(UInt64, UInt64)] = []
        try environment.copy(toFile: target + "/data.mdb") { copied, total in
            steps.append((copied, total))
            for round: UInt8 in 0..<5 {
                try environment.write { transaction in
                    for number: UInt64 in 0..<300 {
                        try transaction.delete(table, key(number * 3))
                        try transaction.put(table, key(number * 2), [UInt8](repeating: round, count: 900))
                    }
                }
            }
        }
        #expect(steps.count > 3)
        #expect(steps.last?.0 == steps.last?.1)
        #expect(try PageVerifier.verify(dataFile: target + "/data.mdb") == [])
        #expect(try rows(ofCopy: target) == before)
        #expect(environment.status.activeReaders == 0)
        #expect(try environment.rows(table) != before)
    }

    @Test func givingUpLeavesNothing() throws {
        let path = directory.path + "/copy.mdb"
        #expect(throws: GivenUp()) {
            try environment.copy(toFile: path) { copied, _ in if copied > 1 << 20 { throw GivenUp() } }
        }
        #expect(access(path, F_OK) != 0)
        #expect(environment.status.activeReaders == 0)
        try environment.put(table, [1], [1])
    }

    @Test func whatExistsIsLeftAlone() throws {
        let path = directory.path + "/copy.mdb"
        write([1], to: path)
        let error = #expect(throws: StorageError.self) { try environment.copy(toFile: path) }
        #expect(error?.kind == .misuse)
        #expect(contents(of: path) == [1])
    }

    @Test func copyingWithinAWriteIsRefused() throws {
        try environment.write { _ in
            let error = #expect(throws: StorageError.self) { try environment.copy(toFile: directory.path + "/copy") }
            #expect(error?.kind == .misuse)
        }
    }

    @Test func aClosedEnvironmentIsNotCopied() throws {
        environment.close()
        let error = #expect(throws: StorageError.self) { try environment.copy(toFile: directory.path + "/copy") }
        #expect(error?.kind == .closed)
    }
}

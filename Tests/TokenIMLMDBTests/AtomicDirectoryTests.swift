import Testing

@testable import TokenIMLMDB

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite struct AtomicDirectoryTests {
    let directory = TemporaryDirectory()
    struct Failure: Error, Equatable {}

    private var names: [String] { (try? DirectoryTree.names(in: directory.path).sorted()) ?? [] }

    @Test func appearsComplete() throws {
        let path = directory.path + "/store"
        try AtomicDirectory.create(at: path) { temporary in
            #expect(names != ["store"], "not before it is complete")
            mkdir(temporary + "/inner", 0o700)
            write([1, 2, 3], to: temporary + "/inner/file")
        }
        #expect(names == ["store"])
        #expect(contents(of: path + "/inner/file") == [1, 2, 3])
    }

    @Test func holdsAnEnvironment() throws {
        let path = directory.path + "/store"
        var options = EnvironmentOptions(tables: ["rows"])
        options.allowsNetworkFileSystem = true
        try AtomicDirectory.create(at: path + "/") { temporary in
            let environment = try Environment(directory: temporary, options: options)
            try environment.put(environment.table("rows"), [1], [1])
            environment.close()
        }
        let environment = try Environment(directory: path, options: options)
        #expect(try environment.get(environment.table("rows"), [1]) == [1])
    }

    @Test func aFailureLeavesNothing() {
        #expect(throws: Failure()) {
            try AtomicDirectory.create(at: directory.path + "/store") { temporary in
                write([1], to: temporary + "/file")
                throw Failure()
            }
        }
        #expect(names == [])
    }

    @Test func whatExistsIsLeftAlone() throws {
        write([9], to: directory.path + "/store")
        let error = #expect(throws: StorageError.self) {
            try AtomicDirectory.create(at: directory.path + "/store") { _ in Issue.record("it was built") }
        }
        #expect(error?.kind == .misuse)
        #expect(error?.code == EEXIST)
        #expect(contents(of: directory.path + "/store") == [9])
    }

    @Test func whatAppearsMeanwhileIsLeftAlone() throws {
        let path = directory.path + "/store"
        let error = #expect(throws: StorageError.self) {
            try AtomicDirectory.create(at: path) { _ in mkdir(path, 0o700) }
        }
        #expect(error?.kind == .misuse)
        #expect(names == ["store"])
    }

    @Test(arguments: ["", "/", ".", "a/..", "missing/store"])
    func pathsThatCannotBeMade(path: String) {
        let full = path.isEmpty || path == "/" ? path : directory.path + "/" + path
        #expect(throws: StorageError.self) { try AtomicDirectory.create(at: full) { _ in } }
        #expect(names == [])
    }

    @Test func leftoversOfACrashAreRemoved() async throws {
        let path = directory.path + "/store"
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            try AtomicDirectory.create(at: path) { temporary in
                write([1], to: temporary + "/file")
                kill(getpid(), SIGKILL)
            }
        }
        #expect(names.count == 1 && names[0].hasPrefix(".store.incomplete-"), "\(names)")
        let other = directory.makeDirectory(".other.incomplete-1")
        try AtomicDirectory.create(at: path) { _ in }
        #expect(names == [".other.incomplete-1", "store"], "only its own")
        rmdir(other)
    }

    @Test func whatIsBeingMadeIsNotALeftover() throws {
        let path = directory.path + "/store"
        let error = #expect(throws: StorageError.self) {
            try AtomicDirectory.create(at: path) { outer in
                write([1], to: outer + "/file")
                try AtomicDirectory.create(at: path) { inner in
                    #expect(inner != outer)
                    #expect(contents(of: outer + "/file") == [1])
                }
            }
        }
        #expect(error?.kind == .misuse, "the inner one was first")
        #expect(names == ["store"])
    }
}

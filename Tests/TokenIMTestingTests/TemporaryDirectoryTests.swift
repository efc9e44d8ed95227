import Foundation
import Testing
import TokenIMTesting

@Suite struct TemporaryDirectoryTests {
    private let files = FileManager.default

    private func write(_ path: String) throws {
        try Data("content".utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test func isANewEmptyDirectoryOfThisUserAlone() throws {
        let directory = try TemporaryDirectory()
        #expect(directory.path.hasPrefix("/"))
        #expect(directory.path == URL(fileURLWithPath: directory.path).resolvingSymlinksInPath().path)
        #expect(try files.contentsOfDirectory(atPath: directory.path) == [])
        let permissions = try files.attributesOfItem(atPath: directory.path)[.posixPermissions] as? Int
        #expect(permissions == 0o700)
    }

    @Test func isAnotherOneEachTime() throws {
        let one = try TemporaryDirectory(prefix: "one")
        let other = try TemporaryDirectory(prefix: "one")
        #expect(one.path != other.path)
        #expect(URL(fileURLWithPath: one.path).lastPathComponent.hasPrefix("one-"))
    }

    @Test func goesAwayWithAllThatIsInIt() throws {
        var directory: TemporaryDirectory? = try TemporaryDirectory()
        let path = try #require(directory?.path)
        try files.createDirectory(atPath: path + "/a/b/.c", withIntermediateDirectories: true)
        for name in ["/file", "/.hidden", "/a/file", "/a/b/.c/file", "/ü and a blank"] { try write(path + name) }
        #expect(files.fileExists(atPath: path + "/a/b/.c/file"))
        directory = nil
        #expect(!files.fileExists(atPath: path))
    }

    @Test func canBeRemovedBefore() throws {
        let directory = try TemporaryDirectory()
        try write(directory.path + "/file")
        directory.remove()
        #expect(!files.fileExists(atPath: directory.path))
    }

    @Test func whatComesToItsPlaceAfterwardsStays() throws {
        let outer = try TemporaryDirectory()
        var directory: TemporaryDirectory? = try TemporaryDirectory()
        let path = try #require(directory?.path)
        directory?.remove()
        try files.createDirectory(atPath: path, withIntermediateDirectories: false)
        directory?.remove()
        directory = nil
        #expect(files.fileExists(atPath: path))
        try files.moveItem(atPath: path, toPath: outer.path + "/cleared")
    }

    @Test func doesNotFollowSymbolicLinks() throws {
        let outside = try TemporaryDirectory()
        try write(outside.path + "/file")
        let directory = try TemporaryDirectory()
        try files.createSymbolicLink(atPath: directory.path + "/link", withDestinationPath: outside.path)
        try files.createSymbolicLink(atPath: directory.path + "/nowhere", withDestinationPath: "missing")
        directory.remove()
        #expect(!files.fileExists(atPath: directory.path))
        #expect(files.fileExists(atPath: outside.path + "/file"))
    }

    @Test func saysWhyItCannotBeMade() {
        let failure = #expect(throws: TemporaryDirectory.CreationFailure.self) {
            try TemporaryDirectory(prefix: "missing/directory")
        }
        #expect(failure?.code == ENOENT)
        #expect(failure?.description.contains("missing/directory-XXXXXX") == true)
    }

    @Test func isWhereTheEnvironmentSays() async {
        // In a process of its own: the environment belongs to all tests.
        await #expect(processExitsWith: .success) {
            let parent = try TemporaryDirectory(prefix: "parent")
            setenv("TMPDIR", parent.path, 1)
            let child = try TemporaryDirectory()
            #expect(child.path.hasPrefix(parent.path + "/tokenim-"))
            setenv("TMPDIR", "", 1)
            let elsewhere = try TemporaryDirectory()
            #expect(!elsewhere.path.hasPrefix(parent.path))
        }
    }
}

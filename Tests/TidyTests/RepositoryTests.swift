import Foundation
import Testing
import TokenIMTesting

@Suite struct RepositoryTests {
    @Test func findsTheRootFromHere() throws {
        let root = try Repository.root()
        #expect(#filePath == root.appendingPathComponent("Tests/TidyTests/RepositoryTests.swift").path)
    }

    @Test func readsSourcesAndTextsButNoOutput() throws {
        let directory = try TemporaryDirectory()
        let root = URL(fileURLWithPath: directory.path)
        let read = [".ci/run", ".swift-format", "Package.swift", "README.md", "Sources/A/B/C.swift", "Sources/D/d.h"]
        let skipped = [
            ".build/a.swift", ".git/a.md", "Sources/A/picture.png", "Package.resolved", "a.tokenim/b.json", ".hidden",
        ]
        for path in read + skipped {
            let file = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("let a = 1 // \(path)\n".utf8).write(to: file)
        }
        let files = try Repository.files(in: root)
        #expect(files.map(\.path) == read)
        #expect(files.allSatisfy { $0.text == "let a = 1 // \($0.path)\n" })
        #expect(files.map { !$0.tokens.isEmpty } == read.map { $0.hasSuffix(".swift") })
    }

    @Test func aFileKnowsItsNameAndModule() {
        let file = SourceFile(path: "Sources/TokenIM/Live/Live+signals.swift", text: "")
        #expect(file.name == "Live+signals")
        #expect(file.module == "TokenIM")
        #expect(SourceFile(path: "Tests/A/B.swift", text: "").module == nil)
        #expect(SourceFile(path: "Package.swift", text: "").module == nil)
    }
}

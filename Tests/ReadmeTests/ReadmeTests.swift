import Foundation
import Testing

/// What README.md shows is what ``Snippets`` compiles and runs.
@Suite struct ReadmeTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    @Test func showsWhatIsCompiled() throws {
        let readme = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("README.md")
        // Without a README nothing is shown, and nothing may be compiled for it.
        let shown = FileManager.default.fileExists(atPath: readme.path) ? try text(readme) : ""
        let compiled = try text(Self.folder.appendingPathComponent("Snippets.swift"))
        let differences = SnippetCollection(markdown: shown).differences(from: SnippetCollection(swift: compiled))
        for difference in differences { Issue.record("README.md, \(difference)") }
    }

    private func text(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }
}

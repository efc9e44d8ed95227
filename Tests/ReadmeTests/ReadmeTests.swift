import Foundation
import Testing

/// What README.md and the guide show is what ``Snippets`` and ``GuideSnippets`` compile and run.
@Suite struct ReadmeTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()
    private static let guide = root.appendingPathComponent("Sources/TokenIM/TokenIM.docc")

    @Test func theReadmeShowsWhatIsCompiled() throws {
        let readme = Self.root.appendingPathComponent("README.md")
        try check([readme], against: "Snippets.swift")
    }

    @Test func theGuideShowsWhatIsCompiled() throws {
        let articles = try FileManager.default.contentsOfDirectory(at: Self.guide, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "md" }
        #expect(articles.count >= 5)
        try check(articles.sorted { $0.path < $1.path }, against: "GuideSnippets.swift")
    }

    /// Articles that the guide links to are there.
    @Test func theGuideHasWhatItLinksTo() throws {
        let landing = try text(Self.guide.appendingPathComponent("TokenIM.md"))
        let links = landing.split(separator: "<doc:").dropFirst().compactMap { $0.split(separator: ">").first }
        #expect(links.count == 5)
        for link in links {
            let article = Self.guide.appendingPathComponent("\(link).md")
            #expect(FileManager.default.fileExists(atPath: article.path), "\(link)")
        }
    }

    private func check(_ documents: [URL], against source: String) throws {
        let shown = try documents.map { try text($0) }.joined(separator: "\n")
        let compiled = try text(Self.folder.appendingPathComponent(source))
        let differences = SnippetCollection(markdown: shown).differences(from: SnippetCollection(swift: compiled))
        for difference in differences { Issue.record("\(documents.map(\.lastPathComponent)), \(difference)") }
    }

    private func text(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }
}

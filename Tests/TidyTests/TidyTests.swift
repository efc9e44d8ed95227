import Testing

/// The rules of the house, held by reading the sources.
@Suite struct TidyTests {
    private static let read = Result { () throws -> (paths: [String], findings: [Finding]) in
        let files = try Repository.files(in: Repository.root())
        return (files.map(\.path), files.flatMap { file in Rule.all.flatMap { $0.findings(in: file) } })
    }

    @Test(arguments: Rule.all.map(\.name))
    func holds(rule: String) throws {
        for finding in Exemption.all.remaining(of: try Self.read.get().findings) where finding.rule == rule {
            Issue.record("\(finding)")
        }
    }

    @Test func exemptionsAreNeeded() throws {
        for exemption in Exemption.all.unneeded(for: try Self.read.get().findings) {
            Issue.record("no longer needed, take it out of the list: \(exemption)")
        }
    }

    @Test func readsWhatThereIs() throws {
        let paths = Set(try Self.read.get().paths)
        let own = ["Package.swift", ".ci/run", "Sources/TokenIM/Seams/TimeSource.swift", "Tests/TidyTests/Rule.swift"]
        #expect(paths.isSuperset(of: own))
        #expect(!paths.contains { $0.hasPrefix(".build") })
    }
}

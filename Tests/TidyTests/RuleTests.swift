import Testing

/// Each rule, on small sources that break it and on some that nearly do.
@Suite struct RuleTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let rule: String
        let path: String
        let source: String
        let breaks: Bool

        var testDescription: String { "\(rule) in \(path): \(String(source.prefix(60)).debugDescription)" }
    }

    @Test(arguments: examples)
    func tells(example: Example) throws {
        let rule = try #require(Rule.all.first { $0.name == example.rule })
        let findings = rule.findings(in: SourceFile(path: example.path, text: example.source))
        #expect(findings.isEmpty != example.breaks)
        #expect(findings.allSatisfy { $0.rule == example.rule && $0.path == example.path && !$0.message.isEmpty })
    }

    @Test(arguments: Rule.all.map(\.name))
    func canFailAndCanHold(rule: String) {
        let outcomes = Set(Self.examples.filter { $0.rule == rule }.map(\.breaks))
        #expect(outcomes == [true, false])
    }

    @Test func hasANameOfItsOwn() {
        #expect(Set(Rule.all.map(\.name)).count == Rule.all.count)
    }

    @Test func saysWhereAndWhat() throws {
        let rule = try #require(Rule.all.first { $0.name == "pure-suspension" })
        let source = "func f() {\n    g()\n    await h()\n}\n"
        let findings = rule.findings(in: SourceFile(path: "Sources/TokenIM/Live/F.swift", text: source))
        let finding = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(finding.line == 3)
        #expect(finding.text == "    await h()")
        #expect(finding.description.hasPrefix("Sources/TokenIM/Live/F.swift:3: await: this folder only computes"))
    }

    private static let examples: [Example] = RuleTests.broken.flatMap(list(true)) + RuleTests.kept.flatMap(list(false))

    private static func list(
        _ breaks: Bool
    ) -> (_ rule: String, _ places: [(path: String, source: String)]) -> [Example] {
        { rule, places in
            places.map { Example(rule: rule, path: $0.path, source: $0.source, breaks: breaks) }
        }
    }
}

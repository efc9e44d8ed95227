import Testing

@Suite struct ExemptionTests {
    private func finding(_ rule: String, _ path: String, _ text: String) -> Finding {
        Finding(rule: rule, path: path, line: 1, message: "use something else", text: text)
    }

    @Test func coversItsRuleInItsFile() {
        let exemption = Exemption(rule: "trap", path: "A.swift", reason: "none")
        #expect(exemption.covers(finding("trap", "A.swift", "try! f()")))
        #expect(!exemption.covers(finding("trap", "B.swift", "try! f()")))
        #expect(!exemption.covers(finding("sleep", "A.swift", "try! f()")))
    }

    @Test func coversOnlyTheLinesThatItNames() {
        let exemption = Exemption(rule: "trap", path: "A.swift", text: "try! f", reason: "none")
        #expect(exemption.covers(finding("trap", "A.swift", "    try! f()")))
        #expect(!exemption.covers(finding("trap", "A.swift", "    try! g()")))
    }

    @Test func whatIsNotCoveredRemains() {
        let exemptions = [
            Exemption(rule: "trap", path: "A.swift", text: "f()", reason: "none"),
            Exemption(rule: "sleep", path: "A.swift", reason: "none"),
        ]
        let findings = ["try! f()", "try! g()"].map { finding("trap", "A.swift", $0) }
        #expect(exemptions.remaining(of: findings).map(\.text) == ["try! g()"])
        #expect(exemptions.unneeded(for: findings).map(\.rule) == ["sleep"])
        #expect([Exemption]().remaining(of: findings).count == 2)
    }

    @Test func everyExemptionNamesARuleAndAReason() {
        let rules = Set(Rule.all.map(\.name))
        for exemption in Exemption.all {
            #expect(rules.contains(exemption.rule))
            #expect(!exemption.reason.isEmpty)
        }
    }
}

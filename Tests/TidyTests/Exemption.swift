/// A place where a rule does not have to be kept, and why.
struct Exemption: Sendable, CustomStringConvertible {
    let rule: String
    let path: String
    /// Only the lines that contain this; the whole file when it is empty.
    var text = ""
    let reason: String

    var description: String { "\(rule) in \(path)" + (text.isEmpty ? "" : " at “\(text)”") }

    func covers(_ finding: Finding) -> Bool {
        finding.rule == rule && finding.path == path && (text.isEmpty || finding.text.contains(text))
    }

    /// All exemptions there are. One that is no longer needed fails the tests.
    static let all: [Exemption] = [
        Exemption(
            rule: "file-name", path: "Sources/TokenIMLMDB/T.swift", reason: "holds the place of the module's sources")
    ]
}

extension [Exemption] {
    /// What none of them covers.
    func remaining(of findings: [Finding]) -> [Finding] {
        findings.filter { finding in !contains { $0.covers(finding) } }
    }

    /// Those that cover nothing.
    func unneeded(for findings: [Finding]) -> [Exemption] {
        filter { exemption in !findings.contains { exemption.covers($0) } }
    }
}

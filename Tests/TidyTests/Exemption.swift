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
            rule: "system-time", path: "Sources/TokenIMLMDB/Monitor.swift",
            reason: "bounds how long a thread waits for a free reader; no such time reaches the data"),
        Exemption(
            rule: "public-enum", path: "Sources/TokenIMLMDB/TypedTable.swift", text: "enum Step",
            reason: "a scan goes on or stops"),
        Exemption(
            rule: "force-unwrap", path: "Sources/TokenIMLMDB/FileDescriptor.swift", text: "baseAddress!",
            reason: "the address of a buffer that is not empty, in pointer arithmetic"),
        Exemption(
            rule: "force-unwrap", path: "Sources/TokenIMLMDB/Checking/TreeWalk.swift", text: "baseAddress!",
            reason: "keys have at least one byte, which has been checked before they are compared"),
        Exemption(
            rule: "force-unwrap", path: "Sources/TokenIMLMDB/TransactionView.swift", text: "transaction!",
            reason: "on the path of every read; the state of a transaction that is alive has its handle"),
        Exemption(
            rule: "unchecked", path: "Sources/TokenIM/Runtime/Core.swift", text: "final class Core",
            reason: "one thread at a time uses it: the writer's, or the one that has the turn"),
        Exemption(
            rule: "unchecked", path: "Sources/TokenIM/Runtime/SnapshotBox.swift", text: "final class SnapshotBox",
            reason: "a value that cannot be copied passes from one thread to another, which waits for it"),
        Exemption(
            rule: "unchecked", path: "Sources/TokenIM/Runtime/Thread.swift", text: "struct Thread",
            reason: "the system's handle of a thread is a pointer on some systems"),
        Exemption(
            rule: "unchecked", path: "Sources/TokenIM/Projections/KeyIndex.swift", text: "final class KeyIndex",
            reason: "the writer's alone until it is handed over, and from then on nobody changes it"),
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

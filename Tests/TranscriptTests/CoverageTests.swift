import Testing
import TokenIM
import TokenIMTesting

/// What the transcripts leave out would not be specified.
@Suite struct CoverageTests {
    /// The refusals that no transcript shows, and why.
    static let codesNotShown: [(code: IMError.Code, reason: String)] = [
        (.overloaded, "takes callers that wait for the writer, or snapshots that are held: several threads"),
        (.cancelled, "takes a task that is cancelled while its command waits"),
        (.receiveInProgress, "takes two tasks that receive at the same moment"),
        (.inputOutput, "takes a disk that fails"),
        (.unsupportedFileSystem, "takes a network file system"),
        (.broken, "takes a mistake of the engine"),
    ]

    @Test func everyRefusalIsShown() throws {
        var shown: Set<String> = []
        for file in TranscriptTests.files {
            for line in try file.read().output {
                guard let error = line.firstRange(of: "error: ") else { continue }
                shown.insert(String(line[error.upperBound...].prefix { $0 != " " }))
            }
        }
        for code in IMError.Code.all {
            let exception = Self.codesNotShown.first { $0.code == code }
            if shown.contains(code.name) {
                #expect(exception == nil, "\(code.name) is shown, so it is no exception")
            } else {
                #expect(exception != nil, "no transcript shows \(code.name)")
            }
        }
    }

    /// The rules that decide what may be read: there is nothing to explain about that.
    static let rulesNotExplained = ["channel-members"]

    @Test func everyRuleOfGroupsDecidesSomething() throws {
        var shown: Set<String> = []
        for file in TranscriptTests.files {
            for line in try file.read().output {
                guard let rule = line.firstRange(of: " by rule ") else { continue }
                shown.insert(String(line[rule.upperBound...].prefix { $0 != ":" }))
            }
        }
        for rule in Rule.all where !Self.rulesNotExplained.contains(rule.name) {
            #expect(shown.contains(rule.name), "no transcript shows the rule \(rule)")
        }
    }

    @Test func everyVerbIsUsed() throws {
        var used: Set<String> = []
        for file in TranscriptTests.files { used.formUnion(try file.read().lines.map(\.verb)) }
        for verb in TranscriptVerb.all { #expect(used.contains(verb.name), "no transcript says \(verb.name)") }
    }

    @Test func verbsHaveNamesOfTheirOwn() {
        let names = TranscriptVerb.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func everyLimitCanBeSet() {
        let limits = Mirror(reflecting: Limits()).children.compactMap(\.label)
        #expect(TranscriptVerb.limitNames == Set(limits))
    }
}

import Testing
import TokenIMReplay
import TokenIMTesting

@Suite("An input file")
struct InputFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func read(_ bytes: [UInt8]) throws -> InputFile {
        try InputFile(path: try directory.write(bytes, to: "file"))
    }

    private func failure(_ bytes: [UInt8]) throws -> ReplayFailure? {
        let path = try directory.write(bytes, to: "file")
        return #expect(throws: ReplayFailure.self) { try InputFile(path: path) }
    }

    @Test func hasALineForEachLineFeed() throws {
        #expect(try read(Array("one\n\ntwo\n".utf8)).lines == ["one", "", "two"])
        #expect(try read(Array("\n".utf8)).lines == [""])
        #expect(try read([]).lines == [])
    }

    @Test func isCutWithoutALineFeedAtItsEnd() throws {
        let cut = try read(Array("one\ntw".utf8))
        #expect(cut.lines == ["one", "tw"])
        #expect(cut.isCut)
        #expect(!(try read(Array("one\ntwo\n".utf8)).isCut))
        #expect(!(try read([]).isCut))
    }

    @Test func leavesCarriageReturnsToTheLine() throws {
        #expect(try read(Array("one\r\ntwo\r\n".utf8)).lines == ["one\r", "two\r"])
    }

    @Test func isReadWhole() throws {
        let line = String(repeating: "x", count: 999)
        let bytes = Array(String(repeating: line + "\n", count: 300).utf8)
        #expect(try read(bytes).lines == Array(repeating: line[...], count: 300))
    }

    @Test func mayNotBeMissing() throws {
        let path = directory.path + "/none"
        let failure = #expect(throws: ReplayFailure.self) { try InputFile(path: path) }
        #expect(failure == ReplayFailure(.noInput, "\(path): No such file or directory"))
    }

    @Test func mayNotBeADirectory() {
        let failure = #expect(throws: ReplayFailure.self) { try InputFile(path: directory.path) }
        #expect(failure == ReplayFailure(.noInput, "\(directory.path): Is a directory"))
    }

    @Test func mayNotBeBinary() throws {
        let failure = try failure(Array("one\ntw\u{0}o\n".utf8))
        #expect(failure?.status == .data)
        #expect(failure?.message.hasPrefix("\(directory.path)/file:2: binary data") == true)
        // Far in, where the reading is in its second chunk.
        let late = try self.failure(Array(repeating: UInt8(ascii: "\n"), count: 70_000) + [0])
        #expect(late?.message.hasPrefix("\(directory.path)/file:70001: binary data") == true)
    }

    @Test("must be UTF-8, to its end", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]])
    func invalidText(bytes: [UInt8]) throws {
        let path = directory.path + "/file"
        #expect(try failure(Array("one\ntwo\n".utf8) + bytes) == ReplayFailure(.data, "\(path):3: not UTF-8"))
        #expect(
            try failure(Array("é\n".utf8) + bytes + Array("\nthree".utf8))
                == ReplayFailure(.data, "\(path):2: not UTF-8"))
    }
}

@Suite("Annotations")
struct AnnotationsTests {
    private func annotations(_ text: String) throws -> Annotations {
        try Annotations(InputFile(path: "annotations", text: text))
    }

    private let log = [
        "[1", "[10:00] <a> one", "[10:00] <a> two", "[10:00] <a> ", "[10:00] <b> four", "[10:00] <b> five",
    ]
    .map { LogLine($0[...]) }

    @Test func nameTheLastMessageBefore() throws {
        #expect(try annotations("1 4 -\n").lineAnswered(by: 4, in: log) == 1)
        #expect(try annotations("1 4 -\n2 4 -\n").lineAnswered(by: 4, in: log) == 2)
        #expect(try annotations("2 4 -\n1 4 -").lineAnswered(by: 4, in: log) == 2)
        #expect(try annotations("1 4 -\n").lineAnswered(by: 5, in: log) == nil)
    }

    @Test("pass over the line itself, later ones, and what is no message")
    func others() throws {
        #expect(try annotations("4 4 -\n").lineAnswered(by: 4, in: log) == nil)
        #expect(try annotations("5 4 -\n").lineAnswered(by: 4, in: log) == nil)
        #expect(try annotations("3 4 -\n0 4 -\n").lineAnswered(by: 4, in: log) == nil)
        #expect(try annotations("1 4 -\n3 4 -\n4 4 -\n5 4 -\n999 4 -\n").lineAnswered(by: 4, in: log) == 1)
    }

    @Test func mayHaveBlankLinesAndWindowsLineEnds() throws {
        #expect(try annotations("\n1 4 -\r\n \n").lineAnswered(by: 4, in: log) == 1)
    }

    @Test(
        "of another form are refused",
        arguments: [
            "1 4", "1 4 - -", "1 - 4", "-1 4 -", "1 -4 -", "a b -", "1 4 +", "1.0 4 -", "99999999999999999999 4 -",
        ])
    func malformed(line: String) throws {
        let failure = #expect(throws: ReplayFailure.self) { try annotations("1 2 -\n\(line)\n") }
        #expect(failure?.status == .data)
        #expect(failure?.message.hasPrefix("annotations:2: ") == true)
    }
}

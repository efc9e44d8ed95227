import TokenIM
import TokenIMReplay
import TokenIMTesting

private typealias Line = TokenIMReplay.LogLine

/// What people write: logs, annotations, transcripts, scripts.
extension FuzzTarget {
    static let logLines = FuzzTarget(
        name: "log-lines", summary: "lines of logs: what is a message says the same when it is written anew",
        maximumLength: 300, dictionary: words(logWords), seeds: { logSeeds.map { Array($0.utf8) } },
        examine: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let file = InputFile(path: "log", text: text)
            let count = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).count
            guard file.lines.count == (file.isCut ? count : count - 1) else {
                throw Finding("has \(file.lines.count) lines")
            }
            let log = Log(file)
            for line in log.lines {
                guard case .message(let minute, let nick, let said) = line, said.utf8.last != UInt8(ascii: "\r") else {
                    continue
                }
                let clock = [minute.minutes / 60, minute.minutes % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }
                let again = Line("[\(clock[0]):\(clock[1])]  * \(nick.rawValue) \(said)"[...])
                guard again == line else { throw Finding("is \(line) and, written anew, \(again)") }
            }
            return log.lines.suffix(3).map(kind).joined(separator: " ")
        })

    private static func kind(of line: Line) -> String {
        switch line {
        case .message(_, let nick, let text): "message \(nick.rawValue.utf8.count / 8) \(text.isEmpty)"
        case .joined: "joined"
        case .left: "left"
        case .renamed: "renamed"
        case .kicked: "kicked"
        case .operators(let changes): "operators \(changes.count)"
        case .other: "other"
        }
    }

    private static let logWords = [
        "[09:14] <", "[23:59]  * ", "=== ", "> ", " [", "]  has joined #", "has left #", " is now known as ",
        "was kicked off #c by ", "mode/#c [+o-v ", "] by ", "]", "\r", "\n", "#c", "[", "\u{E9}", "e\u{301}", ": ",
    ]

    private static let logSeeds = [
        "[09:14] <ann> hi\n[09:15] <bob> ann: hello\n", "[10:00]  * ann waves\n",
        "=== ann [n=ann@host]  has joined #c\n",
        "=== ann [n=ann@host]  has left #c []\n", "=== ann is now known as eve\n",
        "=== ann was kicked off #c by bob (no)\n", "=== mode/#c [+o-o ann bob] by eve\n", "[09:14] <zcat[1] > hi\n",
        "=== ann [n=a@h]  has joined #c\n[09:14] <ann> hi\n[00:01] <bob> ann, yes\n[00:00] <ann> \n",
    ]

    static let annotations = FuzzTarget(
        name: "annotations", summary: "annotations of logs: read, or refused with the status of bad data",
        maximumLength: 120, dictionary: words(["0 1 -\n", " - ", "\n", "18446744073709551615", "-1", "\u{A0}"]),
        seeds: { ["0 1 -\n", "\n1 2 -\n", "0 1\n"].map { Array($0.utf8) } },
        examine: { bytes in
            let file = InputFile(path: "annotations", text: String(decoding: bytes, as: UTF8.self))
            do {
                let annotations = try Annotations(file)
                let log = Log(InputFile(path: "log", text: "[09:14] <a> 1\n[09:14] <a> 2\n"), annotations: annotations)
                for index in 0..<3 {
                    guard let answered = log.lineAnswered(by: index) else { continue }
                    guard answered < index else { throw Finding("line \(index) answers \(answered)") }
                }
                return "fine \(file.lines.count)"
            } catch let failure as ReplayFailure {
                guard failure.status == .data else { throw Finding("is refused with \(failure)") }
                return "refused"
            }
        })

    static let transcripts = FuzzTarget(
        name: "transcripts", summary: "transcripts: read and written as they were, or refused with a line",
        dictionary: words(transcriptWords), seeds: { transcriptSeeds.map { Array($0.utf8) } },
        examine: { bytes in
            do {
                // A carriage return alone at the end of a line would be half of a line's end when it is written.
                let text = String(decoding: bytes, as: UTF8.self).replacing("\r", with: "")
                let transcript = try Transcript(text)
                let again = try Transcript(transcript.text)
                guard again.text.utf8.elementsEqual(transcript.text.utf8) else {
                    throw Finding("is written as \(transcript.text.debugDescription)")
                }
                guard again.lines.count == transcript.lines.count else { throw Finding("loses a command") }
                return "\(transcript.lines.count) \(transcript.lines.last?.parts.count ?? 0)"
            } catch let failure as TranscriptFailure {
                return String(failure.complaint.prefix(20))
            }
        })

    static let scripts = FuzzTarget(
        name: "scripts", summary: "scripts of simulations and worlds: what is read is written the same",
        maximumLength: 200,
        dictionary: words(
            ScriptCommand.Verb.allCases.map { "\($0.rawValue) " } + ["by:", "user:", "target:", "-1", " ", "\n", "#"]),
        seeds: {
            (0..<3).map { seed in
                Array(ScriptText.write(Array(RandomScript.commands(seed: seed, count: 16).suffix(4))).utf8)
            } + RandomWorld.commands(seed: 1, count: 20).map { Array("\($0)".utf8) }
        },
        examine: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let command = WorldCommand(text), let again = WorldCommand("\(command)") {
                guard "\(again)" == "\(command)" else { throw Finding("is \(command) and \(again)") }
                return "world \(command.verb)"
            }
            guard let commands = try? ScriptText.read(text) else { return "refused" }
            guard try ScriptText.read(ScriptText.write(commands)) == commands else {
                throw Finding("is another script")
            }
            return commands.suffix(2).map { "\($0.verb)" }.joined()
        })

    static func words(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    static let transcriptWords =
        TranscriptVerb.all.map { "\n\($0.name) " } + [
            "\n----\n", "\n\n", "# ", " -> ", "\"", "\\n", "\"*1000", "@alice", "#team", "alice/bob", "alice@phone",
            "by=",
            "alice", "bob", "key=k", "+1s", "1d", "-1", "0", "18446744073709551615", "=", "  ", "on", "off", "none",
        ]

    static let transcriptSeeds = [
        "users alice bob\nsend alice -> bob \"hi\"\n----\nok\n",
        "users alice bob carol\ngroup #team owner=alice members=bob\nsend alice -> #team \"one\"\nadvance 1s\n",
        "users alice\nconnect alice@phone\nreceive alice@phone\nrestart\n",
        "# A remark\nusers alice bob\n\nsend alice -> bob \"x\"*3 key=k\nedit alice alice/bob 1 \"y\"\nverify\n",
    ]
}

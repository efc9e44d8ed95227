/// A small text that says what is asked of an engine and what comes of it: commands above a line, what happened below.
///
/// ```
/// # Who is no member cannot tell that the group exists.
/// users alice bob
/// group #team owner=alice
/// ----
/// @alice 1 user-created
/// @bob 1 user-created
/// #team 1 group-created members=alice
///
/// send bob -> #team "hello"
/// ----
/// error: not-found (2002): there is no such group
/// ```
///
/// Blocks are separated by a blank line. Lines that begin with `# ` are remarks. An indented line belongs to the
/// command above it. A block without a line of dashes has not been run yet. The language is said by the command
/// `verbs`, which lists all others.
///
/// Below the line stands what the command answered, and every new entry of the journal. The engine is a ``TestEngine``:
/// its clock stands until `advance`, its chance is seeded, so a transcript gives the same whenever it is run.
public struct Transcript: Sendable {
    /// Some commands, and what happened when they were run.
    struct Block: Sendable {
        /// The lines above the dashes as they were written, remarks among them.
        var input: [String] = []
        var commands: [TranscriptLine] = []
        /// Nil when it has not been run.
        var output: [String]?
        /// Where its output begins or will begin; the first line is 1.
        var outputLine = 0
    }

    var blocks: [Block]

    static let separator = "----"

    /// Reads a transcript.
    ///
    /// - Throws: ``TranscriptFailure`` for a line that is none.
    public init(_ text: String) throws(TranscriptFailure) {
        blocks = []
        var block = Block()
        // Swift takes a carriage return with a line feed for one character, which is neither of the two.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            if line.isEmpty {
                if !block.input.isEmpty || block.output != nil { blocks.append(block) }
                block = Block()
            } else if block.output != nil {
                block.output?.append(String(line))
            } else if line == Self.separator {
                block.output = []
                block.outputLine = index + 2
            } else {
                block.input.append(String(line))
                block.outputLine = index + 2
                try Self.add(line, at: index + 1, to: &block.commands)
            }
        }
        if !block.input.isEmpty || block.output != nil { blocks.append(block) }
    }

    private static func add(
        _ line: Substring, at number: Int, to commands: inout [TranscriptLine]
    ) throws(TranscriptFailure) {
        if line == "#" || line.hasPrefix("# ") { return }
        let isPart = line.hasPrefix(" ")
        guard let read = try TranscriptLine(line, at: number) else { return }
        if !isPart {
            commands.append(read)
        } else if commands.isEmpty {
            throw TranscriptFailure(line: number, "an indented line belongs to the command above, and there is none")
        } else {
            commands[commands.count - 1].parts.append(read)
        }
    }

    /// The text that reads as this transcript.
    public var text: String {
        blocks.map { block in
            let output = block.output.map { [Self.separator] + $0 } ?? []
            return (block.input + output).map { "\($0)\n" }.joined()
        }.joined(separator: "\n")
    }

    /// The commands of all blocks, those within others included.
    package var lines: [TranscriptLine] {
        blocks.flatMap(\.commands).flatMap { [$0] + $0.parts }
    }

    /// What happened in all blocks, line by line.
    package var output: [String] { blocks.flatMap { $0.output ?? [] } }
}

/// What makes a transcript impossible to run: a mistake in it, or an engine that breaks its word.
public struct TranscriptFailure: Error, CustomStringConvertible {
    /// The first line is 1; 0 when it is no single line.
    public var line: Int
    public let complaint: String

    init(line: Int = 0, _ complaint: String) {
        self.line = line
        self.complaint = complaint
    }

    /// For verbs of one's own: what is wrong with the command.
    public init(_ complaint: String) {
        self.init(line: 0, complaint)
    }

    public var description: String { line == 0 ? complaint : "line \(line): \(complaint)" }
}

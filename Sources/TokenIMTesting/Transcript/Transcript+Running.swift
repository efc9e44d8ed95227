public import TokenIM

extension Transcript {
    /// Runs all commands on a new engine.
    ///
    /// At its end, an engine that is open is verified; what it finds is a failure.
    ///
    /// - Parameters:
    ///   - verbs: those of one's own, beside the built-in ones.
    ///   - configure: changes the configuration whenever the engine is opened.
    /// - Returns: the same transcript with what happened now.
    /// - Throws: ``TranscriptFailure``.
    public func run(
        verbs: [TranscriptVerb] = [], configure: @escaping (inout Configuration) -> Void = { _ in }
    ) async throws -> Transcript {
        try await run(verbs: verbs, configure: configure) { _ in }
    }

    /// - Parameter interlude: happens after every command, and must change nothing that can be seen.
    package func run(
        verbs: [TranscriptVerb] = [], configure: @escaping (inout Configuration) -> Void = { _ in },
        interlude: (TranscriptStage) async throws -> Void
    ) async throws -> Transcript {
        var vocabulary: [String: TranscriptVerb] = [:]
        for verb in TranscriptVerb.all + verbs { vocabulary[verb.name] = verb }
        let stage = TranscriptStage(vocabulary, configure: configure)
        defer { stage.end() }
        var played = self
        for (index, block) in blocks.enumerated() where !block.commands.isEmpty {
            var output: [String] = []
            for line in block.commands {
                do {
                    output += try await stage.play(line)
                    try await interlude(stage)
                } catch var failure as TranscriptFailure {
                    if failure.line == 0 { failure.line = line.number }
                    throw failure
                }
            }
            played.blocks[index].output = output
        }
        try await stage.verifyAtEnd()
        return played
    }

    /// Where what happened is not what the transcript said, block by block.
    public func differences(from played: Transcript) -> [TranscriptDifference] {
        zip(blocks, played.blocks).compactMap { said, done in
            if said.output ?? [] == done.output ?? [] { return nil }
            return TranscriptDifference(
                line: said.outputLine, input: said.input, said: said.output ?? [], done: done.output ?? [])
        }
    }
}

/// A block of a transcript after which something else happened than it says.
public struct TranscriptDifference: Sendable, CustomStringConvertible {
    /// Where in the text.
    public let line: Int
    let input: [String]
    let said: [String]
    let done: [String]

    /// The block as a difference: `-` for what it says, `+` for what happened.
    public var description: String {
        var (removed, inserted): (Set<Int>, Set<Int>) = ([], [])
        for change in done.difference(from: said) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var lines = ["line \(line):"] + (input + [Transcript.separator]).map { "  \($0)" }
        var (left, right) = (0, 0)
        while left < said.count || right < done.count {
            if removed.contains(left) {
                lines.append("- \(said[left])")
                left += 1
            } else {
                lines.append(inserted.contains(right) ? "+ \(done[right])" : "  \(done[right])")
                left += inserted.contains(right) ? 0 : 1
                right += 1
            }
        }
        return lines.joined(separator: "\n")
    }
}

/// Something that takes bytes, and must neither trap nor break its word whatever they are.
struct FuzzTarget: Sendable {
    let name: String
    /// What is held against it, for people.
    let summary: String
    /// Inputs are not made longer than that.
    var maximumLength = 512
    /// Pieces that are put into inputs as they are.
    var dictionary: [[UInt8]] = []
    /// Inputs to begin with, beside those of the corpus.
    let seeds: @Sendable () throws -> [[UInt8]]
    /// Throws a ``Finding``, or anything, when the word is broken.
    ///
    /// - Returns: what kind of thing has happened. An input with which something new happens is built upon.
    let examine: @Sendable ([UInt8]) throws -> String

    #if DEBUG || LIBFUZZER
    static let all: [FuzzTarget] = [
        entries, bodies, records, keys, values, numbers, tokens, times, logLines, annotations, replays, transcripts,
        plays, scripts, requests, pages,
    ]
    #else
    /// The others see what is internal, which a release build does not show.
    static let all: [FuzzTarget] = [logLines, annotations, transcripts, scripts]
    #endif
}

/// What an input has brought out.
struct Finding: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

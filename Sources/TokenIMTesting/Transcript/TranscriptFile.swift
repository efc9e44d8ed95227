#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

public import TokenIM

/// A transcript in a file, run as a test, or written anew.
///
/// ```swift
/// @Test(arguments: try TranscriptFile.all(in: folder)) func chat(file: TranscriptFile) async throws {
///     let differences = try await file.check(verbs: myVerbs)
///     #expect(differences.isEmpty, "\(differences.map { "\($0)" }.joined(separator: "\n"))")
/// }
/// ```
/// `TOKENIM_REWRITE=1 swift test` writes what happened into the files. Look at what has changed before you keep it.
public struct TranscriptFile: Sendable, CustomStringConvertible {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// The name of the file.
    public var description: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The files of a folder that end in `.txt`, in the order of their names.
    public static func all(in folder: String) throws -> [TranscriptFile] {
        guard let stream = opendir(folder) else { throw TranscriptFailure("there is no folder \(folder)") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { characters in
                characters.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            if name.hasSuffix(".txt") { names.append(name) }
        }
        return names.sorted().map { TranscriptFile(path: "\(folder)/\($0)") }
    }

    public func read() throws -> Transcript {
        try Transcript(String(decoding: try StoreCopy.bytes(of: path), as: UTF8.self))
    }

    /// Runs the transcript and returns where something else happened than it says. When `TOKENIM_REWRITE` is set,
    /// writes what happened into the file instead, and returns nothing.
    public func check(
        verbs: [TranscriptVerb] = [], configure: @escaping (inout Configuration) -> Void = { _ in }
    ) async throws -> [TranscriptDifference] {
        try await check(verbs: verbs, configure: configure, isRewriting: getenv("TOKENIM_REWRITE") != nil)
    }

    package func check(
        verbs: [TranscriptVerb] = [], configure: @escaping (inout Configuration) -> Void = { _ in }, isRewriting: Bool
    ) async throws -> [TranscriptDifference] {
        let said = try read()
        let played = try await said.run(verbs: verbs, configure: configure)
        guard isRewriting else { return said.differences(from: played) }
        try write(played.text)
        return []
    }

    package func write(_ text: String) throws {
        unlink(path)
        try StoreCopy.write(Array(text.utf8), to: path)
    }
}

import Testing
import TokenIM
import TokenIMTesting

/// The specification: what is asked, and what happens. `TOKENIM_REWRITE=1 swift test --filter TranscriptTests` writes
/// the transcripts anew.
@Suite struct TranscriptTests {
    static let files: [TranscriptFile] = {
        do {
            let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
            return try TranscriptFile.all(in: "/\(folder)/Transcripts")
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    @Test(arguments: files) func whatATranscriptSaysHappens(file: TranscriptFile) async throws {
        let differences = try await file.check()
        #expect(differences.isEmpty, "\(file)\n\(differences.map { "\($0)" }.joined(separator: "\n"))")
    }
}

import Foundation
import TokenIMLMDB

/// Inputs in files, a folder for each target.
enum Corpus {
    /// The one that belongs to the project, where this file was compiled.
    static var standard: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Corpus").path
    }

    /// The files of a folder, in the order of their names; none when there is no such folder.
    static func files(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().map { "\(folder)/\($0)" }
    }

    static func bytes(of path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    /// A name that tells inputs apart.
    static func name(of bytes: [UInt8]) -> String {
        let sum = bytes.withUnsafeBytes { CRC32C.checksum(of: $0) }
        return String(sum, radix: 16)
    }
}

import Foundation
import TokenIMTesting

extension TemporaryDirectory {
    /// Writes a file into the directory.
    ///
    /// - Returns: its path.
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let path = "\(self.path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    func write(_ text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }
}

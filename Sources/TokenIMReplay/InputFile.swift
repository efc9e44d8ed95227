#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A text file that has been read as a whole, in lines.
///
/// It is all in memory: what is wrong with any input is found before the first message is sent, and a log of a year of
/// a busy channel has some tens of megabytes.
package struct InputFile: Sendable {
    package let path: String
    /// Without their line feeds. A line feed at the end of the file begins no further line.
    package let lines: [Substring]
    /// Whether the last line lacks its line feed: the file may have been cut off in the middle of it.
    package let isCut: Bool

    /// - Throws: a ``ReplayFailure`` that names the file, and the line where there is one: `noInput` when it is
    ///   missing, a directory or not readable, `data` for binary data or invalid UTF-8, `inputOutput` when reading
    ///   fails.
    package init(path: String) throws(ReplayFailure) {
        let bytes = try Self.bytes(path)
        let text = try bytes.withUnsafeBufferPointer { (buffer) throws(ReplayFailure) -> String in
            guard let text = String(validating: buffer, as: UTF8.self) else {
                throw ReplayFailure(.data, "\(path):\(Self.lineOfInvalidText(bytes)): not UTF-8")
            }
            return text
        }
        self.init(path: path, text: text)
    }

    /// What a file with this text in it is.
    package init(path: String, text: String) {
        self.path = path
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Substring.init)
        isCut = lines.last?.isEmpty == false
        if !isCut { lines.removeLast() }
        self.lines = lines
    }

    private static func bytes(_ path: String) throws(ReplayFailure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw ReplayFailure(.noInput, "\(path): \(systemMessage(errno))") }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw ReplayFailure(errno == EISDIR ? .noInput : .inputOutput, "\(path): \(systemMessage(errno))")
            }
            // Looked at as it comes, so that an endless device is not read for ever.
            if let zero = chunk[..<count].firstIndex(of: 0) {
                let line = 1 + bytes.count(of: UInt8(ascii: "\n")) + chunk[..<zero].count(of: UInt8(ascii: "\n"))
                throw ReplayFailure(.data, "\(path):\(line): binary data, not text: there is a zero byte in it")
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// A line feed is never part of a longer sequence, so the first line that is no UTF-8 is the one.
    private static func lineOfInvalidText(_ bytes: [UInt8]) -> Int {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return 1 + (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0)
    }
}

/// What the system calls an error, for example "No such file or directory".
package func systemMessage(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}

extension Collection<UInt8> {
    fileprivate func count(of byte: UInt8) -> Int { reduce(0) { $1 == byte ? $0 + 1 : $0 } }
}

import Foundation

/// What this process has used so far.
enum ProcessUse {
    /// Seconds of processors, in all threads.
    static var seconds: Double {
        var usage = rusage()
        guard getrusage(Self.itself, &usage) == 0 else { return .nan }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    #if canImport(Glibc)
    private static let itself = __rusage_who_t(RUSAGE_SELF.rawValue)
    #else
    private static let itself = RUSAGE_SELF
    #endif

    /// Bytes that the system has written to disks for it, or will; nil where the system does not say.
    ///
    /// Linux counts all of a large folio of its page cache as written when one page of it has changed, so this is at
    /// most what the process has handed in to be written. It hands in whole pages, and syncs them.
    static var bytesWritten: Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/io", encoding: .utf8) else { return nil }
        func number(_ name: String) -> Double? {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
            return line.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
        }
        guard let handedIn = number("wchar:"), let written = number("write_bytes:") else { return nil }
        return min(handedIn, written)
    }

    /// Bytes of disk that the files of a directory take.
    static func storedBytes(in directory: String) -> Double {
        guard let names = FileManager.default.enumerator(atPath: directory) else { return .nan }
        var blocks = 0
        for case let name as String in names {
            var information = stat()
            guard lstat("\(directory)/\(name)", &information) == 0 else { continue }
            if information.st_mode & S_IFMT == S_IFREG { blocks += Int(information.st_blocks) }
        }
        return Double(blocks) * 512
    }
}

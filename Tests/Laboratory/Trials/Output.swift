import Glibc

/// What a process tells the one that has started it.
enum Output {
    /// Writes a line at once: up to 4,096 bytes in one piece, whoever else writes.
    static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            guard count > 0 else { exit(EXIT_FAILURE) }
            written += count
        }
    }
}

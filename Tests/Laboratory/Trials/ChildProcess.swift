import Glibc
import TokenIMLMDB

/// This executable, started once more, and what it prints.
final class ChildProcess {
    private let process: pid_t
    private let output: Int32
    private var buffer: [UInt8] = []
    private var isReaped = false

    /// One process is started at a time: no other must inherit the ends of its pipe.
    private static let starting = Monitor(())

    /// - Parameter arguments: those after the program's name.
    /// - Parameter temporary: where it puts temporary files; where this process does, when nil.
    init(_ arguments: [String], temporary: String? = nil) throws {
        let started = Self.starting.withLock { _ in Self.start(arguments, temporary) }
        guard started.code == 0 else { throw Defect("cannot start a process: \(started.code)") }
        (process, output) = (started.process, started.output)
    }

    private static func start(
        _ arguments: [String], _ temporary: String?
    ) -> (process: pid_t, output: Int32, code: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return (0, 0, errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        // A crash is to be told by its signal, at once.
        var variables = ["SWIFT_BACKTRACE=enable=no"]
        for name in ["PATH", "TMPDIR", "LD_LIBRARY_PATH"] {
            let value = name == "TMPDIR" ? temporary : nil
            if let value = value ?? getenv(name).map({ String(cString: $0) }) { variables.append("\(name)=\(value)") }
        }
        var words: [UnsafeMutablePointer<CChar>?] = (["Laboratory"] + arguments).map { strdup($0) }
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) }
        defer {
            posix_spawn_file_actions_destroy(&actions)
            close(ends[1])
            for word in words + environment { free(word) }
        }
        words.append(nil)
        environment.append(nil)
        var process: pid_t = 0
        let code = posix_spawn(&process, "/proc/self/exe", &actions, nil, words, environment)
        if code != 0 { close(ends[0]) }
        return (process, ends[0], code)
    }

    deinit {
        if !isReaped { kill() }
        close(output)
    }

    /// The next line that it prints, without its end; nil at the end of its output.
    func line() throws -> String? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            var waited = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, Self.patience) > 0 else {
                kill()
                throw Defect("the process hangs")
            }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(output, &chunk, chunk.count)
            if count <= 0 { return nil }
            buffer += chunk[..<count]
        }
    }

    /// Milliseconds in which a process that works says something.
    private static let patience: Int32 = 60_000

    /// Ends it, as by `kill -9`. What it had printed can still be read.
    func signalKill() {
        Glibc.kill(process, SIGKILL)
    }

    private func kill() {
        signalKill()
        _ = waitForEnd()
    }

    /// How it ended: nil when it was as a process should.
    func waitForEnd() -> String? {
        var status: Int32 = 0
        guard !isReaped else { return nil }
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        isReaped = true
        let signal = status & 0x7F
        if signal != 0 { return "signal \(signal)" }
        let code = status >> 8 & 0xFF
        return code == 0 ? nil : "exit code \(code)"
    }
}

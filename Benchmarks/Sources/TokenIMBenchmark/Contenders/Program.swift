import Foundation

/// Another program that is run for its output.
///
/// Not by `Process`: on Linux that waits for whatever the program leaves running, too, and a server is to go on
/// running.
enum Program {
    struct Failure: Error, CustomStringConvertible {
        let description: String
        var status: Int32 = -1
    }

    /// Runs a program and returns what it wrote to standard output. Its errors go where ours go, or nowhere.
    static func run(_ path: String, _ arguments: [String], isQuiet: Bool = false) throws -> String {
        try run(path, arguments, input: nil, isQuiet: isQuiet)
    }

    /// Runs a program for its effect. What it leaves running is not waited for.
    static func perform(_ path: String, _ arguments: [String]) throws {
        let process = try Run.start { try spawn(path, arguments, input: nil, output: nil, isQuiet: false) }
        let state = try wait(for: process, path)
        Run.ended(process)
        try judge(state, path, arguments)
    }

    /// The same when the run is over and nothing else may be started.
    static func performLast(_ path: String, _ arguments: [String]) throws {
        let process = try spawn(path, arguments, input: nil, output: nil, isQuiet: false)
        try judge(wait(for: process, path), path, arguments)
    }

    /// The path of this program.
    static func itself() throws -> String {
        guard let path = Bundle.main.executablePath else { throw Failure(description: "cannot find this program") }
        return path
    }

    /// Runs this program again, as a process of its own, which ends with this one.
    static func runSelf(_ arguments: [String]) throws -> String {
        let life = Pipe()
        // What this process starts must not keep it open when this process is gone.
        for handle in [life.fileHandleForReading, life.fileHandleForWriting] {
            _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        return try withExtendedLifetime(life) {
            try run(itself(), arguments, input: life.fileHandleForReading.fileDescriptor, isQuiet: false)
        }
    }

    // MARK: Processes

    private static func run(_ path: String, _ arguments: [String], input: Int32?, isQuiet: Bool) throws -> String {
        let output = Pipe()
        let writing = output.fileHandleForWriting
        let process = try Run.start {
            try spawn(path, arguments, input: input, output: writing.fileDescriptor, isQuiet: isQuiet)
        }
        try writing.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        let state = try wait(for: process, path)
        Run.ended(process)
        try judge(state, path, arguments)
        return String(decoding: data, as: UTF8.self)
    }

    private static func spawn(
        _ path: String, _ arguments: [String], input: Int32?, output: Int32?, isQuiet: Bool
    ) throws -> pid_t {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        if isQuiet { posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads of this process do not take signals; a server is to do so, and to end when it is told to. The
        // first process of a run gives each of its own a group, so that it can end what those have started.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | (Run.isPart ? 0 : POSIX_SPAWN_SETPGROUP)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let status = posix_spawn(&process, path, &actions, &attributes, &words, environ)
        guard status == 0 else {
            throw Failure(description: "\(path) cannot be run: \(String(cString: strerror(status)))")
        }
        return process
    }

    private static func wait(for process: pid_t, _ path: String) throws -> Int32 {
        var state: Int32 = 0
        while waitpid(process, &state, 0) < 0 {
            guard errno == EINTR else { throw Failure(description: "\(path) cannot be waited for") }
        }
        return state
    }

    /// Throws if it did not end well.
    private static func judge(_ state: Int32, _ path: String, _ arguments: [String]) throws {
        // The exit status is the second byte; the first says which signal ended it.
        let status = state & 0x7F == 0 ? (state >> 8) & 0xFF : -(state & 0x7F)
        guard status == 0 else {
            let command = "\(path) \(arguments.joined(separator: " "))"
            let reason = status > 0 ? "status \(status)" : "signal \(-status)"
            throw Failure(description: "\(command): \(reason)", status: status)
        }
    }
}

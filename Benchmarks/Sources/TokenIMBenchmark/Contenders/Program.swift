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
        let output = Pipe()
        let writing = output.fileHandleForWriting
        let process = try start(path, arguments, output: writing.fileDescriptor, isQuiet: isQuiet)
        try writing.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        try wait(for: process, path, arguments)
        return String(decoding: data, as: UTF8.self)
    }

    /// Runs a program for its effect. What it leaves running is not waited for.
    static func perform(_ path: String, _ arguments: [String]) throws {
        try wait(for: start(path, arguments, output: nil, isQuiet: false), path, arguments)
    }

    /// The path of this program.
    static func itself() throws -> String {
        guard let path = Bundle.main.executablePath else { throw Failure(description: "cannot find this program") }
        return path
    }

    /// Runs this program again, as a process of its own.
    static func runSelf(_ arguments: [String]) throws -> String {
        try run(itself(), arguments)
    }

    // MARK: Processes

    private static func start(
        _ path: String, _ arguments: [String], output: Int32?, isQuiet: Bool
    ) throws -> pid_t {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        #else
        var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        if isQuiet { posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let status = posix_spawn(&process, path, &actions, nil, &words, environ)
        guard status == 0 else {
            throw Failure(description: "\(path) cannot be run: \(String(cString: strerror(status)))")
        }
        return process
    }

    private static func wait(for process: pid_t, _ path: String, _ arguments: [String]) throws {
        var state: Int32 = 0
        while waitpid(process, &state, 0) < 0 {
            guard errno == EINTR else { throw Failure(description: "\(path) cannot be waited for") }
        }
        // The exit status is the second byte; the first says which signal ended it.
        let status = state & 0x7F == 0 ? (state >> 8) & 0xFF : -(state & 0x7F)
        guard status == 0 else {
            let command = "\(path) \(arguments.joined(separator: " "))"
            let reason = status > 0 ? "status \(status)" : "signal \(-status)"
            throw Failure(description: "\(command): \(reason)", status: status)
        }
    }
}

import Foundation
import Synchronization
import TokenIMTesting

/// One run of this program with all the processes that it starts.
///
/// What they make lies in one directory, the `TMPDIR` of all of them, so that it can be put away when the run is
/// interrupted, or, if the run was killed, when the next one begins.
enum Run {
    private struct State {
        var directory: TemporaryDirectory?
        /// Those that this process waits for.
        var processes: Set<pid_t> = []
        var isInterrupted = false
    }

    private static let state = Mutex(State())
    private static let prefix = "tokenim-run"
    /// Says to a process that it belongs to a run.
    private static let variable = "TOKENIM_BENCHMARK_RUN"

    /// Whether another process of this program has started this one.
    static let isPart = getenv(variable) != nil

    /// Makes the directory. A process that belongs to a run ends with the one that has started it instead.
    static func begin() throws {
        guard !isPart else { return endWithParent() }
        clearAbandoned()
        let directory = try TemporaryDirectory(prefix: prefix)
        guard lock(directory.path) else { throw Program.Failure(description: "cannot lock \(directory.path)") }
        state.withLock { $0.directory = directory }
        setenv("TMPDIR", directory.path, 1)
        setenv(variable, directory.path, 1)
        atexit { Run.clear() }
    }

    // MARK: Processes

    /// Starts a process, which is ended with this one.
    static func start(_ spawn: () throws -> pid_t) throws -> pid_t {
        try waitIfInterrupted {
            try state.withLock { state -> pid_t? in
                guard !state.isInterrupted else { return nil }
                let process = try spawn()
                state.processes.insert(process)
                return process
            }
        }
    }

    /// Tells that a process has ended.
    static func ended(_ process: pid_t) {
        _ = waitIfInterrupted {
            state.withLock { state -> Bool? in
                state.processes.remove(process)
                return state.isInterrupted ? nil : true
            }
        }
    }

    /// Whoever finds that the run has been interrupted goes no further: the process is about to end.
    private static func waitIfInterrupted<Value>(_ body: () throws -> Value?) rethrows -> Value {
        while true {
            if let value = try body() { return value }
            sleep(1)
        }
    }

    /// Ends what this process has started, and puts away what all have made.
    static func interrupt() {
        let processes = state.withLock { state in
            state.isInterrupted = true
            return state.processes
        }
        // A process that has begun a run is the first of its group; the others are in that group.
        for process in processes { kill(isPart ? process : -process, SIGKILL) }
        for _ in 0..<1_000 where !state.withLock(\.processes.isEmpty) { usleep(1_000) }
        clear()
    }

    /// Ends this process, and those that it has started, when the one that has started it is gone: nothing comes from
    /// standard input until then.
    private static func endWithParent() {
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(0, &byte, 1) > 0 {}
            kill(0, SIGKILL)
        }
    }

    // MARK: Directories

    /// Stops what runs in the directory, and removes it.
    private static func clear() {
        guard let directory = state.withLock({ $0.directory.take() }) else { return }
        stopServers(in: directory.path)
        directory.remove()
    }

    private static func stopServers(in path: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            Contest.stopServers(in: "\(path)/\(name)")
        }
    }

    /// Puts away what runs have left that were killed.
    private static func clearAbandoned() {
        let parent = FileManager.default.temporaryDirectory.path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for path in names.filter({ $0.hasPrefix(prefix + "-") }).map({ "\(parent)/\($0)" }) where lock(path) {
            Progress.say("Removing what a run has left that was killed: \(path)")
            stopServers(in: path)
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// Takes hold of a directory until this process ends. False if another one holds it, or it is somebody else's.
    private static func lock(_ path: String) -> Bool {
        let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return false }
        if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
        close(file)
        return false
    }
}

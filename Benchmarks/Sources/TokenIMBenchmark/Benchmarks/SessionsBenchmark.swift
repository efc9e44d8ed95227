import ArgumentParser
import Foundation
import Synchronization
import TokenIM
import TokenIMTesting

/// What it costs to be connected, and that all who are can be reached.
struct SessionsBenchmark: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Memory of idle sessions, and one message to all of them.")

    @Option(help: "Sessions, each of another user; all are members of one group.")
    var sessions = 100_000
    @OptionGroup var output: OutputOptions

    static let device: DeviceID = "phone"
    static let group: GroupID = "everyone"

    func measure() async throws -> [Row] {
        let directory = try TemporaryDirectory(prefix: "tokenim-benchmark")
        let path = directory.path + "/store"
        Progress.say("Registering \(Figure.text(Double(sessions))) devices, in a process of its own")
        _ = try Program.runSelf(["prepare-sessions", path, "--sessions", "\(sessions)"])
        let bareTask = try Program.runSelf(["measure-tasks", "--tasks", "\(sessions)"])
        let engine = try BenchmarkStore.open(path) { $0.limits.groupMembers = max(100_000, sessions + 1) }
        defer { engine.close() }
        let names = try (0..<sessions).map { try UserID("member" + String(format: "-%010d", $0)) }
        var open: [Session?] = Array(repeating: nil, count: sessions)
        let before = try ResidentMemory.privateBytes()
        Progress.say("Connecting")
        let connecting = try await Measure.seconds { try await connect(names, engine, into: &open) }
        let connected = try ResidentMemory.privateBytes()
        let all = open.compactMap(\.self)
        let (listeners, ready) = listen(all)
        await ready.wait(for: sessions)
        let listening = try ResidentMemory.privateBytes()
        Progress.say("Sending one message to all")
        let began = ContinuousClock.now
        try await engine.messages.send("hello, all", from: "announcer", to: .group(Self.group), key: "hello")
        let accepted = began.duration(to: .now).inSeconds
        var received = 0
        for listener in listeners { received += try await listener.value ? 1 : 0 }
        let reached = began.duration(to: .now).inSeconds
        let served = try ResidentMemory.privateBytes()
        for session in all { session.close() }
        return figures(before, connected, listening, served) + [
            row(
                "a task that waits, without a session", Double(bareTask) ?? .nan, "bytes",
                note: "what the language takes of the figures above"),
            row("connecting known devices", Double(sessions) / connecting, "sessions/s"),
            row("sessions that received one message", Double(received), "sessions", aim: .atLeast(Double(sessions))),
            row("that message: sending it", accepted * 1e3, "ms"),
            row("that message: until the last session had it", reached * 1e3, "ms"),
            row("that message: deliveries", Double(received) / reached, "deliveries/s"),
        ]
    }

    private func figures(_ before: Int, _ connected: Int, _ listening: Int, _ served: Int) -> [Row] {
        let each = Double(sessions)
        let note = "private resident memory, caches of the engine included"
        return [
            row(
                "a connected session", Double(connected - before) / each, "bytes", aim: .atMost(2_048), note: note),
            row(
                "a connected session and a task that waits for deliveries", Double(listening - before) / each, "bytes",
                aim: .atMost(2_048), note: note),
            row("the same after one delivery", Double(served - before) / each, "bytes", note: note),
        ]
    }

    private func connect(_ names: [UserID], _ engine: Engine, into open: inout [Session?]) async throws {
        let tasks = 256
        try await withThrowingTaskGroup(of: [(Int, Session)].self) { group in
            for first in 0..<tasks {
                group.addTask {
                    var connected: [(Int, Session)] = []
                    for index in stride(from: first, to: names.count, by: tasks) {
                        connected.append((index, try await engine.connect(names[index], device: Self.device)))
                    }
                    return connected
                }
            }
            for try await connected in group {
                for (index, session) in connected { open[index] = session }
            }
        }
    }

    /// A task for each session that waits for one message.
    private func listen(_ sessions: [Session]) -> ([Task<Bool, any Error>], Arrivals) {
        let ready = Arrivals()
        let tasks = sessions.map { session in
            Task {
                // What came before, such as the entry of the group's creation, is not what it waits for.
                while let last = try session.receive().last { session.acknowledge(last) }
                ready.add()
                for try await delivery in session.deliveries {
                    session.acknowledge(delivery)
                    if delivery.message != nil { return true }
                }
                return false
            }
        }
        return (tasks, ready)
    }
}

/// Counts those that have come, for one who waits for all.
final class Arrivals: Sendable {
    private let count = Mutex(0)

    func add() {
        count.withLock { $0 += 1 }
    }

    func wait(for all: Int) async {
        while count.withLock({ $0 }) < all { try? await Task.sleep(for: .milliseconds(10)) }
    }
}

/// Says how many bytes a task takes that waits for its turn, in a process that has nothing else.
struct MeasureTasks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "measure-tasks", shouldDisplay: false)

    @Option var tasks: Int

    func run() async throws {
        let waiting = WaitingTasks()
        let before = try ResidentMemory.privateBytes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    await withUnsafeContinuation { waiting.add($0) }
                }
            }
            while waiting.count < tasks { try await Task.sleep(for: .milliseconds(10)) }
            Swift.print(Double(try ResidentMemory.privateBytes() - before) / Double(tasks), terminator: "")
            waiting.resumeAll()
            try await group.waitForAll()
        }
    }
}

private final class WaitingTasks: Sendable {
    private let continuations = Mutex<[UnsafeContinuation<Void, Never>]>([])

    var count: Int { continuations.withLock(\.count) }

    func add(_ continuation: UnsafeContinuation<Void, Never>) {
        continuations.withLock { $0.append(continuation) }
    }

    func resumeAll() {
        for continuation in continuations.withLock(\.self) { continuation.resume() }
    }
}

/// Makes the store for ``SessionsBenchmark``, so that the memory that it takes is not that process's.
struct PrepareSessions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "prepare-sessions", shouldDisplay: false)

    @Argument var path: String
    @Option var sessions: Int

    func run() async throws {
        let engine = try BenchmarkStore.open(path) { $0.limits.groupMembers = max(100_000, sessions + 1) }
        let users = try await engine.createUsers(sessions)
        try await engine.users.create("announcer")
        try await engine.createGroup(SessionsBenchmark.group, of: ["announcer"] + users)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let tasks = 1_000
            for first in 0..<tasks {
                group.addTask {
                    // Begins after what happened while the store was made.
                    var options = SessionOptions()
                    options.start = .head
                    for index in stride(from: first, to: users.count, by: tasks) {
                        let device = SessionsBenchmark.device
                        try await engine.connect(users[index], device: device, options: options).close()
                    }
                }
            }
            try await group.waitForAll()
        }
        engine.close()
    }
}

import ArgumentParser
import Foundation
import Synchronization
import TokenIM
import TokenIMTesting

/// What it costs to be connected, and what an engine keeps in memory.
struct MemoryWork: Work {
    static let name = "memory"
    static let title = "memory of idle sessions, of the working set, and of an engine on a large store"

    static let device: DeviceID = "phone"
    static let group: GroupID = "everyone"

    func measure(_ plan: Plan) async throws -> [Row] {
        let count = plan.size.of(2_000, 20_000, 100_000)
        let directory = try TemporaryDirectory(prefix: "tokenim-benchmark")
        let path = directory.path + "/store"
        Progress.say("Registering \(Figure.text(Double(count))) devices, in a process of its own")
        _ = try Program.runSelf(["prepare-sessions", path, "--sessions", "\(count)"])
        let bareTask = try Program.runSelf(["measure-tasks", "--tasks", "\(count)"])
        var rows = try await sessions(count, path)
        rows.append(
            Self.row(
                "a task that waits, without a session", [Parameter("sessions", count)], Double(bareTask) ?? .nan,
                "bytes", note: "what the language takes of that"))
        return try rows + engine(plan) + entries(plan)
    }

    // MARK: Sessions

    private func sessions(_ count: Int, _ path: String) async throws -> [Row] {
        let engine = try BenchmarkStore.open(path) { $0.limits.groupMembers = max(100_000, count + 1) }
        defer { engine.close() }
        let names = try (0..<count).map { try UserID("member" + String(format: "-%010d", $0)) }
        var open: [Session?] = Array(repeating: nil, count: count)
        let before = try ResidentMemory.settledPrivateBytes()
        Progress.say("Connecting")
        let connecting = try await Measure.seconds { try await connect(names, engine, into: &open) }
        let connected = try ResidentMemory.settledPrivateBytes()
        let all = open.compactMap(\.self)
        let (listeners, ready) = listen(all)
        await ready.wait(for: count)
        let listening = try ResidentMemory.settledPrivateBytes()
        Progress.say("Sending one message to all")
        let began = ContinuousClock.now
        try await engine.messages.send("hello, all", from: "announcer", to: .group(Self.group), key: "hello")
        var received = 0
        for listener in listeners { received += try await listener.value ? 1 : 0 }
        let reached = began.duration(to: .now).inSeconds
        let served = try ResidentMemory.settledPrivateBytes()
        for session in all { session.close() }
        let parameters = [Parameter("sessions", count)]
        func each(_ bytes: Int) -> Double { Double(bytes - before) / Double(count) }
        let (aim, note) = (Aim.atMost(2_048), "private resident memory, caches of the engine included")
        return [
            Self.row("a connected session", parameters, each(connected), "bytes", aim: aim, note: note),
            Self.row(
                "a session and a task that waits for deliveries", parameters, each(listening), "bytes", aim: aim,
                note: note),
            Self.row("the same after one delivery", parameters, each(served), "bytes", note: note),
            Self.row("connecting known devices", parameters, Double(count) / connecting, "sessions/s"),
            Self.row(
                "sessions that received one message", parameters, Double(received), "sessions",
                aim: .atLeast(Double(count))),
            Self.row("one message to all: until the last had it", parameters, reached * 1e3, "ms"),
        ]
    }

    // MARK: The engine

    private func engine(_ plan: Plan) throws -> [Row] {
        let messages = plan.preload(10_000, 100_000, 2_000_000)
        let unfolded = plan.size.of(2_000, 50_000, 50_000)
        let directory = try TemporaryDirectory(prefix: "tokenim-benchmark")
        let path = directory.path + "/store"
        Progress.say("Sending \(Figure.text(Double(messages))) messages in another process")
        _ = try Program.runSelf(["fill-store", path, "--messages", "\(messages)"])
        let text = try Program.runSelf(["measure-memory", path, "--messages", "\(unfolded)"])
        let found = try JSONDecoder().decode(EngineMemory.self, from: Data(text.utf8))
        let parameters = [Parameter("messages", messages)]
        return [
            Self.row("an engine, just opened", parameters, found.opened / 1e6, "MB", note: "private resident memory"),
            Self.row(
                "an engine with a working set", parameters, found.unfolded / 1e6, "MB",
                note: "\(Figure.text(Double(unfolded))) entries to 100,000 conversations, none folded"),
            Self.row("an engine that has folded them", parameters, found.folded / 1e6, "MB"),
        ]
    }

    /// What the working set takes until it is folded, by what two fillings differ in.
    private func entries(_ plan: Plan) throws -> [Row] {
        let (entries, few) = (plan.size.of(10_000, 50_000, 200_000), 1_000)
        func bytes(_ conversations: Int, _ options: [String] = []) throws -> Double {
            let directory = try TemporaryDirectory(prefix: "tokenim-benchmark")
            let path = directory.path + "/store"
            _ = try Program.runSelf(["fill-store", path, "--messages", "1000"])
            let arguments = [path, "--entries", "\(entries)", "--conversations", "\(conversations)"] + options
            return Double(try Program.runSelf(["measure-entries"] + arguments)) ?? .nan
        }
        Progress.say("Sending \(Figure.text(Double(entries))) messages that are not folded, three times")
        let (plain, keyed, spread) = try (bytes(few), bytes(few, ["--keyed"]), bytes(entries))
        let parameters = [Parameter("entries", entries)]
        return [
            Self.row(
                "an entry that is not folded", parameters, plain / Double(entries), "bytes",
                note: "without a key, \(Figure.text(Double(few))) conversations"),
            Self.row(
                "an idempotency key", parameters, (keyed - plain) / Double(entries), "bytes",
                note: "until it is folded; the index is meant for as many, and is full"),
            Self.row(
                "a conversation that was touched since the fold", parameters,
                (spread - plain) / Double(entries - few), "bytes",
                note: "with both inboxes, and what is kept of the users"),
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
        let before = try ResidentMemory.settledPrivateBytes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    await withUnsafeContinuation { waiting.add($0) }
                }
            }
            while waiting.count < tasks { try await Task.sleep(for: .milliseconds(10)) }
            Swift.print(Double(try ResidentMemory.settledPrivateBytes() - before) / Double(tasks), terminator: "")
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

/// Makes the store for ``MemoryWork``, so that the memory that it takes is not that process's.
struct PrepareSessions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "prepare-sessions", shouldDisplay: false)

    @Argument var path: String
    @Option var sessions: Int

    func run() async throws {
        let engine = try BenchmarkStore.open(path) { $0.limits.groupMembers = max(100_000, sessions + 1) }
        let users = try await engine.createUsers(sessions)
        try await engine.users.create("announcer")
        try await engine.createGroup(MemoryWork.group, of: ["announcer"] + users)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let tasks = 1_000
            for first in 0..<tasks {
                group.addTask {
                    // Begins after what happened while the store was made.
                    var options = SessionOptions()
                    options.start = .head
                    for index in stride(from: first, to: users.count, by: tasks) {
                        let device = MemoryWork.device
                        try await engine.connect(users[index], device: device, options: options).close()
                    }
                }
            }
            try await group.waitForAll()
        }
        engine.close()
    }
}

/// What ``MeasureMemory`` says to ``MemoryWork``: private bytes above those of a process without an engine.
private struct EngineMemory: Codable {
    var opened: Double
    var unfolded: Double
    var folded: Double
}

/// Says what an engine takes, in a process that has nothing else.
struct MeasureMemory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "measure-memory", shouldDisplay: false)

    @Argument var path: String
    @Option var messages: Int

    func run() async throws {
        let before = Double(try ResidentMemory.settledPrivateBytes())
        let engine = try BenchmarkStore.open(path, EventLog(), withoutFolds)
        let opened = Double(try ResidentMemory.settledPrivateBytes()) - before
        // Made here: what is released after making it would be taken by the engine and not be counted.
        let traffic = Traffic.direct(among: try FillStore.users(), conversations: 100_000)
        let ready = Double(try ResidentMemory.settledPrivateBytes())
        try await engine.preload(messages, traffic)
        let unfolded = opened + Double(try ResidentMemory.settledPrivateBytes()) - ready
        try await engine.fold()
        let folded = opened + Double(try ResidentMemory.settledPrivateBytes()) - ready
        let found = EngineMemory(opened: opened, unfolded: unfolded, folded: folded)
        try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(found))
        engine.close()
    }
}

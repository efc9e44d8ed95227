import Foundation
import Synchronization
import TokenIM
import TokenIMTesting

/// A store in a directory that goes away with it, and the engine on it.
final class BenchmarkStore {
    private let directory: TemporaryDirectory
    private(set) var engine: Engine
    let events: EventLog

    init(_ configure: (inout Configuration) -> Void = { _ in }) throws {
        directory = try TemporaryDirectory(prefix: "tokenim-benchmark")
        events = EventLog()
        engine = try Self.open(directory.path + "/store", events, configure)
    }

    deinit {
        engine.close()
    }

    /// Closes the engine and opens the store again.
    func reopen(_ configure: (inout Configuration) -> Void) throws {
        engine.close()
        engine = try Self.open(directory.path + "/store", events, configure)
    }

    static func open(
        _ path: String, _ events: EventLog = EventLog(), _ configure: (inout Configuration) -> Void = { _ in }
    ) throws -> Engine {
        var configuration = Configuration()
        configuration.observer = { events.note($0) }
        configure(&configuration)
        return try Engine(directory: path, configuration: configuration)
    }
}

/// What an engine told of itself, and when.
final class EventLog: Sendable {
    struct Noted: Sendable {
        var event: EngineEvent
        var moment: ContinuousClock.Instant
        /// From when to when that took which the event tells of.
        var interval: Range<ContinuousClock.Instant> { moment - event.duration..<moment }
    }

    private let events = Mutex<[Noted]>([])

    func note(_ event: EngineEvent) {
        events.withLock { $0.append(Noted(event: event, moment: .now)) }
    }

    func of(_ kind: EngineEvent.Kind) -> [Noted] {
        events.withLock { $0.filter { $0.event.kind == kind } }
    }

    func removeAll(where isUnwanted: (Noted) -> Bool = { _ in true }) {
        events.withLock { $0.removeAll(where: isUnwanted) }
    }
}

public import TokenIM

/// An engine for tests: in a temporary directory that goes away with it, inline, on a clock that stands until it is
/// moved, with seeded chance. The same calls give the same store, to the byte.
public final class TestEngine: Sendable {
    public let engine: Engine
    public let time: ManualTime
    public let directory: TemporaryDirectory

    /// - Parameters:
    ///   - seed: of the random source.
    ///   - configure: changes the configuration before the engine is opened.
    public init(seed: UInt64 = 1, configure: (inout Configuration) -> Void = { _ in }) throws {
        directory = try TemporaryDirectory()
        time = ManualTime()
        engine = try Self.open(directory, time, seed, configure)
    }

    /// Opens the store of another test engine, which must have been closed, on the same clock.
    public init(
        reopening other: TestEngine, seed: UInt64 = 1, configure: (inout Configuration) -> Void = { _ in }
    ) throws {
        directory = other.directory
        time = other.time
        engine = try Self.open(directory, time, seed, configure)
    }

    /// Opens what a crash at this moment would leave of another test engine's store: a copy of its files. The other goes
    /// on by itself, on the same clock.
    public init(
        afterCrashOf other: TestEngine, seed: UInt64 = 1, configure: (inout Configuration) -> Void = { _ in }
    ) throws {
        directory = try TemporaryDirectory()
        time = other.time
        try StoreCopy.copy(other.directory.path + "/store", to: directory.path + "/store")
        engine = try Self.open(directory, time, seed, configure)
    }

    private static func open(
        _ directory: TemporaryDirectory, _ time: ManualTime, _ seed: UInt64, _ configure: (inout Configuration) -> Void
    ) throws -> Engine {
        var configuration = Configuration()
        configuration.runtime = .inline
        configuration.time = time
        configuration.random = SeededRandom(seed: seed)
        // Test machines may keep temporary files on a file system that a service should not use.
        configuration.allowsUnsafeFileSystem = true
        configuration.mapSize = 1 << 30
        configure(&configuration)
        return try Engine(directory: directory.path + "/store", configuration: configuration)
    }

    deinit {
        engine.close()
    }
}

public import TokenIM

/// An engine for tests: in a temporary directory that goes away with it, inline, on a clock that stands until it is
/// moved, with seeded chance. The same calls give the same store, to the byte.
public final class TestEngine: Sendable {
    public let engine: Engine
    public let time: ManualTime
    public let directory: TemporaryDirectory
    /// What goes wrong with its disk. Nothing, unless a test says so.
    public let faults: StorageFaults
    private let configuration: Configuration

    /// - Parameters:
    ///   - seed: of the random source.
    ///   - configure: changes the configuration before the engine is opened.
    public init(seed: UInt64 = 1, configure: (inout Configuration) -> Void = { _ in }) throws {
        directory = try TemporaryDirectory()
        time = ManualTime()
        faults = StorageFaults(time: time)
        var configuration = Configuration()
        configuration.runtime = .inline
        configuration.time = time
        configuration.random = SeededRandom(seed: seed)
        // Test machines may keep temporary files on a file system that a service should not use.
        configuration.allowsUnsafeFileSystem = true
        configuration.mapSize = 1 << 30
        configuration.fault = { [faults] in try faults.pass($0) }
        configure(&configuration)
        self.configuration = configuration
        engine = try Engine(directory: directory.path + "/store", configuration: configuration)
    }

    /// Opens the store of another test engine, which must have been closed or have crashed, on the same clock and with
    /// the same configuration. Its faults stay as they are, except for crashes, which are over.
    ///
    /// - Parameter configure: changes the configuration that the other had.
    public init(
        reopening other: TestEngine, seed: UInt64 = 1, configure: (inout Configuration) -> Void = { _ in }
    ) throws {
        if other.faults.hasCrashed { other.engine.close() }
        directory = other.directory
        time = other.time
        faults = other.faults
        var configuration = other.configuration
        configuration.random = SeededRandom(seed: seed)
        configure(&configuration)
        self.configuration = configuration
        faults.restart()
        engine = try Engine(directory: directory.path + "/store", configuration: configuration)
    }

    deinit {
        engine.close()
    }
}

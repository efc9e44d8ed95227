/// How an engine is set up. Nothing of it changes while the engine is open.
public struct Configuration: Sendable {
    /// Where commands run. Only two: with threads of the engine's own, or without.
    public struct Runtime: Hashable, Sendable {
        let isInline: Bool
        /// One thread commits, one folds, one keeps the time. For services.
        public static let threaded = Runtime(isInline: false)
        /// Everything runs on the thread that calls, one command after the other, each in a commit of its own.
        /// With a manual clock and a seeded random source a run repeats to the byte. For tests, tools and replays.
        public static let inline = Runtime(isInline: true)
    }

    public var runtime = Runtime.threaded
    public var limits = Limits()
    /// How many sessions one user may have at a time.
    public var sessionPolicy = SessionPolicy.all
    /// Nil means the system's clock.
    public var time: (any TimeSource)?
    /// Nil means the system's random numbers.
    public var random: (any RandomSource)?
    /// Address space reserved for each of the two files, in bytes; disk is used only as it fills. Cannot be raised
    /// while the engine is open.
    public var mapSize: UInt64 = 64 << 30
    /// Names of the host's own tables, which ``Engine/transaction(_:)`` reads and writes: 1 to 16, each an identifier.
    public var hostTables: [String] = []
    /// Network and overlay file systems break LMDB's locks and are refused, unless this says otherwise.
    public var allowsUnsafeFileSystem = false
    /// The host's own say in what users do. Nil costs nothing.
    public var policy: (any Policy)?
    /// Told of what happens inside: folds, back-pressure, storage trouble. Must return at once and not call back.
    public var observer: (@Sendable (EngineEvent) -> Void)?
    /// Asked on the writer's thread at every fault point; what it throws happens there as if storage had failed.
    package var fault: (@Sendable (FaultPoint) throws -> Void)?

    public init() {}
}

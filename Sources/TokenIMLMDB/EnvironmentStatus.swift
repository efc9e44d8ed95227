/// How full an environment is, and who reads it.
public struct EnvironmentStatus: Sendable, Hashable {
    /// Bytes of one page.
    public let pageSize: Int
    /// The most bytes that the data file can hold.
    public let mapSize: UInt64
    /// Bytes up to the end of the last page ever used. Pages within it may be free: see `Environment.reusableBytes()`.
    ///
    /// It never shrinks. It grows when a commit needs more pages than are free, or than readers let go of.
    public let usedBytes: UInt64
    /// Length of the data file.
    public let fileBytes: UInt64
    /// Read transactions that are running.
    public let activeReaders: Int
    /// How many commits were made since the oldest running read transaction began, 0 when none is running.
    ///
    /// Pages that were freed since then cannot be reused yet.
    public let oldestReaderLag: UInt64
    /// Whether a commit has failed, so that nothing more can be written until the environment was reopened.
    public let isPoisoned: Bool
}

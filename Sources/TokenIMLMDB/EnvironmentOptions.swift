/// How an environment is opened. None of it can be changed while it is open.
public struct EnvironmentOptions: Sendable {
    /// Address space reserved for the data file, in bytes, rounded up to a page: the most that it can ever hold.
    ///
    /// It is not allocated on disk. It cannot grow while the environment is open. Default 64 GiB; 16 KiB
    /// to 64 TiB.
    public var mapSize: UInt64 = 64 << 30
    /// How many read transactions can run at the same time. Each costs 64 bytes on disk and less than 1 KiB of memory.
    public var maximumReaders: Int = 512
    /// The names of the tables, at most 32, each 1 to 511 bytes. Missing ones are made when the environment is opened.
    public var tables: [String]
    /// Opens on network, overlay and user-space file systems too, where locks or mappings may not work. Default false.
    public var allowsNetworkFileSystem = false
    /// How long `beginRead` waits when all readers are in use, before it throws `.readersExhausted`. Default 1 second.
    public var readerWait: Duration = .seconds(1)
    /// Whether a missing data file is made. Without it, opening throws `.missing`. Default true.
    public var createsIfMissing = true
    /// Whether commits are on disk when they return.
    package var durability = Durability.durable

    /// What a commit that has returned survives.
    package enum Durability: Sendable {
        /// A power cut.
        case durable
        /// Nothing but the end of the process. Corrupts the store at a power cut: only for tests that must see that.
        case unsafeNoSync
    }

    /// The most tables that one environment can have.
    public static let maximumTables = 32

    /// Options with these tables, and the defaults for the rest.
    public init(tables: [String]) {
        self.tables = tables
    }
}

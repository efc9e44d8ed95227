import TokenIMLMDB

/// The directory of a store: two environments, the lock that keeps other processes out, and the store's epoch.
///
/// `journal` holds the journal, the tables written with it and the host's own tables. `projections` holds what folds
/// write. After a crash the journal is ahead, never the other way round.
final class Store: Sendable {
    let directory: String
    let journal: Environment
    let projections: Environment
    let journalTables: JournalTables
    let foldedTables: FoldedTables
    /// The identity of this life of the store.
    let epoch: UInt64
    /// What places idempotency keys; known to nobody outside.
    let keySeed: UInt64

    private let lock: DirectoryLock

    static let hostPrefix = "host."
    static let formatVersion: UInt64 = 1
    private static let formatKey = RowKey(1)
    private static let epochKey = RowKey(2)
    private static let keySeedKey = RowKey(3)

    /// Opens the store in a directory, creating it when it is not there.
    init(directory: String, _ configuration: Configuration) throws {
        self.directory = directory
        try Self.check(configuration)
        if !FileSystem.exists(directory) || FileSystem.isEmptyDirectory(directory) {
            try Self.create(directory, configuration)
        } else {
            // Whoever created it may have been stopped between giving it its name and making that durable.
            try AtomicDirectory.synchronizeParent(of: directory)
        }
        lock = try DirectoryLock(directory: directory)
        (journal, projections) = try Self.open(directory, configuration, creates: false)
        journalTables = JournalTables(journal)
        foldedTables = FoldedTables(projections)
        let transaction = try journal.beginRead()
        (epoch, keySeed) = try Self.identity(in: transaction.view, journalTables)
    }

    private static func check(_ configuration: Configuration) throws {
        guard configuration.hostTables.count <= 16,
            Set(configuration.hostTables).count == configuration.hostTables.count
        else { throw IMError(.malformedArgument, "at most 16 host tables, each named once") }
        for name in configuration.hostTables { _ = try Identifier<Table>(name) }
    }

    private static func create(_ directory: String, _ configuration: Configuration) throws {
        if FileSystem.exists(directory) { try FileSystem.removeEmptyDirectory(directory) }
        try AtomicDirectory.create(at: directory) { path in
            try FileSystem.createDirectory(path + "/journal")
            try FileSystem.createDirectory(path + "/projections")
            let (journal, projections) = try open(path, configuration, creates: true)
            defer {
                journal.close()
                projections.close()
            }
            let tables = JournalTables(journal)
            let random = configuration.random ?? SystemRandom()
            let (epoch, keySeed) = (random.next(), random.next())
            try journal.write { transaction in
                try put(formatVersion, at: formatKey, tables, transaction)
                try put(epoch, at: epochKey, tables, transaction)
                try put(keySeed, at: keySeedKey, tables, transaction)
            }
        }
    }

    private static func open(
        _ directory: String, _ configuration: Configuration, creates: Bool
    ) throws -> (Environment, Environment) {
        func options(_ tables: [String]) -> EnvironmentOptions {
            var options = EnvironmentOptions(tables: tables)
            options.mapSize = configuration.mapSize
            options.allowsNetworkFileSystem = configuration.allowsUnsafeFileSystem
            options.createsIfMissing = creates
            // A snapshot is begun under a lock that the writer takes too: nobody may wait in there for a reader.
            options.readerWait = .zero
            return options
        }
        let hostTables = configuration.hostTables.map { hostPrefix + $0 }
        let journal = try Environment(
            directory: directory + "/journal", options: options(JournalTables.names + hostTables))
        do {
            let projections = try Environment(
                directory: directory + "/projections", options: options(FoldedTables.names))
            return (journal, projections)
        } catch {
            journal.close()
            throw error
        }
    }

    private static func put(
        _ value: UInt64, at key: RowKey, _ tables: JournalTables, _ transaction: borrowing WriteTransaction
    ) throws {
        try key.withBytes { key in
            try withUnsafeBytes(of: value.bigEndian) { _ = try transaction.put(tables.store, key: key, value: $0) }
        }
    }

    private static func identity(
        in view: TransactionView, _ tables: JournalTables
    ) throws -> (epoch: UInt64, keySeed: UInt64) {
        func value(_ key: RowKey) throws -> UInt64? {
            try key.withBytes { key in
                guard let bytes = try view.get(tables.store, key: key) else { return nil }
                var reader = ByteReader(bytes)
                return try reader.uint64()
            }
        }
        guard let version = try value(formatKey), let epoch = try value(epochKey), let keySeed = try value(keySeedKey)
        else {
            throw IMError(.unreadableStore, "the directory holds no store of this engine")
        }
        guard version == formatVersion else {
            throw IMError(.unreadableStore, "a store of format \(version); this engine reads \(formatVersion)")
        }
        return (epoch, keySeed)
    }

    /// Closes the files. Waits for running reads.
    func close() {
        journal.close()
        projections.close()
        lock.release()
    }
}

internal import CTokenIMLMDB
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// The steps by which an environment is opened, in the order in which they are safe, and what comes of them.
struct OpenedEnvironment: ~Copyable {
    let handle: OpaquePointer
    let identifier: UInt32
    let pageSize: Int
    let tables: [String: Table]
    let claim: DataFileClaim

    private static let lastIdentifier = Atomic<UInt32>(0)

    static func open(directory: String, options: EnvironmentOptions) throws(StorageError) -> OpenedEnvironment {
        try check(options)
        try FileSystem.check(directory, allowsNetwork: options.allowsNetworkFileSystem)
        let path = directory + "/data.mdb"
        let isNew = try isMissing(path)
        if isNew, !options.createsIfMissing {
            throw StorageError(.missing, code: ENOENT, operation: "open \(path)", detail: "there is no such file")
        }
        // Exclusively: a file that appears meanwhile is another process's, and may be half made.
        let flags = isNew ? O_RDWR | O_CREAT | O_EXCL : O_RDWR
        let claim = try DataFileClaim(claiming: FileDescriptor(opening: path, flags: flags), path: path)
        guard isNew else {
            try DataFileHeader.check(claim.file, path: path)
            // What another process has left may be in memory only: nothing must be built on it before it is on disk.
            try claim.file.synchronize(operation: "sync \(path)")
            return try open(claim, directory: directory, options: options)
        }
        do throws(StorageError) {
            let opened = try open(claim, directory: directory, options: options)
            do throws(StorageError) {
                try opened.claim.file.synchronize(operation: "sync \(path)")
                try DirectoryTree.synchronizeEntries(of: directory)
            } catch {
                mdb_env_close(opened.handle)
                throw error
            }
            return opened
        } catch {
            // What was half made would be refused as damaged ever after.
            unlink(path)
            throw error
        }
    }

    private static func open(
        _ claim: consuming DataFileClaim, directory: String, options: EnvironmentOptions
    ) throws(StorageError) -> OpenedEnvironment {
        try reserveLockFile(directory: directory, readers: options.maximumReaders)
        let handle = try openHandle(directory: directory, options: options)
        let identifier = lastIdentifier.add(1, ordering: .relaxed).newValue
        let tables: [String: Table]
        do throws(StorageError) {
            tables = try openTables(handle, options: options, environment: identifier, directory: directory)
        } catch {
            mdb_env_close(handle)
            throw error
        }
        var statistics = MDB_stat()
        mdb_env_stat(handle, &statistics)
        return OpenedEnvironment(
            handle: handle, identifier: identifier, pageSize: Int(statistics.ms_psize), tables: tables, claim: claim)
    }

    private static func check(_ options: EnvironmentOptions) throws(StorageError) {
        func refuse(_ detail: String) -> StorageError {
            StorageError(.misuse, operation: "open an environment", detail: detail)
        }
        guard options.mapSize >= 1 << 14, options.mapSize <= 1 << 46 else {
            throw refuse("a map size outside 16 KiB to 64 TiB")
        }
        guard (1...32_768).contains(options.maximumReaders) else { throw refuse("maximum readers outside 1 to 32,768") }
        guard options.tables.count <= EnvironmentOptions.maximumTables else { throw refuse("more than 32 tables") }
        guard Set(options.tables).count == options.tables.count else { throw refuse("a table that is declared twice") }
        for name in options.tables {
            guard (1...Table.maximumKeyLength).contains(name.utf8.count), !name.utf8.contains(0) else {
                throw refuse("a table name that is empty, too long, or has a zero byte")
            }
        }
    }

    private static func isMissing(_ path: String) throws(StorageError) -> Bool {
        var information = stat()
        if stat(path, &information) == 0 { return false }
        guard errno == ENOENT else { throw .system(errno, operation: "open \(path)", directory: nil) }
        return true
    }

    /// Gives the lock file its disk space. LMDB leaves it sparse and writes to it through a mapping, which on a full
    /// disk ends the process.
    private static func reserveLockFile(directory: String, readers: Int) throws(StorageError) {
        // LMDB's header is less than a page, and each place in the reader table a cache line.
        let length = 4096 + (readers * 64 + 4095) / 4096 * 4096
        let file = try FileDescriptor(opening: directory + "/lock.mdb", flags: O_RDWR | O_CREAT)
        try file.reserve(length: length)
    }

    private static func openHandle(
        directory: String, options: EnvironmentOptions
    ) throws(StorageError) -> OpaquePointer {
        var created: OpaquePointer?
        var code = mdb_env_create(&created)
        guard code == MDB_SUCCESS, let handle = created else {
            throw .lmdb(code, operation: "make an environment", directory: nil)
        }
        let page = UInt64(sysconf(Int32(_SC_PAGESIZE)))
        let mapSize = (options.mapSize + page - 1) / page * page
        code = mdb_env_set_mapsize(handle, Int(mapSize))
        if code == MDB_SUCCESS { code = mdb_env_set_maxreaders(handle, UInt32(options.maximumReaders)) }
        if code == MDB_SUCCESS { code = mdb_env_set_maxdbs(handle, UInt32(max(options.tables.count, 1))) }
        var flags = UInt32(MDB_NOTLS)
        if options.durability == .unsafeNoSync { flags |= UInt32(MDB_NOSYNC) }
        if code == MDB_SUCCESS { code = mdb_env_open(handle, directory, flags, 0o600) }
        if code == MDB_SUCCESS { code = closeOnExec(handle) }
        guard code == MDB_SUCCESS else {
            mdb_env_close(handle)
            throw .lmdb(code, operation: "open \(directory)", directory: directory)
        }
        return handle
    }

    /// LMDB opens the data file so that programs that are started inherit it.
    private static func closeOnExec(_ handle: OpaquePointer) -> Int32 {
        var descriptor: Int32 = -1
        let code = mdb_env_get_fd(handle, &descriptor)
        guard code == MDB_SUCCESS else { return code }
        let flags = fcntl(descriptor, F_GETFD)
        return flags != -1 && fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) != -1 ? MDB_SUCCESS : errno
    }

    /// Opens all tables, and makes those that are missing, so that no handle is ever opened later: one that is opened
    /// in a transaction that is undone is lost.
    private static func openTables(
        _ handle: OpaquePointer, options: EnvironmentOptions, environment: UInt32, directory: String
    ) throws(StorageError) -> [String: Table] {
        if let tables = try openTables(
            handle, options: options, environment: environment, directory: directory, creating: false)
        {
            return tables
        }
        return try openTables(
            handle, options: options, environment: environment, directory: directory, creating: true) ?? [:]
    }

    /// - Returns: nil if one is missing and none are to be made.
    private static func openTables(
        _ handle: OpaquePointer, options: EnvironmentOptions, environment: UInt32, directory: String, creating: Bool
    ) throws(StorageError) -> [String: Table]? {
        var begun: OpaquePointer?
        var code = mdb_txn_begin(handle, nil, creating ? 0 : UInt32(MDB_RDONLY), &begun)
        guard code == MDB_SUCCESS, let transaction = begun else {
            throw .lmdb(code, operation: "open the tables", directory: directory)
        }
        var tables: [String: Table] = [:]
        for name in options.tables {
            var table: UInt32 = 0
            code = mdb_dbi_open(transaction, name, creating ? UInt32(MDB_CREATE) : 0, &table)
            var flags: UInt32 = 0
            if code == MDB_SUCCESS { code = mdb_dbi_flags(transaction, table, &flags) }
            // Tables with duplicates or integer keys are other programs'.
            if code == MDB_SUCCESS, flags != 0 { code = MDB_INCOMPATIBLE }
            guard code == MDB_SUCCESS else {
                mdb_txn_abort(transaction)
                if code == MDB_NOTFOUND, !creating { return nil }
                throw .lmdb(code, operation: "open the table \(name)", directory: directory)
            }
            tables[name] = Table(name: name, handle: table, environment: environment)
        }
        code = mdb_txn_commit(transaction)
        guard code == MDB_SUCCESS else { throw .lmdb(code, operation: "make the tables", directory: directory) }
        return tables
    }
}

internal import CTokenIMLMDB

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// One LMDB data file, open: tables that many threads read while one at a time writes.
///
/// - A file is open at most once: opening it again, from this process or another, throws `.locked`.
/// - Reads see one unchanging snapshot each and never wait for the writer, nor the writer for them.
/// - Writes run one at a time, in full or not at all, and are on disk when they return.
/// - Every value carries a checksum, which is verified whenever it is read.
///
/// An environment must not be used in a forked child.
public final class Environment: Sendable {
    /// Everything that changes, except what is written in LMDB's own transactions.
    struct State {
        enum Phase { case open, closing, closed }

        var phase = Phase.open
        /// Handles that wait to be renewed; all of them hold a place in LMDB's reader table.
        var idleReaders: [TransactionStatePointer] = []
        /// Every reader's handle ever made.
        var readers: [TransactionStatePointer] = []
        var activeReaders = 0
        /// The thread that writes, 0 when none does.
        var writingThread: UInt = 0
        var poison: StorageError?
    }

    /// The directory that holds the data file.
    public let directory: String
    let options: EnvironmentOptions
    let tables: [String: Table]
    let identifier: UInt32
    let pageSize: Int
    nonisolated(unsafe) let handle: OpaquePointer
    nonisolated(unsafe) let writer: TransactionStatePointer
    let monitor: Monitor<State>
    let processIdentifier: Int32
    let claim: Monitor<DataFileClaim?>

    /// Opens the data file in `directory`, or makes it, and all its tables.
    ///
    /// What is on disk is checked first as far as it can be without reading it all: an existing file that is cut short,
    /// foreign, or whose header makes no sense is refused and left as it is. See `PageVerifier` for the rest.
    ///
    /// - Parameter directory: an existing directory. It gets `data.mdb` and `lock.mdb`, and belongs to the environment.
    /// - Throws: `.missing`, `.locked`, `.damaged`, `.versionMismatch`, `.unsupportedFileSystem`, `.diskFull`,
    ///   `.misuse` for options that contradict each other, `.inputOutput`, `.other`.
    public init(directory: String, options: EnvironmentOptions) throws(StorageError) {
        let opened = try OpenedEnvironment.open(directory: directory, options: options)
        self.directory = directory
        self.options = options
        handle = opened.handle
        identifier = opened.identifier
        pageSize = opened.pageSize
        tables = opened.tables
        writer = .make(environment: opened.identifier)
        monitor = Monitor(State())
        processIdentifier = getpid()
        claim = Monitor(opened.claim)
    }

    deinit { close() }

    /// The table of that name.
    ///
    /// - Precondition: the name was among `EnvironmentOptions.tables`.
    public func table(_ name: String) -> Table {
        guard let table = tables[name] else {
            preconditionFailure("the table \(name) was not declared in the environment's options")
        }
        return table
    }

    /// Refuses new transactions, waits until the running ones have ended, and closes the files.
    ///
    /// Calling it again does nothing. It must not be called by a thread that has a transaction itself: that would wait
    /// for ever.
    public func close() {
        let isFirst = monitor.withLock { state in
            precondition(
                state.writingThread != Self.currentThread, "an environment cannot be closed within its own write")
            guard state.phase == .open else { return false }
            state.phase = .closing
            return true
        }
        _ = monitor.wait(atMost: nil) { state -> Void? in
            guard isFirst else { return state.phase == .closed ? () : nil }
            return state.activeReaders == 0 && state.writingThread == 0 ? () : nil
        }
        guard isFirst else { return }
        closeFiles()
        monitor.withLock { $0.phase = .closed }
    }

    private func closeFiles() {
        let readers = monitor.withLock { state in
            defer {
                state.readers = []
                state.idleReaders = []
            }
            return state.readers
        }
        for reader in readers {
            mdb_txn_abort(reader.pointee.transaction)
            reader.destroy()
        }
        writer.destroy()
        mdb_env_close(handle)
        claim.withLock { $0 = nil }
    }

    /// Hands out the data file's own descriptor. Returns nil once it is closed.
    func withDataFile<Result>(_ body: (borrowing FileDescriptor) -> Result) -> Result? {
        claim.withLock { claim -> Result? in
            switch claim {
            case .some(let claim): return body(claim.file)
            case .none: return nil
            }
        }
    }

    static var currentThread: UInt {
        #if canImport(Darwin)
        UInt(bitPattern: pthread_self())
        #else
        pthread_self()
        #endif
    }

    func checkProcess() {
        assert(processIdentifier == getpid(), "an environment cannot be used in a forked child")
    }
}

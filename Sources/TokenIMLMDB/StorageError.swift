/// Why the storage could not do what was asked.
public struct StorageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The classes of failure that a caller can tell apart. More may be added.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        private let name: StaticName

        private init(_ name: StaticName) { self.name = name }

        private enum StaticName: String {
            case diskFull, mapFull, transactionFull, inputOutput, damaged, misuse, locked, unsupportedFileSystem
            case readersExhausted, outcomeUnknown, versionMismatch, closed, missing, other
        }

        /// The disk, the quota or the allowed file size is used up. Nothing was changed.
        public static let diskFull = Kind(.diskFull)
        /// The map (`EnvironmentOptions.mapSize`) is used up. The whole transaction was undone.
        public static let mapFull = Kind(.mapFull)
        /// One transaction changed more pages than LMDB can track. The whole transaction was undone.
        public static let transactionFull = Kind(.transactionFull)
        /// The operating system reported a failing device or descriptor.
        public static let inputOutput = Kind(.inputOutput)
        /// What is on disk is not what was written: a checksum, a page or a header is wrong.
        public static let damaged = Kind(.damaged)
        /// The caller broke a rule of this interface. Nothing was changed.
        public static let misuse = Kind(.misuse)
        /// Another process, or this one, already has it open.
        public static let locked = Kind(.locked)
        /// The directory is on a network or overlay file system, whose locks or mappings cannot be trusted.
        public static let unsupportedFileSystem = Kind(.unsupportedFileSystem)
        /// All readers were in use for longer than `EnvironmentOptions.readerWait`.
        public static let readersExhausted = Kind(.readersExhausted)
        /// A commit failed: it may or may not be on disk. Nothing more can be written until the store was reopened.
        public static let outcomeUnknown = Kind(.outcomeUnknown)
        /// The file was written by a version of LMDB that this one cannot read.
        public static let versionMismatch = Kind(.versionMismatch)
        /// The environment was closed.
        public static let closed = Kind(.closed)
        /// A directory or file that must exist does not.
        public static let missing = Kind(.missing)
        /// Anything else: see `code` and `detail`.
        public static let other = Kind(.other)

        public var description: String { name.rawValue }
    }

    /// The class of the failure.
    public let kind: Kind
    /// The `errno` or the LMDB code behind it, 0 when there is none.
    public let code: Int32
    /// What was being done.
    public let operation: String
    /// What is known about the reason, for people.
    public let detail: String

    package init(_ kind: Kind, code: Int32 = 0, operation: String, detail: String = "") {
        self.kind = kind
        self.code = code
        self.operation = operation
        self.detail = detail
    }

    public var description: String {
        var text = "\(kind): \(operation)"
        if !detail.isEmpty { text += ": \(detail)" }
        if code != 0 { text += " (\(code))" }
        return text
    }
}

import TokenIMLMDB

extension IMError {
    /// Runs `body` and turns what storage and decoders throw into errors of the engine.
    static func mapping<Result: ~Copyable>(_ body: () throws -> Result) throws(IMError) -> Result {
        do {
            return try body()
        } catch {
            throw IMError(wrapping: error)
        }
    }

    init(wrapping error: any Error) {
        switch error {
        case let error as IMError: self = error
        case let error as StorageError: self.init(error)
        case let error as DecodingFailure: self.init(.corrupt, "a row cannot be decoded", cause: error)
        default: self.init(.broken, "an unexpected error", cause: error)
        }
    }

    /// Whether storage failed, rather than a request being refused.
    var isStorage: Bool {
        let isOwn = code.number < 5000 || (6000...6999).contains(code.number) || code == .storageFull
        return !isOwn || cause is StorageError
    }

    private init(_ error: StorageError) {
        switch error.kind {
        case .diskFull, .mapFull, .transactionFull:
            self.init(.storageFull, "the disk or the map is full", cause: error)
        case .damaged: self.init(.corrupt, "stored data is damaged: \(error.detail)", cause: error)
        case .locked: self.init(.alreadyOpen, "the store is open already: \(error.detail)", cause: error)
        case .unsupportedFileSystem:
            self.init(.unsupportedFileSystem, "LMDB's locks do not work here: \(error.detail)", cause: error)
        case .outcomeUnknown:
            self.init(.outcomeUnknown, "a commit failed; close, open again, and retry with the same key", cause: error)
        case .versionMismatch, .missing: self.init(.unreadableStore, error.detail, cause: error)
        case .readersExhausted:
            self.init(.overloaded, "too many snapshots are held at once", cause: error)
        case .closed: self.init(.closed, "the engine is closed", cause: error)
        case .misuse: self.init(.broken, "storage was misused: \(error.detail)", cause: error)
        default: self.init(.inputOutput, "storage failed: \(error.detail)", cause: error)
        }
    }
}

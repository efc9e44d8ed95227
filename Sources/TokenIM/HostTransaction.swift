import TokenIMLMDB

/// Several changes, the host's own rows among them, that take effect together or not at all.
///
/// Valid within the closure that got it, on the thread that runs it.
public struct HostTransaction: ~Copyable {
    private let core: Core
    private let transaction: UnsafePointer<WriteTransaction>

    // Not inlined: the optimizer of Swift 6.3.1 crashes on a pointer to a borrowed value that it has inlined.
    @inline(never)
    static func run(
        _ body: (borrowing HostTransaction) throws -> Void, _ core: Core, _ transaction: borrowing WriteTransaction
    ) throws {
        try withUnsafePointer(to: transaction) { pointer in
            try body(HostTransaction(core: core, transaction: pointer))
        }
    }

    func perform(_ command: Command, in conversation: Conversation) throws(IMError) -> Receipt {
        Receipt(try perform(command), in: conversation)
    }

    @discardableResult
    func perform(_ command: Command) throws(IMError) -> Outcome {
        try command.action.validate(core.limits)
        return try IMError.mapping { try core.perform(command, Preparation(), transaction.pointee) }.get()
    }

    // MARK: The host's tables

    /// The value of a key in one of the host's tables, or nil.
    ///
    /// - Throws: `not-found` for a table that `Configuration.hostTables` does not name; `corrupt`.
    public func get(_ key: [UInt8], from table: String) throws(IMError) -> [UInt8]? {
        let table = try self.table(table)
        try checkKey(key)
        return try IMError.mapping {
            try key.withUnsafeBytes { try transaction.pointee.view.get(table, key: $0).map { [UInt8]($0) } }
        }
    }

    /// Puts a row into one of the host's tables, replacing what was there. Keys have 1 to 511 bytes.
    public func put(_ value: [UInt8], for key: [UInt8], in table: String) throws(IMError) {
        let table = try self.table(table)
        try checkKey(key)
        try IMError.mapping {
            try key.withUnsafeBytes { key in
                try value.withUnsafeBytes { _ = try transaction.pointee.put(table, key: key, value: $0) }
            }
        }
    }

    /// Deletes a row of one of the host's tables. Returns whether it was there.
    @discardableResult
    public func delete(_ key: [UInt8], from table: String) throws(IMError) -> Bool {
        let table = try self.table(table)
        try checkKey(key)
        return try IMError.mapping {
            try key.withUnsafeBytes { try transaction.pointee.delete(table, key: $0) }
        }
    }

    private func table(_ name: String) throws(IMError) -> Table {
        guard core.hostTables.contains(name) else {
            throw IMError(.notFound, "no host table \(name): name it in Configuration.hostTables")
        }
        return core.store.journal.table(Store.hostPrefix + name)
    }

    private func checkKey(_ key: [UInt8]) throws(IMError) {
        guard (1...511).contains(key.count) else {
            throw IMError(.malformedArgument, "a key of \(key.count) bytes; 1 to 511")
        }
    }
}

extension Engine {
    /// Runs `body` as one atomic change: every command in it and every row of the host's own tables is on disk when
    /// this returns, or none is.
    ///
    /// `body` runs on the thread that writes, between two commits, and holds up every other change meanwhile: keep it
    /// short, and do not call the engine in it except through the transaction. When it throws, nothing has happened and
    /// its error is thrown here. A command that is refused throws and changes nothing; `body` may go on after it.
    public func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (borrowing HostTransaction) throws -> Value
    ) async throws -> Value {
        let box = ResultBox<Value>()
        try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
            submitTransaction(
                HostWork(
                    body: { box.set(try body($0)) },
                    finished: { error in
                        if let error { continuation.resume(throwing: error) } else { continuation.resume() }
                    }))
        }
        return try box.get()
    }
}

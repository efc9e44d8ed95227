/// One unchanging snapshot of an environment, until the value goes away.
///
/// It may be moved to another thread, but two threads must not use it at the same time.
public struct ReadTransaction: ~Copyable {
    private let environment: Environment
    private let reader: TransactionStatePointer

    init(environment: Environment, reader: TransactionStatePointer) {
        self.environment = environment
        self.reader = reader
    }

    deinit { environment.endRead(reader) }

    /// What can be asked of it. Valid until the transaction goes away.
    package var view: TransactionView { TransactionView(reader) }

    /// Lends the value of `key` to `body`, without copying it.
    ///
    /// - Returns: what `body` returned, or nil if there is no such key.
    /// - Throws: `StorageError` of kind `.damaged` if the value is not what was stored; what `body` throws.
    public borrowing func get<Result>(
        _ key: RawSpan, in table: Table, _ body: (RawSpan) throws -> Result
    ) throws -> Result? {
        try view.lend(key, in: table, body)
    }
}

/// A table whose keys are of one type and whose values are of another.
///
/// It is a way to look at a `Table`, costs nothing to make, and can be kept or made anew. Every call allocates: hot
/// paths borrow bytes instead, see `ReadTransaction.get(_:in:_:)`.
public struct TypedTable<Key: TableKey, Value: TableValue>: Sendable {
    /// The table that holds the rows.
    public let table: Table

    /// Looks at `table`, all of whose rows must have been put through the same types.
    public init(_ table: Table) { self.table = table }

    /// Whether a scan goes on.
    public enum Step: Sendable { case next, stop }

    /// The value of `key`, or nil.
    ///
    /// - Throws: `StorageError` of kind `.damaged` for a row that is not what was stored; what decoding throws.
    public func get(_ key: Key, in transaction: borrowing ReadTransaction) throws -> Value? {
        try get(key, transaction.view)
    }

    /// The value of `key` with the changes made so far, or nil.
    public func get(_ key: Key, in transaction: borrowing WriteTransaction) throws -> Value? {
        try get(key, transaction.view)
    }

    /// Puts a row in place of the one with the same key, if there is one.
    ///
    /// - Throws: `StorageError` of kind `.misuse` for a key of a wrong length, and others: see `Environment.write(_:)`.
    public func put(_ key: Key, _ value: Value, in transaction: borrowing WriteTransaction) throws {
        let (key, value) = (Self.bytes(key), Self.bytes(value))
        try key.withUnsafeBytes { key in
            _ = try value.withUnsafeBytes { try transaction.put(table, key: key, value: $0) }
        }
    }

    /// Removes a row, and returns whether there was one.
    @discardableResult
    public func delete(_ key: Key, in transaction: borrowing WriteTransaction) throws -> Bool {
        try Self.bytes(key).withUnsafeBytes { try transaction.delete(table, key: $0) }
    }

    /// How many rows there are. Cost: constant.
    public func count(in transaction: borrowing ReadTransaction) throws -> Int { try transaction.view.count(table) }

    /// How many rows there are, with the changes made so far. Cost: constant.
    public func count(in transaction: borrowing WriteTransaction) throws -> Int { try transaction.view.count(table) }

    /// Visits rows in key order, or against it.
    ///
    /// - Parameters:
    ///   - start: where to begin: this key or the next one in the direction of the scan. Nil is the very beginning.
    ///   - reversed: from higher to lower keys.
    ///   - visit: is called for each row until it returns `.stop`.
    /// - Throws: as `get`; what `visit` throws.
    public func scan(
        from start: Key? = nil, reversed: Bool = false, in transaction: borrowing ReadTransaction,
        _ visit: (Key, Value) throws -> Step
    ) throws {
        try scan(from: start, reversed: reversed, isChanging: false, transaction.view, visit)
    }

    /// Visits rows in key order, or against it, with the changes made so far. `visit` may change the table: rows that
    /// it puts ahead of the scan are visited.
    public func scan(
        from start: Key? = nil, reversed: Bool = false, in transaction: borrowing WriteTransaction,
        _ visit: (Key, Value) throws -> Step
    ) throws {
        try scan(from: start, reversed: reversed, isChanging: true, transaction.view, visit)
    }

    private func get(_ key: Key, _ view: TransactionView) throws -> Value? {
        try Self.bytes(key).withUnsafeBytes { key in
            guard let value = try view.get(table, key: key) else { return nil }
            return try Value(decoding: value.bytes)
        }
    }

    private func scan(
        from start: Key?, reversed: Bool, isChanging: Bool, _ view: TransactionView,
        _ visit: (Key, Value) throws -> Step
    ) throws {
        var cursor = try view.cursor(table)
        var row = try Self.place(&cursor, at: start.map { Self.bytes($0) }, beyond: false, reversed: reversed)
        while let (keyBytes, valueBytes) = row {
            let key = try Key(decoding: keyBytes.bytes)
            let value = try Value(decoding: valueBytes.bytes)
            // What was borrowed is gone once the visitor has changed something.
            let visited = isChanging ? Array(keyBytes) : []
            guard try visit(key, value) == .next else { return }
            if isChanging {
                row = try Self.place(&cursor, at: visited, beyond: true, reversed: reversed)
            } else {
                row = reversed ? try cursor.previous() : try cursor.next()
            }
        }
    }

    /// Goes to the row of that key or, in the direction of the scan, the next one; or in any case to the next one.
    private static func place(
        _ cursor: inout Cursor, at key: [UInt8]?, beyond: Bool, reversed: Bool
    ) throws -> Cursor.Row? {
        guard let key else { return reversed ? try cursor.last() : try cursor.first() }
        if key.isEmpty { return reversed ? nil : try cursor.first() }
        return try key.withUnsafeBytes { target in
            let found = try cursor.seek(target)
            let isExact = found.map { $0.key.elementsEqual(target) } ?? false
            if isExact, !beyond { return found }
            if reversed { return found == nil ? try cursor.last() : try cursor.previous() }
            return isExact ? try cursor.next() : found
        }
    }

    private static func bytes(_ value: some TableValue) -> [UInt8] {
        var bytes: [UInt8] = []
        value.encode(into: &bytes)
        return bytes
    }
}

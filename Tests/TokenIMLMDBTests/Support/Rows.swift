@testable import TokenIMLMDB

/// The raw calls with arrays for keys and values.
extension WriteTransaction {
    @discardableResult
    func put(_ table: Table, _ key: [UInt8], _ value: [UInt8], mode: PutMode = .replace) throws -> Bool {
        try key.withUnsafeBytes { key in
            try value.withUnsafeBytes { try put(table, key: key, value: $0, mode: mode) }
        }
    }

    @discardableResult
    func delete(_ table: Table, _ key: [UInt8]) throws -> Bool {
        try key.withUnsafeBytes { try delete(table, key: $0) }
    }
}

extension TransactionView {
    func get(_ table: Table, _ key: [UInt8]) throws -> [UInt8]? {
        try key.withUnsafeBytes { key in try get(table, key: key).map { Array($0) } }
    }

    /// All rows, in order.
    func rows(_ table: Table) throws -> [Row] {
        var cursor = try cursor(table)
        var rows: [Row] = []
        while let row = try cursor.next() { rows.append(Row(row)) }
        return rows
    }
}

struct Row: Hashable {
    let key: [UInt8]
    let value: [UInt8]

    init(_ key: [UInt8], _ value: [UInt8]) {
        self.key = key
        self.value = value
    }

    init(_ row: Cursor.Row) { self.init(Array(row.key), Array(row.value)) }

    init?(_ row: Cursor.Row?) {
        guard let row else { return nil }
        self.init(row)
    }
}

/// A number as a key: 8 bytes, big-endian.
func key(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

extension Environment {
    func put(_ table: Table, _ key: [UInt8], _ value: [UInt8]) throws {
        try write { transaction in _ = try transaction.put(table, key, value) }
    }

    func get(_ table: Table, _ key: [UInt8]) throws -> [UInt8]? {
        try read { try $0.view.get(table, key) }
    }

    /// All rows, in order.
    func rows(_ table: Table) throws -> [Row] { try read { try $0.view.rows(table) } }
}

@testable import TokenIMLMDB

/// A small store with everything that a data file can hold, whose file can be damaged and restored.
final class DamagedStore {
    static let tables = ["a", "bb", "empty"]
    let directory = TemporaryDirectory()
    /// The sound file.
    let original: [UInt8]
    /// What is in it.
    let rows: [[Row]]
    let pageSize: Int
    var pages: Int { original.count / pageSize }

    /// Branch pages, overflow pages, a free list, an empty table.
    init() throws {
        let environment = try directory.open(Self.tables)
        let (a, b) = (environment.table("a"), environment.table("bb"))
        var random = SeededGenerator(seed: 11)
        for round: UInt64 in 0..<4 {
            try environment.write { transaction in
                for number: UInt64 in 0..<60 {
                    try transaction.put(a, key(number * 4 + round), random.bytes(Int(number * 7)))
                }
                try transaction.put(b, key(round), random.bytes(Int(round * 3000 + 1000)))
            }
        }
        try environment.write { transaction in
            for number: UInt64 in 0..<20 { try transaction.delete(a, key(number * 5)) }
        }
        rows = try Self.tables.map { try environment.rows(environment.table($0)) }
        pageSize = environment.pageSize
        environment.close()
        original = contents(of: directory.dataFile)
    }

    /// Overwrites bytes of the file.
    func overwrite(_ bytes: [UInt8], at offset: Int) {
        TokenIMLMDBTests.overwrite(directory.dataFile, with: bytes, at: offset)
    }

    /// Turns one bit over, and hands out the file as it then is.
    func withFlippedBit<Result>(_ bit: Int, at offset: Int, _ body: () throws -> Result) rethrows -> Result {
        overwrite([original[offset] ^ UInt8(1 << bit)], at: offset)
        defer { overwrite([original[offset]], at: offset) }
        return try body()
    }

    func verify() throws -> [Damage] { try PageVerifier.verify(dataFile: directory.dataFile) }

    /// Whether the damage was found, or else does no harm: what is in the store is what was put there.
    func isFoundOrHarmless() throws -> Bool {
        do {
            guard try verify().isEmpty else { return true }
        } catch let error as StorageError {
            return error.kind == .versionMismatch
        }
        let header = contents(of: directory.dataFile, limit: 2 * pageSize)
        let environment = try directory.open(Self.tables)
        defer {
            environment.close()
            // A name that was damaged, of a table without rows: it was made again.
            if contents(of: directory.dataFile, limit: 2 * pageSize) != header {
                write(original, to: directory.dataFile)
            }
        }
        return try Self.tables.map { try environment.rows(environment.table($0)) } == rows
    }
}

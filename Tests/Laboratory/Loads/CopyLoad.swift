import Glibc
import TokenIMLMDB
import TokenIMTesting

/// One environment that is written to, and copied meanwhile. Step 0 makes it; a step puts or deletes some rows, and
/// the row `version` with its number; every fifth one begins a copy first, which is acknowledged by a mark of its own.
struct CopyLoad: Load {
    private typealias Rows = [[UInt8]: [UInt8]]

    private let seed: UInt64
    private let length: Int
    /// The rows after each step.
    private var versions: [Rows] = []
    /// Which version each copy holds.
    private var copies: [Int: Int] = [:]

    private static let version: [UInt8] = Array("version".utf8)
    /// Marks from here on are acknowledged copies.
    private static let firstCopyMark = 1 << 40

    init(seed: UInt64, length: Int) {
        (self.seed, self.length) = (seed, length)
    }

    private static func open(_ directory: String, isNew: Bool = false) throws -> Environment {
        var options = EnvironmentOptions(tables: ["rows"])
        options.allowsNetworkFileSystem = true
        options.mapSize = 1 << 26
        options.createsIfMissing = isNew
        return try Environment(directory: directory, options: options)
    }

    mutating func run(in root: String) async throws {
        var generator = SeededGenerator(seed: seed)
        Marks.begin(0)
        try AtomicDirectory.create(at: root + "/rows") { try Self.open($0, isNew: true).close() }
        Marks.acknowledge(0)
        versions = [[:]]
        let environment = try Self.open(root + "/rows")
        for step in 1...length {
            guard step % 5 == 0 else {
                try change(environment, &generator)
                continue
            }
            copies[step] = versions.count - 1
            try AtomicDirectory.create(at: "\(root)/copy-\(step)") { path in
                try environment.copy(toFile: path + "/data.mdb") { _, _ in try change(environment, &generator) }
            }
            StorageCalls.mark(Self.firstCopyMark + step)
        }
        environment.close()
    }

    private mutating func change(_ environment: Environment, _ generator: inout SeededGenerator) throws {
        let step = versions.count
        var rows = versions[step - 1]
        rows[Self.version] = [UInt8(step / 256), UInt8(step % 256)]
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let key = [UInt8.random(in: 0..<60, using: &generator)]
            let count = [0, 20, 500, 1_900, 9_000].randomElement(using: &generator) ?? 0
            rows[key] = count == 0 ? nil : [UInt8](repeating: UInt8(step % 256), count: count)
        }
        let before = versions[step - 1]
        let changed = Set(rows.keys).union(before.keys).filter { rows[$0] != before[$0] }.sorted {
            $0.lexicographicallyPrecedes($1)
        }
        Marks.begin(step)
        try Self.write(environment, changed.map { ($0, rows[$0]) })
        Marks.acknowledge(step)
        versions.append(rows)
    }

    private static func write(_ environment: Environment, _ changes: [([UInt8], [UInt8]?)]) throws {
        let table = environment.table("rows")
        try environment.write { transaction in
            for (key, value) in changes {
                try key.withUnsafeBytes { key in
                    if let value {
                        _ = try value.withUnsafeBytes { try transaction.put(table, key: key, value: $0) }
                    } else {
                        _ = try transaction.delete(table, key: key)
                    }
                }
            }
        }
    }

    // MARK: Examining

    func examine(_ root: String, marks: [Int], isThorough: Bool) async throws {
        let steps = Marks.range(marks.filter { $0 < Self.firstCopyMark })
        if steps.lowerBound >= 0 || access(root + "/rows", F_OK) == 0 {
            let environment = try Self.open(root + "/rows")
            defer { environment.close() }
            let found = try Self.rows(environment)
            let allowed = max(0, steps.lowerBound)...max(0, steps.upperBound)
            guard versions[allowed].contains(found) else {
                throw Defect("rows of no version from \(allowed): \(Self.name(found))")
            }
            try Self.write(environment, [([1], [1])])
        }
        for (step, version) in copies.sorted(by: { $0.key < $1.key }) {
            let path = "\(root)/copy-\(step)"
            guard marks.contains(Self.firstCopyMark + step) || access(path, F_OK) == 0 else { continue }
            if isThorough {
                let damage = try PageVerifier.verify(dataFile: path + "/data.mdb")
                if !damage.isEmpty { throw Defect("copy \(step): \(damage.prefix(3))") }
            }
            let copy = try Self.open(path)
            defer { copy.close() }
            let found = try Self.rows(copy)
            if found != versions[version] {
                throw Defect("copy \(step) is not version \(version): \(Self.name(found))")
            }
        }
    }

    private static func rows(_ environment: Environment) throws -> Rows {
        var rows: Rows = [:]
        try environment.read { transaction in
            var cursor = try transaction.view.cursor(environment.table("rows"))
            var row = try cursor.first()
            while let (key, value) = row {
                rows[Array(key)] = Array(value)
                row = try cursor.next()
            }
        }
        return rows
    }

    private static func name(_ rows: Rows) -> String {
        "\(rows.count) rows, version \(rows[version] ?? [])"
    }
}

import Testing

@testable import TokenIMLMDB

/// Random changes against a dictionary, with the checker looking at the file now and then.
@Suite struct RandomWorkloadTests {
    @Test(arguments: [1, 2] as [UInt64])
    func agreesWithADictionary(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let directory = TemporaryDirectory()
        var model: [String: [[UInt8]: [UInt8]]] = ["a": [:], "b": [:], "empty": [:]]
        for round in 0..<6 {
            let environment = try directory.open(["a", "b", "empty"])
            var pinned: [Pinned] = []
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                var changed = model
                let isKept = Int.random(in: 0..<8, using: &random) > 0
                struct Undo: Error {}
                do {
                    try environment.write { transaction throws in
                        try Self.change(&changed, transaction, environment, &random)
                        if !isKept { throw Undo() }
                    }
                    model = changed
                } catch is Undo {}
                if Int.random(in: 0..<6, using: &random) == 0 {
                    pinned.append(try Pinned(environment, rows: Self.rows(model)))
                    if pinned.count > 3 { try pinned.removeFirst().check(environment) }
                }
            }
            for snapshot in pinned { try snapshot.check(environment) }
            pinned = []
            for name in model.keys.sorted() {
                let found = try environment.rows(environment.table(name))
                #expect(found == Self.rows(model)[name], "round \(round)")
            }
            environment.close()
            let findings = try PageVerifier.verify(dataFile: directory.dataFile)
            #expect(findings == [], "round \(round)")
        }
    }

    /// A snapshot that must stay as it was.
    private final class Pinned {
        private let transaction: ReadTransaction
        private let rows: [String: [Row]]

        init(_ environment: Environment, rows: [String: [Row]]) throws {
            transaction = try environment.beginRead()
            self.rows = rows
        }

        func check(_ environment: Environment) throws {
            for (name, expected) in rows {
                let found = try transaction.view.rows(environment.table(name))
                #expect(found == expected)
            }
        }
    }

    private static func rows(_ model: [String: [[UInt8]: [UInt8]]]) -> [String: [Row]] {
        model.mapValues { rows in
            rows.map { Row($0.key, $0.value) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        }
    }

    private static func change(
        _ model: inout [String: [[UInt8]: [UInt8]]], _ transaction: borrowing WriteTransaction,
        _ environment: Environment, _ random: inout SeededGenerator
    ) throws {
        for _ in 0..<Int.random(in: 1...120, using: &random) {
            let name = Bool.random(using: &random) ? "a" : "b"
            let table = environment.table(name)
            var key = key(UInt64.random(in: 0..<2000, using: &random))
            key += [UInt8](repeating: 7, count: Int(key[7]) % 40)
            switch Int.random(in: 0..<1000, using: &random) {
            case 0:
                try transaction.clear(table)
                model[name] = [:]
            case ..<350:
                let existed = try transaction.delete(table, key)
                #expect(existed == (model[name]!.removeValue(forKey: key) != nil))
            default:
                let most = [0, 1, 30, 300, 1900, 2050, 5000, 70_000].randomElement(using: &random)!
                var value = [UInt8](repeating: 1, count: Int.random(in: 0...most, using: &random))
                if !value.isEmpty { value[value.count / 2] = UInt8.random(in: .min ... .max, using: &random) }
                try transaction.put(table, key, value)
                model[name]![key] = value
            }
        }
    }
}

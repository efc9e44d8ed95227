import Testing

@testable import TokenIMLMDB

@Suite struct TypedTableTests {
    let directory = TemporaryDirectory()
    let environment: Environment
    let numbers: TypedTable<Int64, String>
    let names: TypedTable<String, UInt64>

    init() throws {
        environment = try directory.open(["numbers", "names"])
        numbers = TypedTable(environment.table("numbers"))
        names = TypedTable(environment.table("names"))
    }

    private static func encoded(_ value: some TableValue) -> [UInt8] {
        var bytes: [UInt8] = []
        value.encode(into: &bytes)
        return bytes
    }

    @Test func goldenBytes() {
        #expect(Self.encoded(UInt64(0x0102_0304_0506_0708)) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(Self.encoded(Int64(-1)) == [0x7F] + [UInt8](repeating: 0xFF, count: 7))
        #expect(Self.encoded(Int64(1)) == [0x80, 0, 0, 0, 0, 0, 0, 1])
        #expect(Self.encoded("é") == [0xC3, 0xA9])
        #expect(Self.encoded([3, 2, 1] as [UInt8]) == [3, 2, 1])
    }

    @Test func putGetDelete() throws {
        try environment.write { transaction throws in
            try names.put("ana", 1, in: transaction)
            try names.put("bo", 2, in: transaction)
            #expect(try names.get("ana", in: transaction) == 1)
            #expect(try names.delete("ana", in: transaction))
            #expect(try names.delete("ana", in: transaction) == false)
            #expect(try names.count(in: transaction) == 1)
        }
        try environment.read { transaction throws in
            #expect(try names.get("ana", in: transaction) == nil)
            #expect(try names.get("bo", in: transaction) == 2)
            #expect(try names.count(in: transaction) == 1)
        }
    }

    @Test func keysSortAsTheirValuesDo() throws {
        let keys: [Int64] = [.min, -300, -1, 0, 1, 255, 256, .max]
        try environment.write { transaction throws in
            for key: Int64 in [255, 0, .max, -300, 256, .min, 1, -1] { try numbers.put(key, "\(key)", in: transaction) }
        }
        #expect(try scan() == keys)
        #expect(try scan(reversed: true) == keys.reversed())
    }

    private func scan(from start: Int64? = nil, reversed: Bool = false, limit: Int = .max) throws -> [Int64] {
        var seen: [Int64] = []
        try environment.read { transaction in
            try numbers.scan(from: start, reversed: reversed, in: transaction) { key, value in
                #expect(value == "\(key)")
                seen.append(key)
                return seen.count == limit ? .stop : .next
            }
        }
        return seen
    }

    @Test func scansBeginAndEndWhereTheyShould() throws {
        #expect(try scan() == [])
        #expect(try scan(from: 5, reversed: true) == [])
        try environment.write { transaction throws in
            for key in stride(from: Int64(10), through: 50, by: 10) { try numbers.put(key, "\(key)", in: transaction) }
        }
        #expect(try scan(from: 20) == [20, 30, 40, 50])
        #expect(try scan(from: 21) == [30, 40, 50])
        #expect(try scan(from: 51) == [])
        #expect(try scan(from: 20, reversed: true) == [20, 10])
        #expect(try scan(from: 29, reversed: true) == [20, 10])
        #expect(try scan(from: 99, reversed: true) == [50, 40, 30, 20, 10])
        #expect(try scan(from: 9, reversed: true) == [])
        #expect(try scan(from: 20, limit: 2) == [20, 30])
    }

    @Test(arguments: [false, true])
    func aScanMayChangeItsTable(reversed: Bool) throws {
        try environment.write { transaction throws in
            for key: Int64 in 0..<500 { try numbers.put(key, "\(key)", in: transaction) }
            var seen: [Int64] = []
            try numbers.scan(reversed: reversed, in: transaction) { key, _ in
                seen.append(key)
                try numbers.delete(key, in: transaction)
                try numbers.put(reversed ? key + 10_000 : key - 10_000, "behind", in: transaction)
                if key == 250 { try numbers.put(reversed ? -1 : 500, "ahead", in: transaction) }
                return .next
            }
            let expected = reversed ? Array((-1 as Int64)..<500).reversed() : Array((0 as Int64)...500)
            #expect(seen == expected)
        }
    }

    @Test func anEmptyStringIsBeforeAllOthers() throws {
        try environment.write { transaction throws in
            try names.put("a", 1, in: transaction)
            let error = #expect(throws: StorageError.self) { try names.put("", 2, in: transaction) }
            #expect(error?.kind == .misuse)
        }
        var seen: [String] = []
        try environment.read { transaction in
            try names.scan(from: "", in: transaction) { key, _ in
                seen.append(key)
                return .next
            }
            try names.scan(from: "", reversed: true, in: transaction) { key, _ in
                seen.append("before " + key)
                return .next
            }
        }
        #expect(seen == ["a"])
    }

    @Test func rowsOfAnotherTypeThrow() throws {
        try environment.put(names.table, [0xFF], [1, 2, 3])
        try environment.put(names.table, [0x41], [1, 2, 3])
        try environment.read { transaction throws in
            #expect(throws: UndecodableValue.self) { try names.get("A", in: transaction) }
            #expect(throws: UndecodableValue.self) {
                try names.scan(from: "B", in: transaction) { _, _ in .next }
            }
        }
    }
}

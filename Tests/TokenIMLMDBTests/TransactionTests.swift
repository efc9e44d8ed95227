import Testing

@testable import TokenIMLMDB

@Suite struct TransactionTests {
    let directory = TemporaryDirectory()
    let environment: Environment
    let table: Table

    struct Undo: Error, Equatable {}

    init() throws {
        environment = try directory.open(["rows", "others"], mapSize: 1 << 20)
        table = environment.table("rows")
    }

    @Test func aWriteThatThrowsLeavesNothing() throws {
        try environment.put(table, [1], [1])
        #expect(throws: Undo()) {
            try environment.write { transaction throws in
                try transaction.put(table, [1], [2])
                try transaction.put(table, [2], [2])
                try transaction.clear(environment.table("others"))
                throw Undo()
            }
        }
        #expect(try environment.rows(table) == [Row([1], [1])])
    }

    @Test func aWriteSeesItsOwnChanges() throws {
        try environment.put(table, [1], [1])
        let seen = try environment.write { transaction throws in
            try transaction.put(table, [2], [2])
            try transaction.delete(table, [1])
            return try transaction.view.rows(table)
        }
        #expect(seen == [Row([2], [2])])
    }

    @Test func putModes() throws {
        try environment.write { transaction throws in
            #expect(try transaction.put(table, [5], [1], mode: .insert))
            #expect(try transaction.put(table, [5], [2], mode: .insert) == false)
            #expect(try transaction.view.get(table, [5]) == [1])
            #expect(try transaction.put(table, [5], [3], mode: .replace))
            #expect(try transaction.put(table, [6], [4], mode: .append))
            for late: [UInt8] in [[6], [4]] {
                let error = #expect(throws: StorageError.self) {
                    try transaction.put(table, late, [9], mode: .append)
                }
                #expect(error?.kind == .misuse)
            }
            #expect(try transaction.put(table, [7], [5], mode: .append), "a refused row does not end the transaction")
        }
        #expect(try environment.rows(table) == [Row([5], [3]), Row([6], [4]), Row([7], [5])])
    }

    @Test func deleteSaysWhetherThereWasARow() throws {
        try environment.put(table, [1], [1])
        try environment.write { transaction throws in
            #expect(try transaction.delete(table, [1]))
            #expect(try transaction.delete(table, [1]) == false)
        }
        #expect(try environment.rows(table) == [])
    }

    @Test(arguments: [0, 1, 3, 4, 100, 1999, 2000, 2010, 2030, 4075, 4076, 4077, 4096, 8168, 8172, 65_536])
    func valuesOfAnyLength(length: Int) throws {
        var random = SeededGenerator(seed: UInt64(length))
        let value = random.bytes(length)
        for key in [[1], [UInt8](repeating: 2, count: Table.maximumKeyLength)] as [[UInt8]] {
            try environment.put(table, key, value)
            #expect(try environment.get(table, key) == value)
        }
        #expect(try environment.rows(table).count == 2)
    }

    @Test func keysOfAWrongLengthAreRefused() throws {
        try environment.write { transaction throws in
            for key in [[], [UInt8](repeating: 1, count: Table.maximumKeyLength + 1)] as [[UInt8]] {
                let error = #expect(throws: StorageError.self) { try transaction.put(table, key, [1]) }
                #expect(error?.kind == .misuse)
            }
            try transaction.put(table, [1], [1])
        }
        #expect(try environment.rows(table) == [Row([1], [1])])
        #expect(try environment.get(table, [UInt8](repeating: 1, count: 1000)) == nil)
    }

    @Test func countFirstAndLast() throws {
        try environment.read { transaction throws in
            #expect(try transaction.view.count(table) == 0)
            #expect(try Row(transaction.view.first(table)) == nil)
            #expect(try Row(transaction.view.last(table)) == nil)
        }
        try environment.write { transaction throws in
            for number: UInt8 in 1...9 { try transaction.put(table, [number], [number]) }
        }
        try environment.read { transaction throws in
            #expect(try transaction.view.count(table) == 9)
            #expect(try Row(transaction.view.first(table)) == Row([1], [1]))
            #expect(try Row(transaction.view.last(table)) == Row([9], [9]))
        }
    }

    @Test func anotherEnvironmentsTableIsRefused() throws {
        let other = TemporaryDirectory()
        let foreign = try other.open().table("rows")
        let read = #expect(throws: StorageError.self) { try environment.get(foreign, [1]) }
        #expect(read?.kind == .misuse)
        let write = #expect(throws: StorageError.self) { try environment.put(foreign, [1], [1]) }
        #expect(write?.kind == .misuse)
    }

    @Test func aWriteWithinAWriteIsRefused() throws {
        try environment.write { transaction throws in
            try transaction.put(table, [1], [1])
            let error = #expect(throws: StorageError.self) { try environment.put(table, [2], [2]) }
            #expect(error?.kind == .misuse)
        }
        #expect(try environment.rows(table) == [Row([1], [1])])
        try environment.put(table, [2], [2])
    }

    @Test func aReadWithinAWriteSeesTheStateBefore() throws {
        try environment.put(table, [1], [1])
        try environment.write { transaction throws in
            try transaction.put(table, [1], [2])
            #expect(try environment.get(table, [1]) == [1])
        }
        #expect(try environment.get(table, [1]) == [2])
    }

    @Test func aFullMapUndoesTheWholeWrite() throws {
        try environment.put(table, [1], [1])
        let error = #expect(throws: StorageError.self) {
            try environment.write { transaction throws in
                for number: UInt64 in 0..<2000 {
                    try transaction.put(table, key(number), [UInt8](repeating: 1, count: 1000))
                }
            }
        }
        #expect(error?.kind == .mapFull)
        #expect(try environment.rows(table) == [Row([1], [1])])
        try environment.put(table, [2], [2])
        #expect(environment.status.isPoisoned == false)
    }

    @Test func aFailedChangeCannotBeSwallowed() throws {
        let error = #expect(throws: StorageError.self) {
            try environment.write { transaction throws in
                try transaction.put(table, [1], [1])
                do {
                    try transaction.put(table, [2], [UInt8](repeating: 1, count: 2 << 20))
                    Issue.record("a value larger than the map was put")
                } catch {}
                _ = try? transaction.put(table, [3], [3])
            }
        }
        #expect(error?.kind == .mapFull)
        #expect(try environment.rows(table) == [])
    }

    @Test func deletesWorkWhenTheMapIsFull() throws {
        var next: UInt64 = 0
        while true {
            do {
                try environment.put(table, key(next), [UInt8](repeating: 1, count: 30_000))
            } catch let error as StorageError {
                #expect(error.kind == .mapFull)
                break
            }
            next += 1
        }
        try environment.write { try $0.clear(table) }
        try environment.put(table, key(next), [1])
        #expect(try environment.rows(table).count == 1)
    }

    @Test func lendingDoesNotCopy() throws {
        try environment.put(table, [1], [4, 5, 6])
        let key: [UInt8] = [1]
        try environment.read { transaction throws in
            let sum = try transaction.get(key.span.bytes, in: table) { value in
                value.withUnsafeBytes { $0.reduce(0) { $0 + Int($1) } }
            }
            #expect(sum == 15)
            #expect(try transaction.get([2 as UInt8].span.bytes, in: table) { $0.byteCount } == nil)
            #expect(throws: Undo()) { try transaction.get(key.span.bytes, in: table) { _ in throw Undo() } }
        }
        try environment.write { transaction throws in
            try transaction.put(table, [1], [9])
            #expect(try transaction.get(key.span.bytes, in: table) { $0.byteCount } == 1)
        }
    }

    /// The file ends before its last page if that was freed before it was ever written. It is sound all the same.
    @Test func pagesThatWereFreedUnwrittenDoNotCount() throws {
        for round: UInt8 in 1...3 { try environment.put(table, [1], [round]) }
        try environment.write { transaction throws in
            // Takes what is free first, so that LMDB gives back what it took from the end of the file.
            try transaction.put(table, [1], [1])
            try transaction.put(table, [2], [UInt8](repeating: 1, count: 100_000))
            try transaction.delete(table, [2])
        }
        let status = environment.status
        #expect(status.fileBytes < status.usedBytes, "or this test shows nothing")
        environment.close()
        #expect(try PageVerifier.verify(dataFile: directory.dataFile) == [])
        let reopened = try directory.open(["rows", "others"])
        #expect(try reopened.rows(reopened.table("rows")) == [Row([1], [1])])
    }
}

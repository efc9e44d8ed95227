import Testing

@testable import TokenIMLMDB

@Suite struct CursorTests {
    let directory = TemporaryDirectory()
    let environment: Environment
    let table: Table

    /// The keys 10, 20 … 90, each its own value.
    init() throws {
        environment = try directory.open()
        let table = environment.table("rows")
        self.table = table
        try environment.write { transaction throws in
            for number: UInt8 in 1...9 { try transaction.put(table, [number * 10], [number * 10]) }
        }
    }

    private func withCursor(_ body: (inout Cursor) throws -> Void) throws {
        let transaction = try environment.beginRead()
        var cursor = try transaction.view.cursor(table)
        try body(&cursor)
    }

    private func number(_ row: Cursor.Row?) -> UInt8? {
        guard let row else { return nil }
        #expect(Array(row.key) == Array(row.value))
        return row.key[0]
    }

    @Test func seekGoesToTheKeyOrTheNextHigher() throws {
        try withCursor { cursor throws in
            for (target, expected) in [(10, 10), (11, 20), (1, 10), (90, 90), (91, nil)] as [(UInt8, UInt8?)] {
                let found = try [target].withUnsafeBytes { number(try cursor.seek($0)) }
                #expect(found == expected)
            }
        }
    }

    @Test func findGoesToTheKeyOnly() throws {
        try withCursor { cursor throws in
            for (target, expected) in [(10, 10), (11, nil), (90, 90), (255, nil)] as [(UInt8, UInt8?)] {
                let found = try [target].withUnsafeBytes { number(try cursor.find($0)) }
                #expect(found == expected)
            }
        }
    }

    @Test func goesThroughAllInBothDirections() throws {
        let all: [UInt8] = [10, 20, 30, 40, 50, 60, 70, 80, 90]
        try withCursor { cursor throws in
            var seen: [UInt8] = []
            while let row = number(try cursor.next()) { seen.append(row) }
            #expect(seen == all)
            seen = []
            while let row = number(try cursor.previous()) { seen.append(row) }
            #expect(seen == all.reversed(), "from behind the last row back to the first")
            seen = []
            while let row = number(try cursor.next()) { seen.append(row) }
            #expect(seen == all, "and again from before the first")
        }
        try withCursor { cursor throws in
            let last = number(try cursor.previous())
            #expect(last == 90, "from nowhere")
        }
    }

    @Test func theEndStaysTheEnd() throws {
        try withCursor { cursor throws in
            let beyond = try [UInt8(200)].withUnsafeBytes { number(try cursor.seek($0)) }
            #expect(beyond == nil)
            #expect(number(try cursor.next()) == nil)
            #expect(number(try cursor.next()) == nil)
            #expect(number(try cursor.previous()) == 90)
            #expect(number(try cursor.next()) == nil)
            #expect(number(try cursor.first()) == 10)
            #expect(number(try cursor.previous()) == nil)
            #expect(number(try cursor.previous()) == nil)
            #expect(number(try cursor.next()) == 10)
            #expect(number(try cursor.last()) == 90)
            #expect(number(try cursor.previous()) == 80)
        }
    }

    @Test func anEmptyKeyIsRefused() throws {
        try withCursor { cursor throws in
            let error = #expect(throws: StorageError.self) {
                try [UInt8]().withUnsafeBytes { _ = try cursor.seek($0) }
            }
            #expect(error?.kind == .misuse)
        }
    }

    @Test func anEmptyTableHasNoRows() throws {
        try environment.write { try $0.clear(table) }
        try withCursor { cursor throws in
            #expect(number(try cursor.first()) == nil)
            #expect(number(try cursor.last()) == nil)
            #expect(number(try cursor.next()) == nil)
            #expect(number(try cursor.previous()) == nil)
            let sought = try [UInt8(1)].withUnsafeBytes { number(try cursor.seek($0)) }
            #expect(sought == nil)
        }
    }

    @Test func goesOnAfterADeletedRow() throws {
        try environment.write { transaction throws in
            var cursor = try transaction.view.cursor(table)
            var seen: [UInt8] = []
            while let row = number(try cursor.next()) {
                seen.append(row)
                if row % 20 == 0 { try transaction.delete(table, [row]) }
            }
            #expect(seen == [10, 20, 30, 40, 50, 60, 70, 80, 90])
        }
        #expect(try environment.rows(table).map { $0.key[0] } == [10, 30, 50, 70, 90])
    }

    #if DEBUG
    @Test func usingItAfterItsTransactionTraps() async {
        await #expect(processExitsWith: .failure) {
            try CursorTests.useAfterTheEnd()
        }
    }

    private static func useAfterTheEnd() throws {
        let environment = try TemporaryDirectory().open()
        let table = environment.table("rows")
        var view: TransactionView?
        try environment.write { view = $0.view }
        _ = try view?.count(table)
    }
    #endif
}

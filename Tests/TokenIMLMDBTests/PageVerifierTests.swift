import CTokenIMLMDB
import Testing

@testable import TokenIMLMDB

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite struct PageVerifierTests {
    @Test func theFixtureHasEveryKindOfPage() throws {
        let store = try DamagedStore()
        #expect(try store.verify() == [])
        var kinds: [UInt16: Int] = [:]
        for page in 2..<store.pages {
            let start = page * store.pageSize
            let flags = UInt16(store.original[start + 10]) | UInt16(store.original[start + 11]) << 8
            kinds[flags, default: 0] += 1
        }
        #expect(kinds[1, default: 0] > 0, "branch pages")
        #expect(kinds[2, default: 0] > 0, "leaf pages")
        #expect(kinds[4, default: 0] > 0, "overflow pages")
        #expect(store.rows.map { $0.count > 0 } == [true, true, false])
    }

    /// A wrong bit in the number of the older state must not make it the newest, and its content what is read.
    @Test func anOlderStateIsNotTakenForTheNewest() throws {
        let store = try DamagedStore()
        let numbers = (0..<2).map { page in
            store.original[(page * store.pageSize + 144)...].prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        #expect(numbers.max() == numbers.min()! + 1)
        let older = numbers[0] < numbers[1] ? 0 : 1
        for bit in 2..<64 where numbers[older] & (1 << UInt64(bit)) == 0 {
            store.withFlippedBit(bit % 8, at: older * store.pageSize + 144 + bit / 8) {
                let error = #expect(throws: StorageError.self) { try store.directory.open(DamagedStore.tables) }
                #expect(error?.kind == .damaged)
            }
        }
    }

    @Test func pagesThatNothingAccountsForAreFound() throws {
        let store = try DamagedStore()
        let header = try DataFileHeader(FileDescriptor(opening: store.directory.dataFile, flags: O_RDONLY))
        let start = Int(header.newest.free.root) * store.pageSize
        let place = store.original[start..<start + store.pageSize].withUnsafeBytes { bytes -> Int in
            let data = Page(bytes: bytes).node(0).data
            return start + (data.baseAddress! - bytes.baseAddress!)
        }
        // The number of pages in the first record of the free list: one less.
        #expect(store.original[place] > 0)
        store.overwrite([store.original[place] - 1], at: place)
        let findings = try store.verify()
        #expect(findings.map(\.reason) == ["1 pages are neither used nor free"])
    }

    /// In every byte of the header of every page.
    @Test func flipsInPageHeaders() throws {
        let store = try DamagedStore()
        var random = SeededGenerator(seed: 7)
        for page in 0..<store.pages {
            for offset in 0..<Page.headerSize {
                let bit = Int.random(in: 0..<8, using: &random)
                let isFine = try store.withFlippedBit(bit, at: page * store.pageSize + offset) {
                    try store.isFoundOrHarmless()
                }
                #expect(isFine, "page \(page), byte \(offset), bit \(bit)")
            }
        }
    }

    /// Every bit: the file's header is what everything else hangs on.
    @Test func flipsInTheFileHeader() throws {
        let store = try DamagedStore()
        for page in 0..<2 {
            for offset in Page.headerSize..<MetaPage.size {
                for bit in 0..<8 {
                    let isFine = try store.withFlippedBit(bit, at: page * store.pageSize + offset) {
                        try store.isFoundOrHarmless()
                    }
                    #expect(isFine, "page \(page), byte \(offset), bit \(bit)")
                }
            }
        }
    }

    @Test(arguments: 0..<2 as Range<UInt64>)
    func flipsAnywhere(seed: UInt64) throws {
        let store = try DamagedStore()
        var random = SeededGenerator(seed: seed)
        var found = 0
        for _ in 0..<600 {
            let offset = Int.random(in: 0..<store.original.count, using: &random)
            let bit = Int.random(in: 0..<8, using: &random)
            try store.withFlippedBit(bit, at: offset) {
                let isFine = try store.isFoundOrHarmless()
                #expect(isFine, "page \(offset / store.pageSize), byte \(offset % store.pageSize), bit \(bit)")
                found += (try? store.verify())?.isEmpty == true ? 0 : 1
            }
        }
        #expect(found > 100, "much of the file is in use")
    }

    /// Whole pages of noise, and of the wrong page.
    @Test func overwrittenAndSwappedPages() throws {
        let store = try DamagedStore()
        var random = SeededGenerator(seed: 5)
        let size = store.pageSize
        for page in 0..<store.pages {
            let start = page * size
            let other = Int.random(in: 0..<store.pages, using: &random) * size
            let replacements = [
                random.bytes(size), [UInt8](repeating: 0, count: size), [UInt8](repeating: 0xFF, count: size),
                Array(store.original[other..<other + size]),
                // A page whose header is right, and nothing else.
                Array(store.original[start..<start + 16]) + random.bytes(size - 16),
            ]
            for replacement in replacements {
                store.overwrite(replacement, at: start)
                let isFine = try store.isFoundOrHarmless()
                #expect(isFine, "page \(page)")
            }
            store.overwrite(Array(store.original[start..<start + size]), at: start)
        }
        #expect(try store.verify() == [])
    }

    @Test func swappedPages() throws {
        let store = try DamagedStore()
        let size = store.pageSize
        func page(_ number: Int) -> [UInt8] { Array(store.original[number * size..<(number + 1) * size]) }
        for first in 0..<store.pages - 1 {
            let second = first + 1
            store.overwrite(page(second) + page(first), at: first * size)
            let isFine = try store.isFoundOrHarmless()
            #expect(isFine, "pages \(first) and \(second)")
            store.overwrite(page(first) + page(second), at: first * size)
        }
    }

    /// Cut short anywhere, a file is refused when it is opened, unless only free pages are missing.
    @Test func truncatedAnywhere() throws {
        let store = try DamagedStore()
        var refused = 0
        for length in stride(from: 0, to: store.original.count, by: store.pageSize / 4) {
            write(store.original[..<length], to: store.directory.dataFile)
            do {
                let environment = try store.directory.open(DamagedStore.tables)
                let rows = try DamagedStore.tables.map { try environment.rows(environment.table($0)) }
                environment.close()
                #expect(rows == store.rows)
            } catch let error as StorageError {
                #expect(error.kind == .damaged, "\(error)")
                #expect(try store.verify() != [])
                refused += 1
            }
        }
        #expect(refused >= store.pages)
    }

    @Test func foreignFilesAreRefusedAndLeftAlone() throws {
        let directory = TemporaryDirectory()
        var random = SeededGenerator(seed: 6)
        let files: [[UInt8]] = [
            [], [0], Array("SQLite format 3\0".utf8), random.bytes(100), random.bytes(8192), random.bytes(100_000),
            [UInt8](repeating: 0, count: 65_536), [UInt8](repeating: 0xFF, count: 65_536),
        ]
        for file in files {
            write(file, to: directory.dataFile)
            let error = #expect(throws: StorageError.self) { try directory.open() }
            #expect(error?.kind == .damaged)
            #expect(try PageVerifier.verify(dataFile: directory.dataFile).count == 1)
            #expect(contents(of: directory.dataFile) == file)
        }
    }

    @Test func aNewerFormatIsSaid() throws {
        let store = try DamagedStore()
        for page in 0..<2 { store.overwrite([2], at: page * store.pageSize + 20) }
        let opened = #expect(throws: StorageError.self) { try store.directory.open(DamagedStore.tables) }
        #expect(opened?.kind == .versionMismatch)
        let verified = #expect(throws: StorageError.self) { try store.verify() }
        #expect(verified?.kind == .versionMismatch)
    }

    /// A value is found to be wrong by whoever reads it, not only by the checker.
    @Test func aDamagedValueIsNeverReturned() throws {
        let store = try DamagedStore()
        let row = store.rows[0][10]
        let places = store.original.ranges(of: row.value).map(\.lowerBound)
        #expect(places.isEmpty == false)
        for place in places { store.overwrite([store.original[place] ^ 1], at: place) }
        let findings = try store.verify()
        #expect(findings.map(\.table) == ["a"])
        #expect(places.contains { $0 / store.pageSize == Int(findings[0].page) })

        let environment = try store.directory.open(DamagedStore.tables)
        defer { environment.close() }
        let table = environment.table("a")
        let error = #expect(throws: StorageError.self) { try environment.get(table, row.key) }
        #expect(error?.kind == .damaged)
        #expect(error?.operation.contains("a") == true)
        #expect(throws: StorageError.self) { try environment.rows(table) }
        #expect(try environment.get(table, store.rows[0][11].key) == store.rows[0][11].value)
    }

    /// Two rows of the same length, each with the other's value and checksum.
    @Test func exchangedValuesAreFound() throws {
        let directory = TemporaryDirectory()
        let environment = try directory.open(["one", "two"])
        let (one, two) = (environment.table("one"), environment.table("two"))
        try environment.write { transaction in
            try transaction.put(one, [1], [UInt8](repeating: 0xA1, count: 20))
            try transaction.put(one, [2], [UInt8](repeating: 0xA2, count: 20))
            try transaction.put(two, [1], [UInt8](repeating: 0xA3, count: 20))
        }
        environment.close()
        let original = contents(of: directory.dataFile)
        func place(_ byte: UInt8) -> Int {
            original.firstRange(of: [UInt8](repeating: byte, count: 20))!.lowerBound
        }
        for (first, second) in [(0xA1, 0xA2), (0xA1, 0xA3)] as [(UInt8, UInt8)] {
            var changed = original
            let (left, right) = (place(first), place(second))
            for offset in 0..<24 { changed.swapAt(left + offset, right + offset) }
            write(changed, to: directory.dataFile)
            #expect(try PageVerifier.verify(dataFile: directory.dataFile).count == 2)
            let damaged = try directory.open(["one", "two"])
            #expect(throws: StorageError.self) { try damaged.get(damaged.table("one"), [1]) }
            damaged.close()
        }
    }

    @Test func anOpenFileIsNotVerified() throws {
        let directory = TemporaryDirectory()
        let environment = try directory.open()
        let error = #expect(throws: StorageError.self) { try PageVerifier.verify(dataFile: directory.dataFile) }
        #expect(error?.kind == .locked)
        environment.close()
        #expect(try PageVerifier.verify(dataFile: directory.dataFile) == [])
        let missing = #expect(throws: StorageError.self) {
            try PageVerifier.verify(dataFile: directory.path + "/none")
        }
        #expect(missing?.kind == .missing)
    }

    @Test func findingsAreLimited() throws {
        let store = try DamagedStore()
        for row in store.rows[0].suffix(5) {
            // Also where it was before its page was last replaced.
            for place in store.original.ranges(of: row.value) {
                store.overwrite([row.value[0] ^ 1], at: place.lowerBound)
            }
        }
        let all = try store.verify()
        #expect(all.count > 3)
        let few = try PageVerifier.verify(dataFile: store.directory.dataFile, limit: 3)
        #expect(few == Array(all.prefix(3)))
    }

    /// What LMDB's own copies look like, with and without compaction.
    @Test(arguments: [0, UInt32(MDB_CP_COMPACT)])
    func copiesAreSound(flags: UInt32) throws {
        let store = try DamagedStore()
        let target = store.directory.makeDirectory("copy")
        let environment = try store.directory.open(DamagedStore.tables)
        #expect(mdb_env_copy2(environment.handle, target, flags) == 0)
        environment.close()
        #expect(try PageVerifier.verify(dataFile: target + "/data.mdb") == [])
    }
}

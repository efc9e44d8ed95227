import Synchronization
import Testing

@testable import TokenIMLMDB

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite struct ReaderTests {
    let directory = TemporaryDirectory()

    private func open(maximumReaders: Int, readerWait: Duration = .zero) throws -> Environment {
        try directory.open {
            $0.maximumReaders = maximumReaders
            $0.readerWait = readerWait
        }
    }

    @Test func aReaderSeesOneMoment() throws {
        let environment = try open(maximumReaders: 4)
        let table = environment.table("rows")
        try environment.put(table, [1], [1])
        let old = try environment.beginRead()
        try environment.put(table, [1], [2])
        let new = try environment.beginRead()
        try environment.put(table, [1], [3])
        #expect(try old.view.get(table, [1]) == [1])
        #expect(try new.view.get(table, [1]) == [2])
        #expect(try environment.get(table, [1]) == [3])
    }

    @Test func statusKnowsTheOldestReader() throws {
        let environment = try open(maximumReaders: 4)
        let table = environment.table("rows")
        #expect(environment.status.oldestReaderLag == 0)
        do {
            let first = try environment.beginRead()
            for number: UInt8 in 0..<5 { try environment.put(table, [1], [number]) }
            let second = try environment.beginRead()
            #expect(environment.status.activeReaders == 2)
            #expect(environment.status.oldestReaderLag == 5)
            _ = consume first
            #expect(environment.status.activeReaders == 1)
            #expect(environment.status.oldestReaderLag == 0)
            _ = consume second
        }
        #expect(environment.status.activeReaders == 0)
    }

    @Test func theBoundHolds() throws {
        let environment = try open(maximumReaders: 2)
        for _ in 0..<3 {
            let first = try environment.beginRead()
            let second = try environment.beginRead()
            let error = #expect(throws: StorageError.self) { _ = try environment.beginRead() }
            #expect(error?.kind == .readersExhausted)
            _ = consume first
            let third = try environment.beginRead()
            #expect(environment.status.activeReaders == 2)
            _ = consume second
            _ = consume third
        }
    }

    @Test func whoeverWaitsGetsTheNextReader() throws {
        let environment = try open(maximumReaders: 1, readerWait: .seconds(600))
        let table = environment.table("rows")
        try environment.put(table, [1], [1])
        let waiting = Atomic<Int>(0)
        let threads: [PosixThread]
        do {
            let reader = try environment.beginRead()
            threads = (0..<3).map { _ in
                PosixThread {
                    waiting.add(1, ordering: .relaxed)
                    let value = try? environment.get(table, [1])
                    #expect(value == [1])
                }
            }
            while waiting.load(ordering: .relaxed) < 3 { sched_yield() }
            _ = consume reader
        }
        for thread in threads { thread.join() }
    }

    @Test func closingWaitsForReaders() throws {
        let environment = try open(maximumReaders: 4)
        let table = environment.table("rows")
        try environment.put(table, [1], [7])
        let isClosed = Atomic<Bool>(false)
        let closer: PosixThread
        do {
            let reader = try environment.beginRead()
            closer = PosixThread {
                environment.close()
                isClosed.store(true, ordering: .sequentiallyConsistent)
            }
            // Once the closing has begun nothing new begins.
            while (try? environment.read { _ in () }) != nil { sched_yield() }
            #expect(isClosed.load(ordering: .sequentiallyConsistent) == false)
            #expect(try reader.view.get(table, [1]) == [7])
            _ = consume reader
        }
        closer.join()
        #expect(isClosed.load(ordering: .sequentiallyConsistent) == true)
        try directory.open().close()
    }

    /// Every snapshot, on any thread, is one that was committed: all rows of a commit have the same value.
    @Test func manyThreadsReadWhileOneWrites() throws {
        let environment = try open(maximumReaders: 3, readerWait: .seconds(600))
        let table = environment.table("rows")
        let commits: UInt64 = 200
        func commit(_ number: UInt64) throws {
            try environment.write { transaction in
                for row: UInt64 in 0..<20 { try transaction.put(table, key(row), key(number)) }
            }
        }
        try commit(0)
        let isDone = Atomic<Bool>(false)
        let readers = (0..<4).map { _ in
            PosixThread {
                var last: UInt64 = 0
                while !isDone.load(ordering: .relaxed) {
                    guard let rows = try? environment.rows(table), let first = rows.first else {
                        Issue.record("a read failed")
                        return
                    }
                    #expect(rows.count == 20)
                    #expect(rows.allSatisfy { $0.value == first.value })
                    let number = first.value.reduce(0) { $0 << 8 | UInt64($1) }
                    #expect(number >= last)
                    last = number
                    _ = environment.status
                }
            }
        }
        for number in 1...commits { try commit(number) }
        isDone.store(true, ordering: .relaxed)
        for reader in readers { reader.join() }
    }

    @Test func writesOfManyThreadsRunOneAtATime() throws {
        let environment = try open(maximumReaders: 4)
        let table = environment.table("rows")
        try environment.put(table, [1], key(0))
        let threads = (0..<4).map { _ in
            PosixThread {
                for _ in 0..<50 {
                    let isDone: Void? = try? environment.write { transaction in
                        let before = try transaction.view.get(table, [1])!.reduce(0) { $0 << 8 | UInt64($1) }
                        try transaction.put(table, [1], key(before + 1))
                    }
                    #expect(isDone != nil)
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(try environment.get(table, [1]) == key(200))
    }
}

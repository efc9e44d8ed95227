import TokenIMLMDB

/// Something that is not as the journal says.
public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// Where: a table of the store, or a file.
    public let place: String
    public let detail: String
    public var description: String { "\(place): \(detail)" }
}

/// What a verification found.
public struct Verification: Sendable {
    /// How many entries were recomputed.
    public let entries: Position
    /// At most 100.
    public let findings: [Finding]
    public var isSound: Bool { findings.isEmpty }
}

/// Which scratch stores are in use. The lowest that is free is taken, so that what a crash has left is taken again.
struct ScratchPlaces {
    private var used: Set<Int> = []

    mutating func claim() -> Int {
        let place = (0...used.count).first { !used.contains($0) } ?? used.count
        used.insert(place)
        return place
    }

    mutating func release(_ place: Int) {
        used.remove(place)
    }
}

extension Engine {
    /// Recomputes everything from the journal in a scratch store and compares every row. The engine goes on meanwhile.
    ///
    /// It needs about as much disk as the projections have, beside the store, and around a second for each half million
    /// entries; the pages that it looks at cannot be used again until it is done.
    public func verify() async throws -> Verification {
        let place = verifications.withLock { $0.claim() }
        defer { verifications.withLock { $0.release(place) } }
        let path = core.store.directory + (place == 0 ? "/verify" : "/verify-\(place)")
        FileSystem.removeScratchStore(path)
        defer { FileSystem.removeScratchStore(path) }
        return try await settledSnapshot { snapshot in
            let mapSize = core.store.journal.status.mapSize
            // Closing does not wait for it.
            if mapSize == 0 { throw IMError(.closed, "the engine is closed") }
            var configuration = Configuration()
            configuration.runtime = .inline
            configuration.limits = core.limits
            configuration.mapSize = mapSize
            configuration.allowsUnsafeFileSystem = true
            let scratch = try Store(directory: path, configuration)
            defer { scratch.close() }
            let rebuilt = try Core(scratch, configuration, time: SystemTime())
            var findings = try rebuilt.rebuild(from: snapshot, keySeed: core.store.keySeed)
            let other = try rebuilt.snapshot()
            try Self.compare(snapshot, other, &findings)
            return Verification(entries: snapshot.head, findings: Array(findings.prefix(100)))
        }
    }

    private static func compare(
        _ snapshot: borrowing Snapshot, _ rebuilt: borrowing Snapshot, _ findings: inout [Finding]
    ) throws {
        for (mine, other) in zip(snapshot.folded.tables.all, rebuilt.folded.tables.all) {
            try compare(
                mine, try snapshot.folded.transaction.cursor(mine), try rebuilt.folded.transaction.cursor(other),
                &findings)
        }
        for (mine, other) in zip(snapshot.written.tables.projected, rebuilt.written.tables.projected) {
            try compare(
                mine, try snapshot.written.transaction.cursor(mine), try rebuilt.written.transaction.cursor(other),
                &findings)
        }
    }

    private static func compare(
        _ table: Table, _ stored: consuming Cursor, _ rebuilt: consuming Cursor, _ findings: inout [Finding]
    ) throws {
        var (row, other) = (try stored.first(), try rebuilt.first())
        var count = 0
        func report(_ key: UnsafeRawBufferPointer, _ complaint: String) {
            findings.append(Finding(place: table.name, detail: "row \(hex(key)) \(complaint)"))
            count += 1
        }
        while count < 10 {
            guard let mine = row else {
                guard let theirs = other else { return }
                report(theirs.key, "is missing")
                other = try rebuilt.next()
                continue
            }
            let order = other.map { mine.key.compare($0.key) } ?? -1
            if order < 0 {
                report(mine.key, "is not in the journal")
                row = try stored.next()
            } else if order > 0, let theirs = other {
                report(theirs.key, "is missing")
                other = try rebuilt.next()
            } else {
                if let theirs = other, mine.value.compare(theirs.value) != 0 {
                    report(mine.key, "differs from the journal")
                }
                row = try stored.next()
                other = try rebuilt.next()
            }
        }
    }

    private static func hex(_ key: UnsafeRawBufferPointer) -> String {
        key.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension Core {
    /// Applies the journal of another store to this empty one, except that the entries themselves stay there.
    func rebuild(from snapshot: borrowing Snapshot, keySeed: UInt64) throws -> [Finding] {
        var findings: [Finding] = []
        var position: Position = 0
        var timestamp = Timestamp.zero
        while position < snapshot.head {
            let begin = position
            try writeBatch { state, transaction throws in
                state.keySeed = keySeed
                try snapshot.written.forEachEntry(above: begin) { entry in
                    guard entry.position <= snapshot.head, entry.position - begin <= 10_000 else { return false }
                    let header = entry.header
                    if entry.position != position + 1 {
                        findings.append(
                            Finding(place: "journal", detail: "\(position) is followed by \(entry.position)"))
                    }
                    if try state.begin(header.conversation) != header.sequence {
                        findings.append(
                            Finding(place: "journal", detail: "entry \(entry.position) is out of sequence"))
                    }
                    if header.timestamp < timestamp {
                        findings.append(Finding(place: "journal", detail: "entry \(entry.position) goes back in time"))
                    }
                    timestamp = header.timestamp
                    position = entry.position
                    try state.evolveFolded(entry)
                    try state.evolveWritten(entry, transaction)
                    return true
                }
            }
            if position == begin {
                findings.append(Finding(place: "journal", detail: "there is no entry after \(begin)"))
                break
            }
        }
        try foldKeys()
        return findings
    }
}

extension FoldedTables {
    var all: [Table] { [checkpoint, conversations, timeline, markers, cursors, chats, keys, keyRuns] }
}

extension JournalTables {
    /// What can be recomputed from the journal.
    var projected: [Table] {
        [
            users, userNumbers, groups, groupNumbers, members, memberships, devices, deviceNumbers, trims, consumers,
            consumerEntries, relations, settings, hidden, mentions, amendments, reactions, pins, withdrawn, burning,
            alarms, scheduled, groupSettings, memberChanges, requests, requestsOfUsers, bans, seen,
        ]
    }
}

import TokenIMLMDB

/// Brings the working set back after opening: the trees at their checkpoint, and the journal's entries above it.
struct Recovery: ~Copyable {
    var state: State
    let checkpoint: Position
    let lastTimestamp: Timestamp
    let nextAlarm: Timestamp?

    init(_ store: Store, _ limits: Limits) throws {
        let projections = try store.projections.beginRead()
        let journal = try store.journal.beginRead()
        let folded = FoldedView(tables: store.foldedTables, transaction: projections.view)
        let checkpoint = try folded.checkpoint()
        let keys = KeyIndex(capacity: limits.keyMergeEntries)
        try Fold.forEachRunKey(folded) { keys.insert($0.digest, $0.position) }
        var state = State(
            written: WrittenView(tables: store.journalTables, transaction: journal.view), folded: folded,
            live: WorkingSet(first: checkpoint + 1), keyIndexes: [keys], limits: limits,
            keySeed: store.keySeed, head: checkpoint)
        let timestamp = try Self.replay(store, journal, into: &state)
        let alarm = try WrittenView(tables: store.journalTables, transaction: journal.view).nextAlarm()
        lastTimestamp = timestamp
        nextAlarm = alarm
        self.checkpoint = checkpoint
        self.state = state
    }

    /// Applies what lies above the checkpoint. Returns the moment of the newest entry.
    private static func replay(
        _ store: Store, _ journal: borrowing ReadTransaction, into state: inout State
    ) throws -> Timestamp {
        let written = WrittenView(tables: store.journalTables, transaction: journal.view)
        let last = try written.lastPosition()
        guard state.head <= last else {
            throw IMError(
                .corrupt, "the projections stand at \(state.head) and the journal ends at \(last): they are not a pair")
        }
        try written.forEachEntry(above: state.head) { entry in
            guard entry.position == state.head + 1 else {
                throw IMError(.corrupt, "the journal jumps from \(state.head) to \(entry.position)")
            }
            try state.evolveFolded(entry)
            return true
        }
        return last == 0 ? .zero : try written.entry(at: last)?.header.timestamp ?? .zero
    }
}

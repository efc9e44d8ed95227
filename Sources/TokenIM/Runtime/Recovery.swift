import TokenIMLMDB

/// Brings the working set back after opening: the trees at their checkpoint, and the journal's entries above it.
struct Recovery {
    let state: State
    let checkpoint: Position
    let lastTimestamp: Timestamp

    init(_ store: Store, _ limits: Limits) throws {
        let projections = try store.projections.beginRead()
        let journal = try store.journal.beginRead()
        let written = WrittenView(tables: store.journalTables, transaction: journal.view)
        let folded = FoldedView(tables: store.foldedTables, transaction: projections.view)
        checkpoint = try folded.checkpoint()
        let last = try written.lastPosition()
        guard checkpoint <= last else {
            throw IMError(
                .corrupt, "the projections stand at \(checkpoint) and the journal ends at \(last): they are not a pair")
        }
        let keys = KeyIndex(capacity: limits.keyMergeEntries)
        try Fold.forEachRunKey(folded) { keys.insert($0.digest, $0.position) }
        var state = State(
            written: written, folded: folded, live: WorkingSet(first: checkpoint + 1), keyIndexes: [keys],
            limits: limits, head: checkpoint)
        try written.forEachEntry(above: checkpoint) { entry in
            guard entry.position == state.head + 1 else {
                throw IMError(.corrupt, "the journal jumps from \(state.head) to \(entry.position)")
            }
            try state.evolveFolded(entry)
            return true
        }
        lastTimestamp = last == 0 ? .zero : try written.entry(at: last)?.header.timestamp ?? .zero
        self.state = state
    }
}

extension Engine {
    /// The entries of the journal above a position as the host sees them, without the engine's own bookkeeping.
    package func entries(after position: Position) throws(IMError) -> [Entry] {
        try IMError.mapping { () throws -> [Entry] in
            let snapshot = try core.snapshot()
            var entries: [Entry] = []
            try snapshot.written.forEachEntry(above: position) { entry in
                if entry.header.conversation != .engine { entries.append(try snapshot.entry(entry)) }
                return true
            }
            return entries
        }
    }
}

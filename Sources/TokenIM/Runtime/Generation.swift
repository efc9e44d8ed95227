import TokenIMLMDB

/// A working set that the writer fills and readers look into at the same time.
final class Generation: Sendable {
    let content: Monitor<WorkingSet>
    /// The position of the first entry that it can hold.
    let first: Position

    init(_ content: WorkingSet) {
        first = content.first
        self.content = Monitor(content)
    }

    convenience init(first: Position) {
        self.init(WorkingSet(first: first))
    }
}

/// The generations that are not in the trees yet, newest first: the live one, and the one being folded.
struct Layers: Sendable {
    var live: Generation
    var frozen: Generation?
}

import Synchronization

/// A working set that the writer fills and readers look into at the same time.
final class Generation: Sendable {
    let content: Mutex<WorkingSet>

    init(_ content: sending WorkingSet) {
        self.content = Mutex(content)
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

/// State behind a lock, owned by several.
final class Shared<State: Sendable>: Sendable {
    private let state: Mutex<State>

    init(_ state: State) {
        self.state = Mutex(state)
    }

    func withLock<Value: ~Copyable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> sending Value
    ) throws(Failure) -> sending Value {
        try state.withLock { state throws(Failure) in try body(&state) }
    }
}

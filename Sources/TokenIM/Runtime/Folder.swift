import TokenIMLMDB

/// Brings the trees up to date with what has been committed, beside the writer.
///
/// It has one fold and one merge of keys at a time. A merge is cut into pieces and a fold goes before the next piece,
/// so the writer seldom has to wait for either.
final class Folder: Sendable {
    private struct State {
        var fold: WorkingSet?
        var unneeded: WorkingSet?
        var isFolding = false
        /// Keys in order, and how many of them are merged.
        var merge: Merge?
        var isClosed = false
        var failure: IMError?

        var isIdle: Bool { fold == nil && !isFolding && merge == nil }
    }

    private struct Merge {
        var index: KeyIndex
        var through: Position
        var keys: [KeyDigest]?
        var done = 0
        var began: Timestamp
    }

    private let store: Store
    private let time: any TimeSource
    private let state = Monitor(State())
    private let finishedFold: @Sendable () -> Void
    private let finishedMerge: @Sendable () -> Void
    private let observer: (@Sendable (EngineEvent) -> Void)?

    private static let mergePiece = 20_000

    /// - Parameter finishedFold: called after each fold's commit, before anyone who waits for it goes on.
    init(
        _ store: Store, time: any TimeSource, observer: (@Sendable (EngineEvent) -> Void)?,
        finishedFold: @escaping @Sendable () -> Void,
        finishedMerge: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.time = time
        self.observer = observer
        self.finishedFold = finishedFold
        self.finishedMerge = finishedMerge
    }

    // MARK: For the writer

    /// Waits until the fold before has ended.
    func waitForFold() throws {
        let failure = state.wait(atMost: nil) { state -> IMError?? in
            if let failure = state.failure { return .some(failure) }
            return state.fold == nil && !state.isFolding ? .some(nil) : nil
        }
        if case .some(.some(let error)) = failure { throw error }
    }

    /// Hands in the next fold.
    func fold(_ set: WorkingSet) {
        state.withLock { $0.fold = set }
    }

    /// Takes over a generation that nobody needs any more. To give back all that it holds takes milliseconds, which the
    /// writer does not have.
    func letGo(of set: consuming WorkingSet) {
        state.withLock { $0.unneeded = set }
    }

    /// Merges keys through a position into their tree, after the fold that was handed in last.
    func merge(_ index: KeyIndex, through position: Position) {
        state.withLock { $0.merge = Merge(index: index, through: position, began: time.now()) }
    }

    /// Waits until everything that was handed in is done.
    func finish() throws {
        let failure = state.wait(atMost: nil) { state -> IMError?? in
            if let failure = state.failure { return .some(failure) }
            return state.isIdle ? .some(nil) : nil
        }
        if case .some(.some(let error)) = failure { throw error }
    }

    func close() {
        state.withLock { $0.isClosed = true }
    }

    // MARK: The work

    /// Works until closed. For a thread of its own.
    func run() {
        while step(waits: true) {}
    }

    /// Works off everything that was handed in, on the thread that calls.
    func runInline() throws {
        while step(waits: false) {}
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private enum Work {
        case fold(WorkingSet)
        case merge(Merge)
        case letGo(WorkingSet)
        case none
    }

    private static func next(_ state: inout State, waits: Bool) -> Work? {
        if let set = state.unneeded.take() { return .letGo(set) }
        if let set = state.fold, state.failure == nil {
            state.fold = nil
            state.isFolding = true
            return .fold(set)
        }
        if let merge = state.merge, state.failure == nil { return .merge(merge) }
        return state.isClosed || !waits ? Work.none : nil
    }

    private func step(waits: Bool) -> Bool {
        let work =
            waits
            ? state.wait(atMost: nil) { Self.next(&$0, waits: true) } : state.withLock { Self.next(&$0, waits: false) }
        do {
            switch work {
            case .fold(let set): try fold(set, began: time.now())
            case .merge(let merge): try continueMerge(merge)
            case .letGo: break
            case .some(.none), nil: return false
            }
        } catch {
            let failure = IMError(wrapping: error)
            observer?(EngineEvent(kind: .storageFailed, count: 0, duration: .zero, detail: "\(failure)"))
            state.withLock { state in
                state.failure = failure
                state.isFolding = false
            }
        }
        return true
    }

    private func fold(_ set: WorkingSet, began: Timestamp) throws {
        let fold = Fold(store.foldedTables)
        try store.projections.write { try fold.write(set, $0) }
        finishedFold()
        state.withLock { $0.isFolding = false }
        observer?(EngineEvent(kind: .folded, count: set.count, duration: time.now().duration(since: began), detail: ""))
    }

    private func continueMerge(_ merge: Merge) throws {
        var merge = merge
        let keys = merge.keys ?? merge.index.sorted()
        let piece = keys[merge.done...].prefix(Self.mergePiece)
        let fold = Fold(store.foldedTables)
        let isLast = piece.endIndex == keys.endIndex
        try store.projections.write { transaction in
            try fold.merge(piece, transaction)
            if isLast { try fold.dropRuns(through: merge.through, transaction) }
        }
        merge.keys = keys
        merge.done = piece.endIndex
        if isLast { finishedMerge() }
        let rest = isLast ? nil : merge
        state.withLock { $0.merge = rest }
        guard isLast else { return }
        observer?(
            EngineEvent(
                kind: .keysMerged, count: keys.count, duration: time.now().duration(since: merge.began), detail: ""))
    }
}

internal import TokenIM

/// Whether there is an order, one operation after the other, in which the reference model gives the very answers that
/// were given, and in which none comes before one that had been answered when it was asked for. A search after Wing and
/// Gong.
package struct Linearization {
    private let operations: [ConcurrentOperation]
    /// Sets of operations that have been done, from which there is no way on.
    private var hopeless: Set<UInt64> = []
    private var order: [Int] = []

    private init(_ operations: [ConcurrentOperation]) {
        precondition(operations.count < 64, "a history of \(operations.count) operations; at most 63")
        self.operations = operations
    }

    /// Such an order, or nil when there is none.
    package static func order(of operations: [ConcurrentOperation]) -> [ConcurrentOperation]? {
        var search = Linearization(operations)
        return search.goesOn(ConcurrentRun.prepared(), done: 0) ? search.order.map { operations[$0] } : nil
    }

    private mutating func goesOn(_ model: ReferenceModel, done: UInt64) -> Bool {
        if order.count == operations.count { return true }
        // Answers give away the places of all entries, so what has been done says what state that led to.
        if hopeless.contains(done) { return false }
        let left = operations.indices.filter { done >> UInt64($0) & 1 == 0 }
        let firstReturn = left.map { operations[$0].returned }.min() ?? 0
        for index in left where operations[index].invoked <= firstReturn {
            var next = model
            guard Self.isRight(operations[index], &next) else { continue }
            order.append(index)
            if goesOn(next, done: done | 1 << UInt64(index)) { return true }
            order.removeLast()
        }
        hopeless.insert(done)
        return false
    }

    /// Whether an operation may have been answered so in a state. Goes on to the state after it.
    private static func isRight(_ operation: ConcurrentOperation, _ model: inout ReferenceModel) -> Bool {
        switch operation.work {
        case .reading(let conversation, let user, let lines):
            let seen = model.history(user, conversation)
            return seen.map { $0.map { $0.gist(model) } } == lines
        case .change(let action, let user, let result):
            let moment = (try? result.get().timestamp) ?? model.latest
            let answer = model.perform(action, by: .user(user), key: nil, at: moment)
            model.latest = max(model.latest, moment)
            switch (answer, result) {
            case (.appended(let line), .success(let receipt)):
                return !receipt.isDuplicate && receipt.sequence == line.sequence
                    && receipt.conversation == line.conversation
            case (.unchanged(let conversation), .success(let receipt)):
                return receipt.isDuplicate && receipt.sequence == model.log(conversation)?.head
            case (.refused(let codes), .failure(let error)): return codes.contains(error.code)
            default: return false
            }
        }
    }
}

import TokenIMLMDB

/// Carries a value out of a closure that runs on another thread.
final class ResultBox<Value: Sendable>: Sendable {
    private let value = Monitor<Value?>(nil)

    func set(_ value: Value) {
        self.value.withLock { $0 = value }
    }

    func get() throws(IMError) -> Value {
        guard let value = value.withLock({ $0 }) else { throw IMError(.broken, "a job ended without a result") }
        return value
    }
}

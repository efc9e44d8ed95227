import Dispatch
import TokenIMLMDB

/// Waits for what is asynchronous. Not for threads of the system's pool: the thread stands still meanwhile.
enum Waiting {
    static func result<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
        let box = Monitor<Result<Value, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            let result: Result<Value, any Error>
            do {
                result = .success(try await work())
            } catch {
                result = .failure(error)
            }
            box.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = box.withLock({ $0 }) else { throw Finding("there is no result") }
        return try result.get()
    }
}

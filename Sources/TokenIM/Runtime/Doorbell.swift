import TokenIMLMDB

/// A task that waits to be woken.
typealias Waiter = UnsafeContinuation<Void, Never>

/// The state of a doorbell: whether it has rung, and who waits for it.
struct Bell {
    private var hasRung = false
    private var waiter: Waiter?

    /// Returns who is to be woken. A ring that comes before the wait is not lost.
    mutating func ring() -> Waiter? {
        defer { waiter = nil }
        if waiter == nil { hasRung = true }
        return waiter
    }

    /// Returns who needs to wait no longer: the one who comes, when the bell has rung; otherwise one who was there.
    mutating func wait(_ newcomer: Waiter) -> Waiter? {
        if hasRung || Task.isCancelled {
            hasRung = false
            return newcomer
        }
        defer { waiter = newcomer }
        return waiter
    }
}

/// Something with a doorbell, under a lock.
protocol Ringable: SendableMetatype {
    var bell: Bell { get set }
}

extension Monitor where State: Ringable {
    func ring() {
        withLock { $0.bell.ring() }?.resume()
    }

    /// Returns when the bell has rung since the last time, or the task is cancelled. One task at a time; a second one
    /// that comes sends the first on its way.
    func wait() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { waiter in withLock { $0.bell.wait(waiter) }?.resume() }
        } onCancel: {
            ring()
        }
    }
}

/// Wakes one waiting task.
typealias Doorbell = Monitor<Bell>

extension Bell: Ringable {
    var bell: Bell {
        get { self }
        set { self = newValue }
    }
}

extension Monitor where State == Bell {
    convenience init() {
        self.init(Bell())
    }
}

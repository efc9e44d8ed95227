/// A cache that holds between `capacity` and twice as many of the values used last.
///
/// Two dictionaries: when the newer is full, the older is dropped and the newer takes its place. A value found in the
/// older one moves to the newer. No bookkeeping for each use, unlike a list in order of use.
struct BoundedCache<Key: Hashable, Value> {
    private var newer: [Key: Value] = [:]
    private var older: [Key: Value] = [:]
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    subscript(key: Key) -> Value? {
        mutating get {
            if let value = newer[key] { return value }
            guard let value = older[key] else { return nil }
            insert(value, for: key)
            return value
        }
    }

    mutating func insert(_ value: Value, for key: Key) {
        if newer.count >= capacity {
            older = newer
            newer = [:]
        }
        newer[key] = value
    }

    mutating func remove(_ key: Key) {
        newer[key] = nil
        older[key] = nil
    }

    mutating func removeAll() {
        newer = [:]
        older = [:]
    }
}

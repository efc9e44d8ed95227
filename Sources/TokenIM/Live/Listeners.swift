/// The connected members of a group: any one is added and removed in constant time, and the order follows from what
/// happened, so that a run can be repeated.
struct Listeners {
    private(set) var users: [UserNumber] = []
    private var indexes: [UserNumber: Int] = [:]

    mutating func insert(_ user: UserNumber) {
        guard indexes[user] == nil else { return }
        indexes[user] = users.count
        users.append(user)
    }

    mutating func remove(_ user: UserNumber) {
        guard let index = indexes.removeValue(forKey: user), let last = users.popLast(), last != user else { return }
        users[index] = last
        indexes[last] = index
    }
}

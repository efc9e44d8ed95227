/// What belongs to users, by their numbers: of each number's place, the value that was put there last.
///
/// Numbers are given from 1 on, so a small store needs few places, and a look-up is a look at one place of an array
/// rather than into a dictionary.
struct NumberedCache<Value> {
    private var places: [(number: UserNumber, value: Value)?] = []
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    subscript(number: UserNumber) -> Value? {
        let place = Int(number) % capacity
        guard place < places.count, let found = places[place], found.number == number else { return nil }
        return found.value
    }

    mutating func insert(_ value: Value, for number: UserNumber) {
        let place = Int(number) % capacity
        while places.count <= place { places.append(nil) }
        places[place] = (number, value)
    }

    mutating func removeAll() {
        places.removeAll()
    }
}

package import TokenIMTesting

/// Where the one who makes something arbitrary gets its decisions from: chance, or bytes.
package protocol Choices {
    /// A number from 0 up to a bound, which is at least 1.
    mutating func below(_ bound: Int) -> Int
}

extension Choices {
    /// Once in so many times.
    package mutating func once(in times: Int) -> Bool { below(times) == 0 }

    package mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }
}

/// Choices by chance.
package struct RandomChoices: Choices {
    private var generator: SeededGenerator

    package init(_ generator: SeededGenerator) { self.generator = generator }

    package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
}

/// Choices as bytes say, for as long as there are any; then the first of everything.
package struct ByteChoices: Choices {
    private var bytes: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    package var isEmpty: Bool { bytes.isEmpty }

    package mutating func below(_ bound: Int) -> Int {
        var number = Int(bytes.popFirst() ?? 0)
        if bound > 256 { number = number << 8 | Int(bytes.popFirst() ?? 0) }
        return number % bound
    }
}

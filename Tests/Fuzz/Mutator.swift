import TokenIMTesting

/// Makes new inputs out of known ones.
struct Mutator {
    private var generator: SeededGenerator
    private let dictionary: [[UInt8]]
    private let maximumLength: Int

    /// Numbers at which something ends: of one byte, of seven bits, of a varint's longest form.
    private static let numbers: [[UInt8]] = [
        [0], [1], [0x7F], [0x80], [0xFF], [0x80, 0x01], [0xFF, 0x7F], [0x80, 0x80, 0x01], [0x7F, 0xFF], [0x80, 0],
        [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x80, 0x80, 0x80, 0x80, 0x10],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0],
    ]

    init(seed: UInt64, dictionary: [[UInt8]], maximumLength: Int) {
        generator = SeededGenerator(seed: seed)
        self.dictionary = dictionary
        self.maximumLength = maximumLength
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &generator) }

    /// One to eight changes of an input; `other` is another one to take pieces from.
    mutating func mutated(_ input: [UInt8], with other: [UInt8]) -> [UInt8] {
        var bytes = input
        for _ in 0...below(1 + below(8)) { change(&bytes, other) }
        return bytes.count > maximumLength ? Array(bytes.prefix(maximumLength)) : bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        let place = below(bytes.count + 1)
        let isInside = place < bytes.count
        switch below(dictionary.isEmpty ? 10 : 13) {
        case 0 where isInside: bytes[place] ^= 1 << UInt8(below(8))
        case 1 where isInside: bytes[place] = UInt8(below(256))
        case 2 where isInside: bytes[place] = bytes[place] &+ (below(2) == 0 ? 1 : 255)
        case 3: bytes.insert(UInt8(below(256)), at: place)
        case 4 where isInside: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(below(16) + 1)))
        case 5: bytes.removeLast(bytes.count - place)
        case 6: overwrite(&bytes, place, Self.numbers[below(Self.numbers.count)])
        case 7: bytes.insert(contentsOf: Self.numbers[below(Self.numbers.count)], at: place)
        case 8 where isInside:
            let piece = bytes[place..<min(bytes.count, place + 1 + below(24))]
            bytes.insert(contentsOf: piece, at: below(bytes.count + 1))
        case 9 where !other.isEmpty:
            let start = below(other.count)
            bytes.insert(contentsOf: other[start..<min(other.count, start + 1 + below(40))], at: place)
        case 10...: bytes.insert(contentsOf: dictionary[below(dictionary.count)], at: place)
        default: bytes.append(UInt8(below(256)))
        }
    }

    private func overwrite(_ bytes: inout [UInt8], _ place: Int, _ piece: [UInt8]) {
        bytes.replaceSubrange(place..<min(bytes.count, place + piece.count), with: piece)
    }
}

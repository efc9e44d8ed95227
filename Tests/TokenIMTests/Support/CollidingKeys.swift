@testable import TokenIM

/// Idempotency keys of one author that are different and have the same digest.
///
/// The digest multiplies what it has by what comes, so a word that makes one factor zero wipes out all that was before.
enum CollidingKeys {
    static func find(_ count: Int, author: UserNumber, seed: UInt64) -> [IdempotencyKey] {
        let whitener: UInt64 = 0xA076_1D64_78BD_642F
        var found: [IdempotencyKey] = []
        var number: UInt64 = 0
        while found.count < count, number < 4_000_000 {
            defer { number += 1 }
            let first = Array(String(number + 10_000_000).utf8)
            var digest = Digest(seed: seed)
            digest.combine(UInt64(author))
            digest.combine(UInt64(littleEndian: first.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }))
            let second = withUnsafeBytes(of: (digest.value ^ whitener).littleEndian) { Array($0) }
            guard second.allSatisfy({ 0x20..<0x7F ~= $0 }) else { continue }
            found.append(IdempotencyKey(trusted: String(decoding: first + second, as: UTF8.self)))
        }
        return found
    }
}

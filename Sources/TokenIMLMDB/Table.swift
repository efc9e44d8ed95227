/// A named table of one environment: rows of a key and a value, sorted by the bytes of the key.
///
/// Got from `Environment.table(_:)`. Using it with another environment throws `.misuse`.
public struct Table: Sendable, Hashable {
    /// The name it was declared with.
    public let name: String
    let handle: UInt32
    let environment: UInt32
    /// Where the checksums of its values begin.
    let seed: UInt32

    init(name: String, handle: UInt32, environment: UInt32) {
        self.name = name
        self.handle = handle
        self.environment = environment
        seed = SealedValue.seed(table: name)
    }

    /// The longest key that LMDB takes, in bytes. A key has at least one.
    public static let maximumKeyLength = 511
}

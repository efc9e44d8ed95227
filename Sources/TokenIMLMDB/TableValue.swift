/// What can be stored in a table by `TypedTable`: it has one form in bytes, and is made from it again.
///
/// The form is for ever: what is on disk must still be readable by the next version of the program. Begin it with a
/// version byte if it is not simple.
public protocol TableValue: Sendable {
    /// Appends the form to `bytes`.
    func encode(into bytes: inout [UInt8])

    /// Makes the value from its form, which is all of `bytes`.
    ///
    /// - Throws: anything, if `bytes` are not such a form. Must not trap, whatever they are.
    init(decoding bytes: RawSpan) throws
}

/// What can be the key of a row: its forms sort, byte by byte, as the keys should, and are 1 to 511 bytes long.
public protocol TableKey: TableValue {}

/// Stored bytes from which a value cannot be made.
public struct UndecodableValue: Error, Sendable, Hashable, CustomStringConvertible {
    /// What they are not.
    public let description: String

    /// - Parameter description: what the bytes are not, for people.
    public init(_ description: String) { self.description = description }
}

/// 8 bytes, big-endian.
extension UInt64: TableKey {
    public func encode(into bytes: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: self >> shift)) }
    }

    public init(decoding bytes: RawSpan) throws {
        guard bytes.byteCount == 8 else { throw UndecodableValue("not a number of 8 bytes") }
        self = bytes.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    }
}

/// 8 bytes, big-endian, with the sign bit turned so that negative numbers come first.
extension Int64: TableKey {
    public func encode(into bytes: inout [UInt8]) {
        (UInt64(bitPattern: self) ^ 1 << 63).encode(into: &bytes)
    }

    public init(decoding bytes: RawSpan) throws {
        self = Int64(bitPattern: try UInt64(decoding: bytes) ^ 1 << 63)
    }
}

/// UTF-8, sorted by Unicode scalar. As a key it must not be empty.
extension String: TableKey {
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }

    public init(decoding bytes: RawSpan) throws {
        let string = bytes.withUnsafeBytes { String(validating: $0, as: UTF8.self) }
        guard let string else { throw UndecodableValue("not UTF-8") }
        self = string
    }
}

/// The bytes themselves. As a key they must not be empty.
extension [UInt8]: TableValue, TableKey {
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: self) }

    public init(decoding bytes: RawSpan) throws {
        self = bytes.withUnsafeBytes { Array($0) }
    }
}

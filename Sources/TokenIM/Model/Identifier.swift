import TokenIMLMDB

/// A name that the host gives to something: 1 to 128 bytes of UTF-8 without control characters.
///
/// A literal in code is checked when it is reached and traps if malformed; input from outside goes through
/// ``init(_:)``, which throws. The type says what is named, so a user's name cannot be taken for a group's.
public struct Identifier<Subject>: Hashable, Sendable {
    public let rawValue: String

    /// The greatest length in UTF-8 bytes, of every identifier.
    public static var maximumLength: Int { 128 }

    /// - Throws: `malformed-identifier` when empty, longer than 128 bytes, or holding a control character.
    public init(_ string: String) throws(IMError) {
        if let complaint = Self.complaint(about: string) {
            throw IMError(.malformedIdentifier, complaint)
        }
        rawValue = string
    }

    /// For names that have been checked before they were stored.
    init(trusted: String) {
        rawValue = trusted
    }

    private static func complaint(about string: String) -> String? {
        let length = string.utf8.count
        if length == 0 { return "an identifier needs at least one byte" }
        if length > maximumLength { return "an identifier has at most \(maximumLength) bytes of UTF-8, not \(length)" }
        return string.withBytes(hasControl) ? "an identifier holds no control characters" : nil
    }

    private static func hasControl(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var before: UInt8 = 0
        for byte in bytes {
            // C1 controls are two bytes of UTF-8: 0xC2 followed by 0x80 ... 0x9F.
            if byte < 0x20 || byte == 0x7F || (before == 0xC2 && byte < 0xA0) { return true }
            before = byte
        }
        return false
    }
}

extension Identifier: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) {
        let complaint = Self.complaint(about: value)
        precondition(complaint == nil, "malformed identifier literal: \(complaint ?? "")")
        rawValue = value
    }
}

extension Identifier: Comparable {
    /// The order of the UTF-8 bytes, which is also the order in which the store lists names.
    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue.compareUTF8(right.rawValue) < 0
    }

    // Swift's String compares by canonical equivalence; the store compares bytes. Names are equal when their bytes are.
    public static func == (left: Self, right: Self) -> Bool {
        left.rawValue.compareUTF8(right.rawValue) == 0
    }

    public func hash(into hasher: inout Hasher) {
        rawValue.withBytes { hasher.combine(bytes: $0) }
    }
}

extension Identifier: CustomStringConvertible {
    public var description: String { rawValue }
}

public typealias UserID = Identifier<User>
public typealias GroupID = Identifier<Group>
public typealias DeviceID = Identifier<Device>

/// The caller's name for one request. The same author's second request with the same key has no second effect.
public typealias IdempotencyKey = Identifier<Receipt>

/// The name of a durable consumer of the journal.
public typealias ConsumerID = Identifier<Consumer>

/// Where an entry stands in the journal: 1, 2, 3 … over the whole engine, without gaps.
public typealias Position = UInt64

/// Where an entry stands in its conversation: 1, 2, 3 … without gaps, the same for everyone who sees it.
public typealias SequenceNumber = UInt64

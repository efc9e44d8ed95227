/// What a message carries.
public struct Content: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case text(String)
        case custom(type: String, bytes: [UInt8])
    }

    let value: Value

    /// Plain text. The limit is on its UTF-8 bytes (`Limits.contentBytes`).
    public static func text(_ text: String) -> Content { Content(value: .text(text)) }

    /// Bytes that the engine does not look into, for example content that only the devices can decrypt.
    ///
    /// `type` tells the receiving application what they are: 1 to 128 bytes of UTF-8 without control characters.
    public static func custom(type: String, bytes: [UInt8]) -> Content {
        Content(value: .custom(type: type, bytes: bytes))
    }

    /// The text, when the content is text.
    public var text: String? {
        if case .text(let text) = value { text } else { nil }
    }

    /// The type and the bytes, when the content is custom.
    public var custom: (type: String, bytes: [UInt8])? {
        if case .custom(let type, let bytes) = value { (type, bytes) } else { nil }
    }

    /// How many bytes count against `Limits.contentBytes`.
    public var byteCount: Int {
        switch value {
        case .text(let text): text.utf8.count
        case .custom(let type, let bytes): type.utf8.count + bytes.count
        }
    }

    // Texts are equal when their bytes are: what a retry must repeat is what the devices get.
    public static func == (left: Content, right: Content) -> Bool {
        switch (left.value, right.value) {
        case (.text(let one), .text(let other)): one.utf8.elementsEqual(other.utf8)
        case (.custom(let type, let bytes), .custom(let otherType, let otherBytes)):
            type.utf8.elementsEqual(otherType.utf8) && bytes == otherBytes
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch value {
        case .text(let text): text.utf8.forEach { hasher.combine($0) }
        case .custom(_, let bytes): hasher.combine(bytes)
        }
    }
}

extension Content: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = .text(text) }
}

/// A message as its receiver sees it.
public struct Message: Hashable, Sendable {
    /// Who sent it; nil when the host itself did.
    public let sender: UserID?
    public let content: Content
    /// The message of the same conversation that this one answers.
    public let replyTo: SequenceNumber?

    /// The text, or nothing when the content is of another kind.
    public var text: String { content.text ?? "" }
}

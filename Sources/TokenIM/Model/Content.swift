/// What a message carries.
///
/// Media travel by reference: the engine keeps where they are and what they are, never the picture itself.
public struct Content: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case text(String)
        case custom(type: String, bytes: [UInt8])
        indirect case image(Media)
        indirect case audio(Media)
        indirect case video(Media)
        indirect case file(Media)
        indirect case location(Location)
        indirect case card(Card)
    }

    /// The kinds of content. More may come.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        public static let text = Kind(description: "text")
        public static let image = Kind(description: "image")
        public static let audio = Kind(description: "audio")
        public static let video = Kind(description: "video")
        public static let file = Kind(description: "file")
        public static let location = Kind(description: "location")
        public static let card = Kind(description: "card")
        public static let custom = Kind(description: "custom")
    }

    let value: Value

    /// Plain text. The limit is on its UTF-8 bytes (`Limits.contentBytes`), as for all that follow.
    public static func text(_ text: String) -> Content { Content(value: .text(text)) }

    public static func image(_ media: Media) -> Content { Content(value: .image(media)) }
    public static func audio(_ media: Media) -> Content { Content(value: .audio(media)) }
    public static func video(_ media: Media) -> Content { Content(value: .video(media)) }
    public static func file(_ media: Media) -> Content { Content(value: .file(media)) }
    public static func location(_ location: Location) -> Content { Content(value: .location(location)) }
    public static func card(_ card: Card) -> Content { Content(value: .card(card)) }

    /// Bytes that the engine does not look into, for example content that only the devices can decrypt.
    ///
    /// `type` tells the receiving application what they are: 1 to 128 bytes of UTF-8 without control characters.
    public static func custom(type: String, bytes: [UInt8]) -> Content {
        Content(value: .custom(type: type, bytes: bytes))
    }

    public var kind: Kind {
        switch value {
        case .text: .text
        case .custom: .custom
        case .image: .image
        case .audio: .audio
        case .video: .video
        case .file: .file
        case .location: .location
        case .card: .card
        }
    }

    /// The text, when the content is text.
    public var text: String? {
        if case .text(let text) = value { text } else { nil }
    }

    /// What an image, audio, video or file refers to.
    public var media: Media? {
        switch value {
        case .image(let media), .audio(let media), .video(let media), .file(let media): media
        default: nil
        }
    }

    public var location: Location? {
        if case .location(let location) = value { location } else { nil }
    }

    public var card: Card? {
        if case .card(let card) = value { card } else { nil }
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
        case .image(let media), .audio(let media), .video(let media), .file(let media): media.byteCount
        case .location(let location): location.byteCount
        case .card(let card): card.byteCount
        }
    }

    // Contents are equal when their bytes are: what a retry must repeat is what the devices get.
    public static func == (left: Content, right: Content) -> Bool {
        switch (left.value, right.value) {
        case (.text(let one), .text(let other)): one.utf8.elementsEqual(other.utf8)
        case (.custom(let type, let bytes), .custom(let otherType, let otherBytes)):
            type.utf8.elementsEqual(otherType.utf8) && bytes == otherBytes
        case (.image(let one), .image(let other)), (.audio(let one), .audio(let other)),
            (.video(let one), .video(let other)), (.file(let one), .file(let other)):
            one == other
        case (.location(let one), .location(let other)): one == other
        case (.card(let one), .card(let other)): one == other
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        switch value {
        case .text(let text): text.utf8.forEach { hasher.combine($0) }
        case .custom(_, let bytes): hasher.combine(bytes)
        default: hasher.combine(byteCount)
        }
    }
}

extension Content: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = .text(text) }
}

/// Where an image, audio, video or file lies, and what it is.
public struct Media: Hashable, Sendable {
    /// A URL or the host's name for the stored bytes: 1 to 2,048 bytes of UTF-8. The engine does not open it.
    public var reference: String
    /// For example `image/jpeg`: up to 128 bytes; empty when unknown.
    public var mediaType: String
    /// In bytes.
    public var size: UInt64
    /// For files: up to 512 bytes.
    public var name: String?
    /// In pixels, 1 to 65,535 each; both or none.
    public var width: Int?
    public var height: Int?
    /// Of audio and video: 0 up to 30 days, kept to the millisecond.
    public var duration: Duration?
    /// A URL or name of a small picture: up to 2,048 bytes.
    public var thumbnail: String?
    /// For example the SHA-256 of the bytes: up to 64 bytes.
    public var digest: [UInt8]?
    /// Said along with it.
    public var caption: String?

    public init(
        _ reference: String, mediaType: String = "", size: UInt64 = 0, name: String? = nil, width: Int? = nil,
        height: Int? = nil, duration: Duration? = nil, thumbnail: String? = nil, digest: [UInt8]? = nil,
        caption: String? = nil
    ) {
        self.reference = reference
        self.mediaType = mediaType
        self.size = size
        self.name = name
        self.width = width
        self.height = height
        self.duration = duration
        self.thumbnail = thumbnail
        self.digest = digest
        self.caption = caption
    }

    var strings: [String?] { [reference, mediaType, name, thumbnail, caption] }

    var byteCount: Int { strings.byteCount + (digest?.count ?? 0) }

    public static func == (left: Media, right: Media) -> Bool {
        left.strings.isSameBytes(right.strings) && left.size == right.size && left.width == right.width
            && left.height == right.height && left.duration == right.duration && left.digest == right.digest
    }
}

/// A place on earth.
public struct Location: Hashable, Sendable {
    /// Degrees north, -90 to 90.
    public var latitude: Double
    /// Degrees east, -180 to 180.
    public var longitude: Double
    public var name: String?
    public var address: String?

    public init(latitude: Double, longitude: Double, name: String? = nil, address: String? = nil) {
        self.latitude = latitude
        self.longitude = longitude
        self.name = name
        self.address = address
    }

    var byteCount: Int { 16 + [name, address].byteCount }

    public static func == (left: Location, right: Location) -> Bool {
        left.latitude == right.latitude && left.longitude == right.longitude
            && [left.name, left.address].isSameBytes([right.name, right.address])
    }
}

/// Somebody or a group, recommended to others.
public struct Card: Hashable, Sendable {
    /// Whom it is about. The engine does not ask whether that exists: a card may outlive it.
    public var subject: Target
    public var name: String?
    public var avatar: String?

    public init(_ subject: Target, name: String? = nil, avatar: String? = nil) {
        self.subject = subject
        self.name = name
        self.avatar = avatar
    }

    var byteCount: Int { subject.name.utf8.count + [name, avatar].byteCount }

    public static func == (left: Card, right: Card) -> Bool {
        left.subject == right.subject && [left.name, left.avatar].isSameBytes([right.name, right.avatar])
    }
}

extension [String?] {
    var byteCount: Int { reduce(0) { $0 + ($1?.utf8.count ?? 0) } }

    // Swift's String compares by canonical equivalence; what is stored and sent are bytes.
    func isSameBytes(_ other: [String?]) -> Bool {
        count == other.count
            && zip(self, other).allSatisfy { one, other in
                guard let one, let other else { return one == nil && other == nil }
                return one.utf8.elementsEqual(other.utf8)
            }
    }
}

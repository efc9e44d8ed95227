import TokenIMLMDB

extension EventCoding {
    private enum ContentKind: UInt8 {
        case text = 1
        case custom = 2
        case image = 3
        case audio = 4
        case video = 5
        case file = 6
        case location = 7
        case card = 8
    }

    static func encode(_ content: Content, into writer: inout ByteWriter) {
        switch content.value {
        case .text(let text):
            writer.uint8(ContentKind.text.rawValue)
            writer.string(text)
        case .custom(let type, let bytes):
            writer.uint8(ContentKind.custom.rawValue)
            writer.string(type)
            writer.varint(UInt64(bytes.count))
            writer.bytes(bytes)
        case .image(let media): encode(media, .image, into: &writer)
        case .audio(let media): encode(media, .audio, into: &writer)
        case .video(let media): encode(media, .video, into: &writer)
        case .file(let media): encode(media, .file, into: &writer)
        case .location(let location):
            writer.uint8(ContentKind.location.rawValue)
            writer.uint64(location.latitude.bitPattern)
            writer.uint64(location.longitude.bitPattern)
            writer.strings([location.name, location.address])
        case .card(let card):
            writer.uint8(ContentKind.card.rawValue)
            switch card.subject.value {
            case .user: writer.uint8(0)
            case .group: writer.uint8(1)
            }
            writer.strings([card.subject.name, card.name, card.avatar])
        }
    }

    static func decodeContent(_ reader: inout ByteReader) throws -> Content {
        let raw = try reader.uint8()
        switch ContentKind(rawValue: raw) {
        case .text: return .text(try reader.string())
        case .custom:
            let type = try reader.string()
            return .custom(type: type, bytes: [UInt8](try reader.lengthPrefixed()))
        case .image: return .image(try decodeMedia(&reader))
        case .audio: return .audio(try decodeMedia(&reader))
        case .video: return .video(try decodeMedia(&reader))
        case .file: return .file(try decodeMedia(&reader))
        case .location:
            let latitude = Double(bitPattern: try reader.uint64())
            let longitude = Double(bitPattern: try reader.uint64())
            let strings = try reader.strings(2)
            return .location(
                Location(latitude: latitude, longitude: longitude, name: strings[0], address: strings[1]))
        case .card:
            let isGroup = try reader.flag()
            let strings = try reader.strings(3)
            guard let name = strings[0] else { throw IMError(.corrupt, "a card of nobody") }
            let subject = isGroup ? Target.group(GroupID(trusted: name)) : .user(UserID(trusted: name))
            return .card(Card(subject, name: strings[1], avatar: strings[2]))
        case nil: throw IMError(.unreadableStore, "content of unknown kind \(raw)")
        }
    }

    private struct MediaFlags: OptionSet {
        let rawValue: UInt8
        static let dimensions = MediaFlags(rawValue: 1)
        static let duration = MediaFlags(rawValue: 2)
        static let digest = MediaFlags(rawValue: 4)
        static let all = MediaFlags(rawValue: 7)
    }

    private static func encode(_ media: Media, _ kind: ContentKind, into writer: inout ByteWriter) {
        writer.uint8(kind.rawValue)
        var flags: MediaFlags = []
        if media.width != nil, media.height != nil { flags.insert(.dimensions) }
        if media.duration != nil { flags.insert(.duration) }
        if media.digest != nil { flags.insert(.digest) }
        writer.uint8(flags.rawValue)
        writer.strings(media.strings)
        writer.varint(media.size)
        // Also what has not been validated is encoded, for its digest.
        if let width = media.width, let height = media.height {
            writer.varint(UInt64(truncatingIfNeeded: width))
            writer.varint(UInt64(truncatingIfNeeded: height))
        }
        if let duration = media.duration {
            writer.varint(UInt64(truncatingIfNeeded: duration.wholeMicroseconds / 1_000))
        }
        if let digest = media.digest {
            writer.varint(UInt64(digest.count))
            writer.bytes(digest)
        }
    }

    private static func decodeMedia(_ reader: inout ByteReader) throws -> Media {
        let flags = MediaFlags(rawValue: try reader.uint8())
        guard flags.isSubset(of: .all) else {
            throw IMError(.unreadableStore, "media with unknown flags \(flags.rawValue)")
        }
        let strings = try reader.strings(5)
        guard let reference = strings[0], let mediaType = strings[1] else {
            throw IMError(.corrupt, "media without a reference")
        }
        var media = Media(reference, mediaType: mediaType, size: try reader.varint(), name: strings[2])
        (media.thumbnail, media.caption) = (strings[3], strings[4])
        if flags.contains(.dimensions) {
            media.width = Int(try reader.number())
            media.height = Int(try reader.number())
        }
        if flags.contains(.duration) {
            let milliseconds = try reader.varint()
            guard let duration = Int64(exactly: milliseconds) else {
                throw IMError(.corrupt, "media of \(milliseconds) milliseconds")
            }
            media.duration = .milliseconds(duration)
        }
        if flags.contains(.digest) { media.digest = [UInt8](try reader.lengthPrefixed()) }
        return media
    }
}

extension ByteWriter {
    /// At most eight strings, of which any may be missing.
    mutating func strings(_ strings: [String?]) {
        var mask: UInt8 = 0
        for (index, string) in strings.enumerated() where string != nil { mask |= 1 << UInt8(index) }
        uint8(mask)
        for case let string? in strings { self.string(string) }
    }
}

extension ByteReader {
    mutating func strings(_ count: Int) throws -> [String?] {
        let mask = try uint8()
        guard UInt16(mask) < 1 << UInt16(count) else { throw IMError(.corrupt, "strings of mask \(mask)") }
        var strings: [String?] = []
        for index in 0..<count { strings.append(mask & 1 << UInt8(index) == 0 ? nil : try string()) }
        return strings
    }
}

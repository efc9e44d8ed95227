import TokenIMLMDB

/// A message in the journal.
struct MessageBody: Equatable {
    var content: Content
    var replyTo: SequenceNumber
    /// What most messages have nothing of.
    var extras: Extras?

    init(_ content: Content, replyTo: SequenceNumber = 0, extras: Extras? = nil) {
        self.content = content
        self.replyTo = replyTo
        self.extras = extras
    }

    var isCounted: Bool { extras?.isCounted ?? true }

    final class Extras: Equatable, Sendable {
        let mentions: [UserNumber]
        let mentionsAll: Bool
        let isCounted: Bool
        let isSilent: Bool
        /// In microseconds after the entry's moment; nil when it does not expire.
        let expiresAfter: UInt64?
        /// In microseconds after the reading.
        let burnsAfter: UInt64?
        let origin: Origin?

        struct Origin: Equatable {
            var author: UserNumber
            var timestamp: Timestamp
        }

        init(
            mentions: [UserNumber] = [], mentionsAll: Bool = false, isCounted: Bool = true, isSilent: Bool = false,
            expiresAfter: UInt64? = nil, burnsAfter: UInt64? = nil, origin: Origin? = nil
        ) {
            self.mentions = mentions
            self.mentionsAll = mentionsAll
            self.isCounted = isCounted
            self.isSilent = isSilent
            self.expiresAfter = expiresAfter
            self.burnsAfter = burnsAfter
            self.origin = origin
        }

        static func == (left: Extras, right: Extras) -> Bool {
            left.mentions == right.mentions && left.mentionsAll == right.mentionsAll
                && left.isCounted == right.isCounted && left.isSilent == right.isSilent
                && left.expiresAfter == right.expiresAfter && left.burnsAfter == right.burnsAfter
                && left.origin == right.origin
        }
    }
}

extension MessageBody {
    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let mentions = Flags(rawValue: 1)
        static let mentionsAll = Flags(rawValue: 2)
        static let uncounted = Flags(rawValue: 4)
        static let silent = Flags(rawValue: 8)
        static let expires = Flags(rawValue: 16)
        static let burns = Flags(rawValue: 32)
        static let origin = Flags(rawValue: 64)
        static let all = Flags(rawValue: 127)
    }

    func encode(into writer: inout ByteWriter) {
        // The lowest bit says whether extras follow, so a plain message pays nothing for them.
        writer.varint(replyTo << 1 | (extras == nil ? 0 : 1))
        if let extras { Self.encode(extras, into: &writer) }
        EventCoding.encode(content, into: &writer)
    }

    private static func encode(_ extras: Extras, into writer: inout ByteWriter) {
        var flags: Flags = []
        if !extras.mentions.isEmpty { flags.insert(.mentions) }
        if extras.mentionsAll { flags.insert(.mentionsAll) }
        if !extras.isCounted { flags.insert(.uncounted) }
        if extras.isSilent { flags.insert(.silent) }
        if extras.expiresAfter != nil { flags.insert(.expires) }
        if extras.burnsAfter != nil { flags.insert(.burns) }
        if extras.origin != nil { flags.insert(.origin) }
        writer.uint8(flags.rawValue)
        if flags.contains(.mentions) { writer.numbers(extras.mentions) }
        if let expiresAfter = extras.expiresAfter { writer.varint(expiresAfter) }
        if let burnsAfter = extras.burnsAfter { writer.varint(burnsAfter) }
        if let origin = extras.origin {
            writer.varint(UInt64(origin.author))
            writer.timestamp(origin.timestamp)
        }
    }

    init(reading reader: inout ByteReader) throws {
        let first = try reader.varint()
        replyTo = first >> 1
        extras = first & 1 == 0 ? nil : try Self.decodeExtras(&reader)
        content = try EventCoding.decodeContent(&reader)
    }

    private static func decodeExtras(_ reader: inout ByteReader) throws -> Extras {
        let flags = Flags(rawValue: try reader.uint8())
        guard flags.isSubset(of: .all) else {
            throw IMError(.unreadableStore, "a message with unknown flags \(flags.rawValue)")
        }
        let mentions = flags.contains(.mentions) ? try reader.numbers() : []
        if flags.contains(.mentions), mentions.isEmpty { throw IMError(.corrupt, "mentions of nobody") }
        let expiresAfter = flags.contains(.expires) ? try reader.varint() : nil
        let burnsAfter = flags.contains(.burns) ? try reader.varint() : nil
        var origin: Extras.Origin?
        if flags.contains(.origin) {
            let author = try reader.number()
            origin = Extras.Origin(author: author, timestamp: try reader.timestamp())
        }
        return Extras(
            mentions: mentions, mentionsAll: flags.contains(.mentionsAll), isCounted: !flags.contains(.uncounted),
            isSilent: flags.contains(.silent), expiresAfter: expiresAfter, burnsAfter: burnsAfter, origin: origin)
    }
}

import TokenIMLMDB

extension Permissions {
    /// What is withheld, so that nothing is for most.
    func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(~rawValue))
    }

    init(reading reader: inout ByteReader) throws {
        self.init(rawValue: ~(try reader.number()))
    }
}

extension PresenceSetting {
    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let hidden = Flags(rawValue: 1)
        static let status = Flags(rawValue: 2)
        static let until = Flags(rawValue: 4)
        static let all = Flags(rawValue: 7)
    }

    func encode(into writer: inout ByteWriter) {
        var flags: Flags = []
        if isHidden { flags.insert(.hidden) }
        if customStatus != nil { flags.insert(.status) }
        if customStatus?.until != nil { flags.insert(.until) }
        writer.uint8(flags.rawValue)
        if let customStatus { writer.string(customStatus.text) }
        if let until = customStatus?.until { writer.timestamp(until) }
    }

    init(reading reader: inout ByteReader) throws {
        let flags = Flags(rawValue: try reader.uint8())
        guard flags.isSubset(of: .all), flags.contains(.status) || !flags.contains(.until) else {
            throw IMError(.unreadableStore, "a presence with unknown flags \(flags.rawValue)")
        }
        isHidden = flags.contains(.hidden)
        guard flags.contains(.status) else { return }
        let text = try reader.string()
        customStatus = CustomStatus(text, until: flags.contains(.until) ? try reader.timestamp() : nil)
    }
}

extension DeviceDetails {
    func encode(into writer: inout ByteWriter) {
        writer.optionalString(platform)
        writer.optionalString(pushToken)
    }

    init(reading reader: inout ByteReader) throws {
        platform = try reader.optionalString()
        pushToken = try reader.optionalString()
    }
}

extension ErasurePlace {
    func encode(into writer: inout ByteWriter) {
        writer.uint64(conversation.rawValue)
        writer.varint(sequence)
    }

    init(reading reader: inout ByteReader) throws {
        conversation = ConversationNumber(rawValue: try reader.uint64())
        sequence = try reader.varint()
    }
}

extension ByteWriter {
    /// Nothing and the empty string are the same.
    mutating func optionalString(_ string: String?) {
        self.string(string ?? "")
    }
}

extension ByteReader {
    mutating func optionalString() throws -> String? {
        let string = try string()
        return string.isEmpty ? nil : string
    }
}

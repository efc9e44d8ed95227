import TokenIMLMDB

/// What a user may see of a group: every stretch of its membership, the last of them open while it is a member.
struct MembershipRecord: Record, Equatable {
    struct Window: Equatable {
        /// The first entry that this membership sees: the one that tells of its beginning.
        var from: SequenceNumber
        /// How many messages lie before it.
        var countedBefore: UInt64
        /// The last entry that it sees, or nil while it lasts.
        var through: SequenceNumber?
    }

    var role: Role
    /// In order, at least one.
    var windows: [Window]

    /// More stretches than this are not kept apart: the oldest is forgotten, which hides its entries from history.
    static let greatestWindowCount = 32

    var isMember: Bool { current != nil }

    /// The open window of a member.
    var current: Window? {
        guard let last = windows.last, last.through == nil else { return nil }
        return last
    }

    init(role: Role, from: SequenceNumber, countedBefore: UInt64) {
        self.role = role
        windows = [Window(from: from, countedBefore: countedBefore, through: nil)]
    }

    func sees(_ sequence: SequenceNumber) -> Bool {
        windows.contains { $0.from <= sequence && sequence <= $0.through ?? .max }
    }

    mutating func rejoin(role: Role, from: SequenceNumber, countedBefore: UInt64) {
        self.role = role
        windows.append(Window(from: from, countedBefore: countedBefore, through: nil))
        if windows.count > Self.greatestWindowCount { windows.removeFirst() }
    }

    mutating func end(through sequence: SequenceNumber) {
        role = .member
        windows[windows.count - 1].through = sequence
    }

    init(reading reader: inout ByteReader) throws {
        role = Role(rawValue: try reader.uint8())
        windows = []
        let count = try reader.varint()
        guard count >= 1, count <= UInt64(Self.greatestWindowCount) else {
            throw IMError(.corrupt, "a membership of \(count) windows")
        }
        for _ in 0..<count {
            let (from, countedBefore, through) = (try reader.varint(), try reader.varint(), try reader.varint())
            // A window is never empty and sequences begin at 1, so 0 is free to say that it is open.
            windows.append(Window(from: from, countedBefore: countedBefore, through: through == 0 ? nil : through))
        }
    }

    func encode(into writer: inout ByteWriter) {
        writer.uint8(role.rawValue)
        writer.varint(UInt64(windows.count))
        for window in windows {
            writer.varint(window.from)
            writer.varint(window.countedBefore)
            writer.varint(window.through ?? 0)
        }
    }
}

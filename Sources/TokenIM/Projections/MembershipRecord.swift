import TokenIMLMDB

/// A user's place in a group, and what it may see of it: every stretch of its membership, the last of them open while
/// it is a member.
struct MembershipRecord: Record, Equatable {
    struct Window: Equatable {
        /// The first entry that this membership shows in history: at or before ``from``.
        var historyFrom: SequenceNumber
        /// The first entry that is delivered and may count as unread: the one that tells of the beginning.
        var from: SequenceNumber
        /// How many messages lie before ``from``.
        var countedBefore: UInt64
        /// The last entry that it sees, or nil while it lasts.
        var through: SequenceNumber?
    }

    var role: Role
    /// In order, at least one.
    var windows: [Window]
    /// The member may not speak before this moment. Outlasts the membership: leaving does not get around it.
    var mutedUntil: Timestamp?
    var nickname: String?
    /// The entry that changed it last.
    var changedAt: Position = 0

    /// More stretches than this are not kept apart: the oldest is forgotten, which hides its entries from history.
    static let greatestWindowCount = 32

    var isMember: Bool { current != nil }

    /// The open window of a member.
    var current: Window? {
        guard let last = windows.last, last.through == nil else { return nil }
        return last
    }

    /// The last entry that it sees, of one whose membership has ended.
    var lastSeen: SequenceNumber? { windows.last?.through }

    init(role: Role, _ window: Window) {
        self.role = role
        windows = [window]
    }

    /// Whether history shows it an entry.
    func sees(_ sequence: SequenceNumber) -> Bool {
        windows.contains { $0.historyFrom <= sequence && sequence <= $0.through ?? .max }
    }

    func isMuted(at moment: Timestamp) -> Bool {
        mutedUntil.map { $0 > moment } ?? false
    }

    mutating func rejoin(role: Role, _ window: Window) {
        self.role = role
        windows.append(window)
        if windows.count > Self.greatestWindowCount { windows.removeFirst() }
    }

    mutating func end(through sequence: SequenceNumber) {
        role = .member
        nickname = nil
        windows[windows.count - 1].through = sequence
    }

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let muted = Flags(rawValue: 1)
        static let nickname = Flags(rawValue: 2)
        static let all: Flags = [.muted, .nickname]
    }

    init(reading reader: inout ByteReader) throws {
        role = Role(rawValue: try reader.uint8())
        let flags = Flags(rawValue: try reader.uint8())
        guard flags.isSubset(of: .all) else {
            throw IMError(.unreadableStore, "a membership with unknown flags \(flags.rawValue)")
        }
        changedAt = try reader.varint()
        if flags.contains(.muted) { mutedUntil = try reader.timestamp() }
        if flags.contains(.nickname) { nickname = try reader.string() }
        windows = []
        let count = try reader.varint()
        guard count >= 1, count <= UInt64(Self.greatestWindowCount) else {
            throw IMError(.corrupt, "a membership of \(count) windows")
        }
        for _ in 0..<count {
            let (from, before) = (try reader.varint(), try reader.varint())
            guard before <= from else { throw IMError(.corrupt, "history that begins before the first entry") }
            let (countedBefore, through) = (try reader.varint(), try reader.varint())
            // A window is never empty and sequences begin at 1, so 0 is free to say that it is open.
            windows.append(
                Window(
                    historyFrom: from - before, from: from, countedBefore: countedBefore,
                    through: through == 0 ? nil : through))
        }
    }

    func encode(into writer: inout ByteWriter) {
        writer.uint8(role.rawValue)
        var flags: Flags = []
        if mutedUntil != nil { flags.insert(.muted) }
        if nickname != nil { flags.insert(.nickname) }
        writer.uint8(flags.rawValue)
        writer.varint(changedAt)
        if let mutedUntil { writer.timestamp(mutedUntil) }
        if let nickname { writer.string(nickname) }
        writer.varint(UInt64(windows.count))
        for window in windows {
            writer.varint(window.from)
            writer.varint(window.from - window.historyFrom)
            writer.varint(window.countedBefore)
            writer.varint(window.through ?? 0)
        }
    }
}

/// What a replay came to.
package struct Summary: Hashable, Sendable {
    /// Users that were made.
    package var users = 0
    /// Messages that were sent.
    package var messages = 0
    /// Messages that were not, because there was nothing in them.
    package var skipped = 0
    /// Lines of no form that means anything.
    package var ignored = 0
    /// Lines that changed a name.
    package var renames = 0
    /// Messages that were sent as a reply.
    package var replies = 0
    /// Messages that mention somebody.
    package var mentions = 0
    /// Members who became admins, and admins who became members again.
    package var roleChanges = 0
    /// Messages received by users who were online when they were sent.
    package var deliveriesLive = 0
    /// Messages received on connecting: what had been waiting.
    package var deliveriesCatchUp = 0
    /// Unread messages of all users together; nobody has marked anything as read but by sending.
    package var unreadAtEnd: UInt64 = 0
    package var journalEntries: UInt64 = 0
    /// What the store occupies after it was closed.
    package var bytesOnDisk: UInt64 = 0
    /// From opening the store until everything was acknowledged; the verification after it is not in it.
    package var seconds = 0.0
    /// The deliveries were right, the journal and what is derived from it agree, and no page of the files is damaged.
    package var verified = false

    package init() {}

    package var deliveries: Int { deliveriesLive + deliveriesCatchUp }

    /// One object, on one line.
    package var json: String {
        let members: [(String, String)] = [
            ("users", "\(users)"), ("messages", "\(messages)"), ("skipped", "\(skipped)"), ("ignored", "\(ignored)"),
            ("renames", "\(renames)"), ("replies", "\(replies)"), ("deliveriesLive", "\(deliveriesLive)"),
            ("deliveriesCatchUp", "\(deliveriesCatchUp)"), ("deliveries", "\(deliveries)"),
            ("unreadAtEnd", "\(unreadAtEnd)"), ("mentions", "\(mentions)"), ("roleChanges", "\(roleChanges)"),
            ("journalEntries", "\(journalEntries)"), ("bytesOnDisk", "\(bytesOnDisk)"),
            ("seconds", seconds.thousandths), ("verified", "\(verified)"),
        ]
        return "{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
    }

    /// For people: a line for each subject, its number in a column.
    package var text: String {
        let rate = seconds > 0 ? ", \(UInt64(Double(deliveries) / seconds).grouped) deliveries a second" : ""
        let rows: [(String, String, String)] = [
            ("users", users.grouped, "\(renames.counted("rename")), \(roleChanges.counted("role change"))"),
            (
                "messages", messages.grouped,
                "\(replies.counted("reply", "replies")), \(mentions.counted("mention")); "
                    + "\(skipped.counted("empty one")) skipped, \(ignored.counted("other line")) ignored"
            ),
            (
                "deliveries", deliveries.grouped,
                "\(deliveriesLive.grouped) live, \(deliveriesCatchUp.grouped) caught up later"
            ),
            ("unread", unreadAtEnd.grouped, ""),
            ("journal", journalEntries.grouped, "entries; \(bytesOnDisk.grouped) bytes on disk"),
            ("seconds", seconds.thousandths, "on a real clock\(rate)"),
            ("verified", verified ? "yes" : "NO", ""),
        ]
        let width = rows.map(\.1.count).max() ?? 0
        return rows.map { name, number, remark in
            let line = name.padded(to: 13) + String(repeating: " ", count: width - number.count) + number
            return remark.isEmpty ? line : line + "   " + remark
        }.joined(separator: "\n")
    }
}

extension Double {
    /// With three digits after the point.
    fileprivate var thousandths: String {
        let whole = UInt64((max(self, 0) * 1000).rounded())
        let fraction = String(whole % 1000)
        return "\(whole / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}

extension BinaryInteger {
    /// With a comma between groups of three digits.
    package var grouped: String {
        var result = ""
        for (index, digit) in String(self).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3), digit != "-" { result.append(",") }
            result.append(digit)
        }
        return String(result.reversed())
    }

    /// With what it counts, in its singular or plural.
    package func counted(_ one: String, _ many: String? = nil) -> String {
        "\(grouped) " + (self == 1 ? one : many ?? one + "s")
    }
}

extension String {
    /// With blanks after it, to a width in characters.
    package func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}

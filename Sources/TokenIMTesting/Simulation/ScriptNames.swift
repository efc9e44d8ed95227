package import TokenIM

/// What the numbers of a script stand for. Few names, so that they meet; some of them easily taken for others.
package enum ScriptNames {
    /// The last one is never created.
    static let userCount = 11
    static let groupCount = 7
    static let devicesPerUser = 3
    static let firstGroup = 100

    private static let users = ["a", "b", "a, b", "a, a", "\u{E9}", "e\u{301}", "g0", "u7", "u8", "u9", "nobody"]
    private static let groups = ["g0", "g1", "\u{E9}", "e\u{301}", "a", "g5", "g6"]
    private static let devices = ["phone", "tablet", "web"]

    static func user(_ number: Int) -> UserID { identifier(users[index(number, userCount)]) }

    static func group(_ number: Int) -> GroupID { identifier(groups[index(number, groupCount)]) }

    static func slot(_ number: Int) -> (user: UserID, device: DeviceID) {
        let number = index(number, userCount * devicesPerUser)
        return (user(number / devicesPerUser), identifier(devices[number % devicesPerUser]))
    }

    static func key(_ number: Int) -> IdempotencyKey? { number == 0 ? nil : identifier("k\(number)") }

    static func profile(_ number: Int) -> Profile {
        switch index(number, 8) {
        case 0: Profile()
        case 1: Profile(name: "\u{E9}")
        case 2: Profile(name: "e\u{301}")
        case 3: Profile(name: "")
        case 4: Profile(name: "n", avatar: "https://example.org/n")
        case 5: Profile(name: "n", attributes: ["key": "value", "a": "b"])
        case 6: Profile(name: String(repeating: "n", count: limits.profileBytes + 1))
        default: Profile(name: "n\(number)")
        }
    }

    static func content(_ number: Int) -> Content {
        switch number {
        case 0: .text("")
        case 1: .text(String(repeating: "t", count: limits.contentBytes + 1))
        case 2: .custom(type: "", bytes: [1])
        case 3: .text("\u{E9}")
        case 4: .text("e\u{301}")
        case 5...9: .custom(type: "type\(number)", bytes: Array(repeating: 0xFF, count: number - 5))
        default: .text("text \(number)")
        }
    }

    static func members(_ bits: Int) -> [UserID] {
        var members = (0..<userCount).filter { bits >> $0 & 1 == 1 }.map { user($0) }
        if bits >> 20 & 1 == 1, let first = members.first { members.append(first) }
        return members
    }

    static func conversation(_ with: Int, _ target: Int) -> Conversation {
        if target >= firstGroup { return .group(group(target - firstGroup)) }
        return target < 0 ? .personal(user(with)) : .direct(user(with), user(target))
    }

    static func target(_ number: Int) -> Target {
        number >= firstGroup ? .group(group(number - firstGroup)) : .user(user(max(0, number)))
    }

    /// Small limits, so that short scripts run into all of them.
    package static var limits: Limits {
        var limits = Limits()
        limits.contentBytes = 100
        limits.profileBytes = 60
        limits.groupMembers = 6
        limits.membersPerCommand = 4
        limits.groupsPerUser = 4
        limits.devicesPerUser = 2
        limits.pageSize = 40
        limits.trimmedPerCommand = 9
        limits.sessionWindow = 5
        limits.foldEntries = 7
        limits.keyMergeEntries = 16
        return limits
    }

    private static func index(_ number: Int, _ count: Int) -> Int { ((number % count) + count) % count }

    private static func identifier<Subject>(_ name: String) -> Identifier<Subject> {
        do { return try Identifier(name) } catch { preconditionFailure("\(error)") }
    }
}

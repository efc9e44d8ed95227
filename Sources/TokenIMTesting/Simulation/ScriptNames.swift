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
        case 61, 62: .image(Media("picture \(number)", caption: "\u{E9}"))
        case 63: .location(Location(latitude: 47.5, longitude: 7.6))
        case 5...9: .custom(type: "type\(number)", bytes: Array(repeating: 0xFF, count: number - 5))
        default: .text("text \(number)")
        }
    }

    /// What is said beside messages: a draft, a nickname, an announcement; none when 0.
    static func text(_ number: Int) -> String? {
        switch index(number, 8) {
        case 0: nil
        case 1: "\u{E9}"
        case 2: "e\u{301}"
        case 3: String(repeating: "x", count: 61)
        default: "text \(index(number, 8))"
        }
    }

    static func reaction(_ number: Int) -> String {
        ["\u{1F44D}", "\u{E9}", "e\u{301}", "a", "b"][index(number, 5)]
    }

    static func mentions(_ bits: Int) -> Mentions {
        bits < 0 ? .all : Mentions(members(bits))
    }

    static func options(_ number: Int, at now: Timestamp) -> MessageOptions {
        switch index(number, 16) {
        case 0: MessageOptions(isCounted: false)
        case 1: MessageOptions(isSilent: true)
        case 2: MessageOptions(expiresAfter: .seconds(5))
        case 3: MessageOptions(isCounted: false, expiresAfter: .seconds(30))
        case 4: MessageOptions(burnsAfterReading: .seconds(4))
        case 5: MessageOptions(burnsAfterReading: .zero)
        case 6: MessageOptions(scheduledFor: now.advanced(by: .seconds(6)))
        case 7: MessageOptions(expiresAfter: .seconds(3), scheduledFor: now.advanced(by: .seconds(9)))
        case 8: MessageOptions(scheduledFor: now.advanced(by: .seconds(-1)))
        case 9: MessageOptions(expiresAfter: .seconds(9), burnsAfterReading: .seconds(8))
        case 10: MessageOptions(expiresAfter: .milliseconds(999))
        case 11: MessageOptions(burnsAfterReading: .seconds(8 * 86_400))
        case 12: MessageOptions(scheduledFor: now.advanced(by: .seconds(367 * 86_400)))
        default: MessageOptions()
        }
    }

    static func policies(_ number: Int) -> GroupPolicies {
        var policies = GroupPolicies()
        let levels: [GroupPolicies.Level] = [.all, .admins, .owner, .all]
        policies.joining = [.anyone, .onApproval, .invitedOnly, .anyone][number & 3]
        policies.history = [.none, .all, .last(2), .last(5)][number >> 2 & 3]
        policies.inviting = levels[number >> 4 & 3]
        policies.posting = number >> 6 & 7 == 0 ? .admins : .all
        policies.mentioningAll = levels[number >> 9 & 3]
        policies.pinning = levels[number >> 11 & 3]
        policies.editingInformation = levels[number >> 13 & 3]
        policies.hasReadReceipts = number >> 15 & 3 != 0
        return policies
    }

    static func permissions(_ bits: Int) -> Permissions {
        bits < 0 ? .all : Permissions(rawValue: UInt32(bits & 31))
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
        limits.mentionsPerMessage = 2
        limits.editWindow = .seconds(120)
        limits.recallWindow = .seconds(30)
        limits.editsPerMessage = 3
        limits.reactionKindsPerMessage = 3
        limits.pinsPerConversation = 3
        limits.scheduledPerUser = 3
        limits.burningPerConversation = 3
        limits.adminsPerGroup = 2
        limits.invitationsPerCommand = 3
        limits.requestsPerGroup = 3
        limits.requestBytes = 20
        limits.requestExpiry = .seconds(100)
        limits.bansPerGroup = 2
        limits.contactsPerUser = 3
        limits.blocksPerUser = 2
        limits.deletedPerCommand = 3
        limits.hiddenPerConversation = 5
        limits.countedMentions = 3
        return limits
    }

    private static func index(_ number: Int, _ count: Int) -> Int { ((number % count) + count) % count }

    private static func identifier<Subject>(_ name: String) -> Identifier<Subject> {
        do { return try Identifier(name) } catch { preconditionFailure("\(error)") }
    }
}

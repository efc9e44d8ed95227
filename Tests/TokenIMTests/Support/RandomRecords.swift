@testable import TokenIM
import TokenIMTesting

/// Values from all over their ranges, small ones, great ones and those at the limits of their encodings.
enum RandomRecords {
    static func word(_ chance: inout SeededGenerator) -> UInt64 {
        switch Int.random(in: 0..<4, using: &chance) {
        case 0: .random(in: 0..<300, using: &chance)
        case 1: UInt64(1) << UInt64.random(in: 0..<64, using: &chance)
        case 2: .max - .random(in: 0..<3, using: &chance)
        default: .random(in: 0 ... .max, using: &chance)
        }
    }

    static func number(_ chance: inout SeededGenerator) -> UInt32 {
        UInt32(truncatingIfNeeded: word(&chance))
    }

    static func text(_ chance: inout SeededGenerator) -> String {
        let alphabet = ["a", "B", "\u{0}", "\u{E9}", "e\u{301}", "\u{1F600}", "\n", " "]
        return (0..<Int.random(in: 0..<20, using: &chance)).map { _ in alphabet.randomElement(using: &chance) ?? "" }
            .joined()
    }

    static func name<Subject>(_ chance: inout SeededGenerator) -> Identifier<Subject> {
        Identifier(trusted: "n\(word(&chance))")
    }

    static func profile(_ chance: inout SeededGenerator) -> Profile {
        var profile = Profile()
        if Bool.random(using: &chance) { profile.name = text(&chance) }
        if Bool.random(using: &chance) { profile.avatar = text(&chance) }
        for _ in 0..<Int.random(in: 0..<4, using: &chance) { profile.attributes[text(&chance)] = text(&chance) }
        return profile
    }

    static func conversation(_ chance: inout SeededGenerator) -> ConversationNumber {
        ConversationNumber(rawValue: word(&chance))
    }

    static func header(_ chance: inout SeededGenerator) -> EntryHeader {
        var header = EntryHeader(
            timestamp: Timestamp(microseconds: Int64(bitPattern: word(&chance))), conversation: conversation(&chance),
            sequence: word(&chance), author: number(&chance), device: number(&chance), request: nil)
        if Bool.random(using: &chance) {
            header.request = EntryHeader.Request(key: name(&chance), digest: word(&chance))
        }
        return header
    }

    private static func list<Value>(
        _ chance: inout SeededGenerator, _ make: (inout SeededGenerator) -> Value
    ) -> [Value] {
        var values: [Value] = []
        for _ in 0..<Int.random(in: 0..<6, using: &chance) { values.append(make(&chance)) }
        return values
    }

    static func event(_ chance: inout SeededGenerator) -> Event {
        switch Int.random(in: 0..<28, using: &chance) {
        case 0: .message(body(&chance))
        case 1: .edited(word(&chance) >> 1, body(&chance))
        case 2: .userCreated(number(&chance), name(&chance), profile(&chance))
        case 3: .userUpdated(number(&chance), profile(&chance))
        case 4: .userStatusChanged(number(&chance), [.active, .suspended, .deleted].randomElement(using: &chance)!)
        case 5: .deviceAdded(number(&chance), user: number(&chance), name(&chance), start: word(&chance))
        case 6: .cursorsMoved(list(&chance) { CursorMove(device: number(&$0), position: word(&$0)) })
        case 7: .groupCreated(group(&chance))
        case 8: .groupUpdated(profile(&chance))
        case 9: .membersAdded(list(&chance, number))
        case 10: .memberRemoved(number(&chance))
        case 11: .roleChanged(number(&chance), [.member, .admin, .owner].randomElement(using: &chance)!)
        case 12: .removedFromGroup(conversation(&chance))
        case 13: .readMarkerMoved(conversation(&chance), word(&chance), counted: word(&chance))
        case 14: .historyTrimmed(through: word(&chance), counted: word(&chance))
        case 15: .consumerChanged(name(&chance), list(&chance, change))
        case 16:
            .withdrawn(
                list(&chance) { Withdrawal(sequence: word(&$0) >> 1, wasCounted: Bool.random(using: &$0)) }, .expired)
        case 17: .reactionChanged(word(&chance), text(&chance), isOn: Bool.random(using: &chance))
        case 18: .pinChanged(word(&chance), isOn: Bool.random(using: &chance))
        case 19: .scheduled(body(&chance), to: conversation(&chance), at: moment(&chance))
        case 20: .scheduleEnded(word(&chance), .sent(word(&chance)))
        case 21: .setting(.set(conversation(&chance), setting(&chance)))
        case 22: .setting(.drafted(conversation(&chance), Bool.random(using: &chance) ? text(&chance) : nil))
        case 23: .setting(.cleared(conversation(&chance), through: word(&chance), counted: word(&chance)))
        case 24:
            .setting(
                .deleted(
                    conversation(&chance),
                    list(&chance) { Withdrawal(sequence: word(&$0) >> 1, wasCounted: Bool.random(using: &$0)) }))
        case 25: .person(personChange(&chance))
        case 26: .group(groupChange(&chance))
        default: .unchanged(conversation(&chance), word(&chance), word(&chance))
        }
    }

    static func group(_ chance: inout SeededGenerator) -> NewGroup {
        NewGroup(
            id: name(&chance), profile: profile(&chance), owner: number(&chance), members: list(&chance, number),
            kind: Bool.random(using: &chance) ? .channel : .group, policies: policies(&chance))
    }

    static func policies(_ chance: inout SeededGenerator) -> GroupPolicies {
        var policies = GroupPolicies()
        let levels = [GroupPolicies.Level.all, .admins, .owner]
        policies.joining = [.anyone, .onApproval, .invitedOnly].randomElement(using: &chance)!
        policies.inviting = levels.randomElement(using: &chance)!
        policies.posting = levels.randomElement(using: &chance)!
        policies.pinning = levels.randomElement(using: &chance)!
        policies.history = GroupPolicies.History(count: word(&chance))
        policies.hasReadReceipts = Bool.random(using: &chance)
        return policies
    }

    static func groupChange(_ chance: inout SeededGenerator) -> GroupChange {
        switch Int.random(in: 0..<10, using: &chance) {
        case 0: .policies(policies(&chance))
        case 1: .memberMuted(number(&chance), until: Bool.random(using: &chance) ? moment(&chance) : nil)
        case 2: .allMuted(Bool.random(using: &chance))
        case 3: .banChanged(number(&chance), isOn: Bool.random(using: &chance))
        case 4: .nicknameChanged(number(&chance), Bool.random(using: &chance) ? "n" + text(&chance) : nil)
        case 5: .announced(Bool.random(using: &chance) ? "a" + text(&chance) : nil)
        case 6:
            .invited(
                list(&chance, number), text: text(&chance), until: moment(&chance), refusals: list(&chance, number))
        case 7: .invitation(conversation(&chance), text: text(&chance), until: moment(&chance))
        case 8: .requested(conversation(&chance), number(&chance), text: text(&chance), until: moment(&chance))
        default:
            .requestEnded(conversation(&chance), number(&chance), RequestOutcome(rawValue: UInt8(word(&chance) & 255)))
        }
    }

    static func setting(_ chance: inout SeededGenerator) -> ConversationSetting {
        var setting = ConversationSetting()
        setting.isPinned = Bool.random(using: &chance)
        if Bool.random(using: &chance) { setting.mutedUntil = moment(&chance) }
        setting.isArchived = Bool.random(using: &chance)
        setting.isHidden = Bool.random(using: &chance)
        setting.isMarkedUnread = Bool.random(using: &chance)
        return setting
    }

    static func personChange(_ chance: inout SeededGenerator) -> PersonChange {
        switch Int.random(in: 0..<9, using: &chance) {
        case 0: .block(number(&chance), isOn: Bool.random(using: &chance))
        case 1: .contact(number(&chance), alias: filled(&chance))
        case 2: .contactRemoved(number(&chance))
        case 3: .permissions(Permissions(rawValue: number(&chance)))
        case 4: .presence(presence(&chance))
        case 5: .device(number(&chance), DeviceDetails(platform: filled(&chance), pushToken: filled(&chance)))
        case 6: .deviceRemoved(number(&chance), name(&chance))
        case 7: .seen(list(&chance) { UserSeen(user: number(&$0), moment: moment(&$0)) })
        default:
            .erased(
                number(&chance), through: ErasurePlace(conversation: conversation(&chance), sequence: word(&chance)))
        }
    }

    static func presence(_ chance: inout SeededGenerator) -> PresenceSetting {
        var setting = PresenceSetting(isHidden: Bool.random(using: &chance))
        if Bool.random(using: &chance) {
            setting.customStatus = CustomStatus(
                text(&chance), until: Bool.random(using: &chance) ? moment(&chance) : nil)
        }
        return setting
    }

    /// A text that is not empty, or nothing.
    private static func filled(_ chance: inout SeededGenerator) -> String? {
        let text = text(&chance)
        return text.isEmpty ? nil : text
    }

    static func body(_ chance: inout SeededGenerator) -> MessageBody {
        var body = MessageBody(content(&chance), replyTo: word(&chance) >> 1)
        guard Bool.random(using: &chance) else { return body }
        body.extras = MessageBody.Extras(
            mentions: list(&chance, number), mentionsAll: Bool.random(using: &chance),
            isCounted: Bool.random(using: &chance), isSilent: Bool.random(using: &chance),
            expiresAfter: Bool.random(using: &chance) ? word(&chance) : nil,
            burnsAfter: Bool.random(using: &chance) ? word(&chance) : nil,
            origin: Bool.random(using: &chance) ? .init(author: number(&chance), timestamp: moment(&chance)) : nil)
        return body
    }

    static func content(_ chance: inout SeededGenerator) -> Content {
        switch Int.random(in: 0..<8, using: &chance) {
        case 0: .text(text(&chance))
        case 1: .custom(type: text(&chance), bytes: Array(text(&chance).utf8))
        case 2: .image(media(&chance))
        case 3: .audio(media(&chance))
        case 4: .video(media(&chance))
        case 5: .file(media(&chance))
        case 6:
            .location(
                Location(
                    latitude: Double.random(in: -90...90, using: &chance),
                    longitude: Double.random(in: -180...180, using: &chance), name: text(&chance)))
        default: .card(Card(.user(name(&chance)), name: text(&chance)))
        }
    }

    private static func media(_ chance: inout SeededGenerator) -> Media {
        var media = Media(text(&chance), mediaType: text(&chance), size: word(&chance))
        if Bool.random(using: &chance) { (media.width, media.height) = (Int(number(&chance)), 0) }
        if Bool.random(using: &chance) { media.duration = .milliseconds(Int64(number(&chance))) }
        if Bool.random(using: &chance) { media.digest = Array(text(&chance).utf8) }
        if Bool.random(using: &chance) { media.caption = text(&chance) }
        return media
    }

    private static func moment(_ chance: inout SeededGenerator) -> Timestamp {
        Timestamp(microseconds: Int64(bitPattern: word(&chance)))
    }

    private static func change(_ chance: inout SeededGenerator) -> ConsumerChange {
        switch Int.random(in: 0..<6, using: &chance) {
        case 0: .created(start: word(&chance))
        case 1: .moved(word(&chance))
        case 2:
            .parked(
                word(&chance), deliveries: word(&chance),
                notBefore: Timestamp(microseconds: Int64(bitPattern: word(&chance))))
        case 3: .buried(word(&chance), deliveries: word(&chance))
        case 4: .settled(word(&chance))
        default: .deleted
        }
    }
}

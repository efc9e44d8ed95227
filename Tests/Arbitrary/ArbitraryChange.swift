package import TokenIM

/// Changes of every kind, asked for by anybody. Most make sense on their own; whether they are possible is for the
/// engine to say.
///
/// Few names, so that they meet.
package struct ArbitraryChange<Source: Choices> {
    package var source: Source
    /// Also what nobody would send: numbers at the ends of their ranges, texts that are empty, too long or malformed.
    package var isOdd = false
    /// What waits for a moment, such as messages that expire, waits for at least so long.
    package var leastWait = Duration.milliseconds(1)

    package init(_ source: Source) { self.source = source }

    /// The last one is never made.
    package static var users: [UserID] { ["ada", "bob", "cyd", "dan", "nobody"] }
    package static var groups: [GroupID] { ["all", "few", "none"] }
    package static var devices: [DeviceID] { ["phone", "tablet"] }

    // MARK: Parts

    package mutating func user() -> UserID { Self.users[source.once(in: 20) ? Self.users.count - 1 : source.below(4)] }

    package mutating func group() -> GroupID {
        Self.groups[source.once(in: 20) ? Self.groups.count - 1 : source.below(3) / 2]
    }

    package mutating func device() -> DeviceID { source.one(of: Self.devices) }

    package mutating func users() -> [UserID] { (0..<source.below(isOdd ? 4 : 3)).map { _ in user() } }

    /// A small one mostly, or one beyond everything.
    package mutating func number() -> UInt64 {
        guard isOdd, source.once(in: 5) else { return UInt64(source.below(source.once(in: 4) ? 120 : 12)) }
        return source.one(of: [.max, .max - 1, 1 << 63, (1 << 63) - 1, 1 << 62, 1 << 32, UInt64(UInt32.max)])
    }

    package mutating func conversation(of user: UserID) -> Conversation {
        switch source.below(isOdd ? 9 : 8) {
        case 0..<4: .group(group())
        case 4..<8: .direct(user, self.user())
        default: .personal(self.user())
        }
    }

    package mutating func target() -> Target { source.below(2) == 0 ? .group(group()) : .user(user()) }

    package mutating func text() -> String {
        let usual = ["hello", "x", "\u{E9}", "e\u{301}", "two words", "🙂"]
        guard isOdd, source.once(in: 6) else { return source.one(of: usual) }
        return source.one(of: [
            "", "\u{0}", "\n", "\u{202E}", String(repeating: "w", count: 129), String(repeating: "l", count: 5_000),
            String(repeating: "\u{1F600}", count: 40),
        ])
    }

    /// Long enough for a message or a group; endless or negative ones as well.
    package mutating func duration() -> Duration {
        guard isOdd, source.once(in: 8) else { return leastWait + .seconds(source.below(300)) }
        return source.one(of: [
            .zero, .seconds(-1), .seconds(Int64.max), .seconds(Int64.min), .microseconds(1), .nanoseconds(1),
            .seconds(366 * 86_400),
        ])
    }

    package mutating func moment(_ now: Timestamp) -> Timestamp {
        guard isOdd, source.once(in: 8) else { return now.advanced(by: duration()) }
        return source.one(of: [
            .zero, .distantFuture, now, Timestamp(microseconds: .min), Timestamp(microseconds: -1),
            now.advanced(by: .seconds(-3_600)),
        ])
    }

    package mutating func content() -> Content {
        switch source.below(10) {
        case 0: return .custom(type: text(), bytes: Array(text().utf8))
        case 1: return source.one(of: [.image(media()), .audio(media()), .video(media()), .file(media())])
        case 2:
            let (latitude, longitude) = (Double(source.below(181)) - 90, Double(source.below(361)) - 180)
            guard isOdd, source.once(in: 4) else {
                return .location(Location(latitude: latitude, longitude: longitude, name: text()))
            }
            return .location(Location(latitude: source.one(of: [.nan, .infinity, 90.1, -0.0]), longitude: longitude))
        case 3: return .card(Card(target(), name: text()))
        default: return .text(text())
        }
    }

    private mutating func media() -> Media {
        var media = Media(text(), mediaType: "image/png", size: number())
        if source.once(in: 2) { (media.width, media.height) = (source.below(5_000), source.below(5_000)) }
        if source.once(in: 3) { media.duration = duration() }
        if source.once(in: 3) { media.caption = text() }
        if source.once(in: 4) { media.digest = Array(text().utf8) }
        guard isOdd, source.once(in: 6) else { return media }
        media.width = source.one(of: [-1, .min, .max])
        if source.once(in: 2) { media.height = media.width }
        return media
    }

    private mutating func mentions() -> Mentions {
        source.once(in: 3) ? Mentions(users(), isAll: source.once(in: 4)) : .none
    }

    private mutating func options(_ now: Timestamp) -> MessageOptions {
        var options = MessageOptions()
        guard source.once(in: 3) else { return options }
        options.isCounted = !source.once(in: 3)
        options.isSilent = source.once(in: 3)
        if source.once(in: 3) { options.expiresAfter = duration() }
        if source.once(in: 4) { options.burnsAfterReading = duration() }
        if source.once(in: 4) { options.scheduledFor = moment(now) }
        return options
    }

    private mutating func policies() -> GroupPolicies {
        var policies = source.once(in: 4) ? GroupPolicies.channel : GroupPolicies()
        let levels = [GroupPolicies.Level.all, .admins, .owner]
        policies.joining = source.one(of: [.anyone, .onApproval, .invitedOnly])
        policies.inviting = source.one(of: levels)
        policies.posting = source.once(in: 3) ? source.one(of: levels) : .all
        policies.pinning = source.one(of: levels)
        policies.history = source.one(of: [.all, .none, .last(3), .last(isOdd ? .max : 1)])
        policies.hasReadReceipts = source.once(in: 2)
        return policies
    }

    package mutating func profile() -> Profile {
        Profile(name: text(), attributes: source.once(in: 3) ? [text(): text(), "k": text()] : [:])
    }

    // MARK: Changes

    /// A change, and who asks for it.
    package mutating func next(_ now: Timestamp) -> (change: Change, principal: Principal) {
        let user = self.user()
        let principal: Principal =
            source.once(in: 5) ? .host : .user(user, device: source.once(in: 2) ? device() : nil)
        let change: Change =
            switch source.below(5) {
            case 0: message(user, now)
            case 1: amendment(conversation(of: user))
            case 2: group(now)
            case 3: person(user, now)
            default: setting(conversation(of: user), now)
            }
        return (change, principal)
    }

    /// A message that waits for a moment: to be sent, to expire, or to burn.
    package mutating func waiting(_ now: Timestamp) -> (change: Change, principal: Principal) {
        let (user, duration) = (self.user(), leastWait + .seconds(source.below(300)))
        let options =
            switch source.below(4) {
            case 0: MessageOptions(scheduledFor: now.advanced(by: duration))
            case 1: MessageOptions(burnsAfterReading: duration)
            default: MessageOptions(expiresAfter: duration)
            }
        return (.send(content(), to: target(), mentions: mentions(), options: options), .user(user))
    }

    package mutating func message(_ user: UserID, _ now: Timestamp) -> Change {
        if source.once(in: 4) {
            return .forward(number(), of: conversation(of: user), to: target(), options: options(now))
        }
        return .send(
            content(), to: target(), replyTo: source.once(in: 3) ? number() : nil, mentions: mentions(),
            options: options(now))
    }

    package mutating func amendment(_ conversation: Conversation) -> Change {
        switch source.below(6) {
        case 0, 1: .edit(number(), in: conversation, content(), mentions: mentions())
        case 2: .recall(number(), in: conversation)
        case 3: .react(text(), to: number(), in: conversation, isOn: !source.once(in: 3))
        case 4: .pin(number(), in: conversation, isOn: !source.once(in: 3))
        default: .cancelScheduled(number())
        }
    }

    package mutating func group(_ now: Timestamp) -> Change {
        let group = self.group()
        return switch source.below(22) {
        case 0: .createGroup(group, profile(), owner: user(), members: users(), policies: policies())
        case 1: .updateGroup(group, profile())
        case 2: .setPolicies(policies(), of: group)
        case 3: .announce(source.once(in: 4) ? nil : text(), in: group)
        case 4: .addMembers(users(), to: group)
        case 5: .removeMember(user(), from: group)
        case 6: .leaveGroup(group, user())
        case 7: .setRole(source.one(of: [.admin, .member, .owner]), of: user(), in: group)
        case 8: .transferGroup(group, to: user())
        // What cannot be undone comes rarely.
        case 9: source.once(in: 8) ? .dissolveGroup(group) : .muteAll(in: group, isOn: source.once(in: 2))
        case 10, 11: .ban(user(), from: group, isOn: source.once(in: 2))
        case 12: .mute(user(), in: group, until: source.once(in: 3) ? nil : moment(now))
        case 13: .muteAll(in: group, isOn: source.once(in: 3))
        case 14: .setNickname(source.once(in: 3) ? nil : text(), of: user(), in: group)
        case 15: .joinGroup(group)
        case 16: .requestToJoin(group, text: text())
        case 17: .withdrawRequest(to: group)
        case 18: .answerRequest(of: user(), to: group, isApproved: source.once(in: 2))
        case 19: .invite(users(), to: group, text: text())
        case 20: .withdrawInvitation(of: user(), to: group)
        default: .answerInvitation(to: group, isAccepted: source.once(in: 2))
        }
    }

    package mutating func person(_ user: UserID, _ now: Timestamp) -> Change {
        switch source.below(9) {
        case 0, 1: .block(self.user(), isOn: source.once(in: 2))
        case 2, 3: .setContact(self.user(), alias: source.once(in: 2) ? nil : text())
        case 4: .removeContact(self.user())
        case 5:
            .setPermissions(
                source.once(in: 2) ? .all : Permissions(rawValue: UInt32(truncatingIfNeeded: number())),
                of: self.user())
        case 6:
            .setCustomStatus(
                source.once(in: 3) ? nil : CustomStatus(text(), until: source.once(in: 2) ? moment(now) : nil))
        case 7: .setHidden(source.once(in: 2))
        default:
            source.once(in: 4)
                ? .removeDevice(device(), of: user)
                : .setDevice(device(), of: user, platform: text(), pushToken: source.once(in: 2) ? text() : nil)
        }
    }

    package mutating func setting(_ conversation: Conversation, _ now: Timestamp) -> Change {
        switch source.below(8) {
        case 0: .pinConversation(conversation, isOn: !source.once(in: 3))
        case 1: .muteConversation(conversation, until: source.once(in: 3) ? nil : moment(now))
        case 2: .archive(conversation, isOn: !source.once(in: 3))
        case 3: .hide(conversation, isOn: !source.once(in: 3))
        case 4: .markUnread(conversation, isOn: !source.once(in: 3))
        case 5: .setDraft(source.once(in: 3) ? nil : text(), in: conversation)
        case 6: .clear(conversation, through: number())
        default: .deleteForMe((0..<source.below(4)).map { _ in number() }, in: conversation)
        }
    }
}

internal import TokenIM

/// Who asks.
enum ModelActor: Hashable, Sendable {
    case host
    case user(UserID)
    case session(UserID, DeviceID)

    var user: UserID? {
        switch self {
        case .host: nil
        case .user(let id), .session(let id, _): id
        }
    }

    var device: DeviceID? {
        if case .session(_, let device) = self { device } else { nil }
    }
}

/// Why something is refused. Where several things are wrong any of them may be named.
struct Refusal: Error {
    var codes: [IMError.Code]

    init(_ codes: IMError.Code...) { self.codes = codes }

    init(_ codes: [IMError.Code]) { self.codes = codes }
}

/// What a change amounts to.
enum ModelAnswer {
    case appended(ReferenceModel.Line)
    case duplicate(ReferenceModel.Line?, Timestamp)
    /// Everything is as asked for already.
    case unchanged(Conversation)
    case refused([IMError.Code])
}

/// A change, with everything that it names.
enum ModelAction {
    case createUser(UserID, Profile)
    case updateUser(UserID, Profile)
    case setStatus(UserID, User.Status)
    case createGroup(
        GroupID, Profile, owner: UserID, members: [UserID], kind: Group.Kind = .group, policies: GroupPolicies? = nil)
    case updateGroup(GroupID, Profile)
    case add([UserID], GroupID)
    case remove(UserID, GroupID)
    case leave(UserID, GroupID)
    case setRole(Role, UserID, GroupID)
    case transfer(GroupID, UserID)
    case dissolve(GroupID)
    case send(
        Content, Target, replyTo: SequenceNumber?, mentions: Mentions = .none,
        options: MessageOptions = MessageOptions())
    case markRead(Conversation, SequenceNumber, UserID)
    case trim(Conversation, SequenceNumber)

    case forward(SequenceNumber, Conversation, Target, MessageOptions)
    case edit(SequenceNumber, Conversation, Content, Mentions)
    case recall(SequenceNumber, Conversation)
    case react(String, SequenceNumber, Conversation, isOn: Bool)
    case pin(SequenceNumber, Conversation, isOn: Bool)
    case cancelScheduled(SequenceNumber)

    case setPolicies(GroupPolicies, GroupID)
    case announce(String?, GroupID)
    case ban(UserID, GroupID, isOn: Bool)
    case muteMember(UserID, GroupID, until: Timestamp?)
    case muteAll(GroupID, isOn: Bool)
    case setNickname(String?, UserID, GroupID)
    case join(GroupID)
    case request(GroupID, String)
    case withdrawRequest(GroupID)
    case answerRequest(UserID, GroupID, isApproved: Bool)
    case invite([UserID], GroupID, String)
    case withdrawInvitation(UserID, GroupID)
    case answerInvitation(GroupID, isAccepted: Bool)

    case block(UserID, isOn: Bool)
    case setContact(UserID, String?)
    case removeContact(UserID)
    case setPermissions(Permissions, UserID)
    case setCustomStatus(CustomStatus?)
    case setHidden(Bool)
    case removeDevice(DeviceID, UserID)

    case pinConversation(Conversation, isOn: Bool)
    case muteConversation(Conversation, until: Timestamp?)
    case archive(Conversation, isOn: Bool)
    case hide(Conversation, isOn: Bool)
    case markUnread(Conversation, isOn: Bool)
    case setDraft(String?, Conversation)
    case clear(Conversation, SequenceNumber)
    case deleteForMe([SequenceNumber], Conversation)

    /// Tells it from another. Names are told apart by their bytes.
    var text: [UInt8] {
        switch self {
        case .createUser(let id, let profile): Array("createUser \(id) \(profile.exactText)".utf8)
        case .updateUser(let id, let profile): Array("updateUser \(id) \(profile.exactText)".utf8)
        case .updateGroup(let id, let profile): Array("updateGroup \(id) \(profile.exactText)".utf8)
        case .createGroup(let id, let profile, let owner, let members, let kind, let policies):
            Array("createGroup \(id) \(profile.exactText) \(owner) \(members) \(kind) \(policies, default: "")".utf8)
        default: Array("\(self)".utf8)
        }
    }

    /// As the engine is asked for it; nil for what has a verb of its own only.
    var change: Change? {
        switch self {
        case .createUser, .updateUser, .setStatus, .markRead, .trim: nil
        case .createGroup(let id, let profile, let owner, let members, let kind, let policies):
            .createGroup(id, profile, owner: owner, members: members, kind: kind, policies: policies)
        case .updateGroup(let id, let profile): .updateGroup(id, profile)
        case .add(let users, let id): .addMembers(users, to: id)
        case .remove(let user, let id): .removeMember(user, from: id)
        case .leave(let user, let id): .leaveGroup(id, user)
        case .setRole(let role, let user, let id): .setRole(role, of: user, in: id)
        case .transfer(let id, let user): .transferGroup(id, to: user)
        case .dissolve(let id): .dissolveGroup(id)
        case .send(let content, let target, let replyTo, let mentions, let options):
            .send(content, to: target, replyTo: replyTo, mentions: mentions, options: options)
        case .forward(let sequence, let conversation, let target, let options):
            .forward(sequence, of: conversation, to: target, options: options)
        case .edit(let sequence, let conversation, let content, let mentions):
            .edit(sequence, in: conversation, content, mentions: mentions)
        case .recall(let sequence, let conversation): .recall(sequence, in: conversation)
        case .react(let reaction, let sequence, let conversation, let isOn):
            .react(reaction, to: sequence, in: conversation, isOn: isOn)
        case .pin(let sequence, let conversation, let isOn): .pin(sequence, in: conversation, isOn: isOn)
        case .cancelScheduled(let sequence): .cancelScheduled(sequence)
        default: changeOfGroup ?? changeOfOneself
        }
    }

    private var changeOfGroup: Change? {
        switch self {
        case .setPolicies(let policies, let id): .setPolicies(policies, of: id)
        case .announce(let text, let id): .announce(text, in: id)
        case .ban(let user, let id, let isOn): .ban(user, from: id, isOn: isOn)
        case .muteMember(let user, let id, let moment): .mute(user, in: id, until: moment)
        case .muteAll(let id, let isOn): .muteAll(in: id, isOn: isOn)
        case .setNickname(let nickname, let user, let id): .setNickname(nickname, of: user, in: id)
        case .join(let id): .joinGroup(id)
        case .request(let id, let text): .requestToJoin(id, text: text)
        case .withdrawRequest(let id): .withdrawRequest(to: id)
        case .answerRequest(let user, let id, let isApproved):
            .answerRequest(of: user, to: id, isApproved: isApproved)
        case .invite(let users, let id, let text): .invite(users, to: id, text: text)
        case .withdrawInvitation(let user, let id): .withdrawInvitation(of: user, to: id)
        case .answerInvitation(let id, let isAccepted): .answerInvitation(to: id, isAccepted: isAccepted)
        default: nil
        }
    }

    private var changeOfOneself: Change? {
        switch self {
        case .block(let user, let isOn): .block(user, isOn: isOn)
        case .setContact(let user, let alias): .setContact(user, alias: alias)
        case .removeContact(let user): .removeContact(user)
        case .setPermissions(let permissions, let user): .setPermissions(permissions, of: user)
        case .setCustomStatus(let status): .setCustomStatus(status)
        case .setHidden(let isHidden): .setHidden(isHidden)
        case .removeDevice(let device, let user): .removeDevice(device, of: user)
        case .pinConversation(let conversation, let isOn): .pinConversation(conversation, isOn: isOn)
        case .muteConversation(let conversation, let moment): .muteConversation(conversation, until: moment)
        case .archive(let conversation, let isOn): .archive(conversation, isOn: isOn)
        case .hide(let conversation, let isOn): .hide(conversation, isOn: isOn)
        case .markUnread(let conversation, let isOn): .markUnread(conversation, isOn: isOn)
        case .setDraft(let text, let conversation): .setDraft(text, in: conversation)
        case .clear(let conversation, let sequence): .clear(conversation, through: sequence)
        case .deleteForMe(let sequences, let conversation): .deleteForMe(sequences, in: conversation)
        default: nil
        }
    }
}

extension Profile {
    /// Equal texts for profiles whose bytes are equal, and only for those.
    var exactText: String {
        let attributes = attributes.map { [Array($0.key.utf8), Array($0.value.utf8)] }.sorted {
            $0[0].lexicographicallyPrecedes($1[0])
        }
        return "\(name.map { Array($0.utf8) } as [UInt8]?) \(avatar.map { Array($0.utf8) } as [UInt8]?) \(attributes)"
    }
}

internal import TokenIM

/// A change with the one who asks for it, ready for the engine and the model.
struct ResolvedChange: Sendable {
    var action: ModelAction
    var actor: ModelActor
    var key: IdempotencyKey?
    /// The session of the one who asks.
    var session: Session?
    /// Whether it is asked for as a value rather than by its verb.
    var isValue = false

    var principal: Principal {
        switch actor {
        case .host: .host
        case .user(let user), .session(let user, _): .user(user)
        }
    }
}

extension Simulation {
    /// Puts names for the numbers of a change, and sequences for its places.
    func resolveChange(_ command: ScriptCommand) -> ResolvedChange {
        var actor = ModelActor.host
        var session: Session?
        if command[.actor] >= 0 {
            actor = .user(ScriptNames.slot(command[.actor]).user)
            if openConnection(command[.actor]) != nil, let open = sessions[command[.actor]] {
                session = open
                actor = .session(open.user, open.device)
            }
        }
        let action: ModelAction =
            switch command.verb {
            case .say, .forward, .edit, .recall, .react, .pin, .cancelScheduled: messageAction(command, actor)
            case .block, .setContact, .removeContact, .setPermissions, .setCustomStatus, .setHidden, .removeDevice,
                .pinConversation, .muteConversation, .archive, .hide, .markUnread, .setDraft, .clear, .deleteForMe:
                ownAction(command)
            default: groupAction(command)
            }
        return ResolvedChange(
            action: action, actor: actor, key: ScriptNames.key(command[.key]), session: session, isValue: true)
    }

    private func conversation(_ command: ScriptCommand) -> Conversation {
        ScriptNames.conversation(command[.with], command[.target])
    }

    private func place(_ command: ScriptCommand, in conversation: Conversation) -> SequenceNumber {
        relative(command[.place], to: model.log(conversation)?.head ?? 0)
    }

    private func messageAction(_ command: ScriptCommand, _ actor: ModelActor) -> ModelAction {
        let conversation = conversation(command)
        let place = place(command, in: conversation)
        let content = ScriptNames.content(command[.content])
        let mentions = ScriptNames.mentions(command[.mentions])
        let options = ScriptNames.options(command[.options], at: max(time.now(), model.latest))
        switch command.verb {
        case .say:
            let target = ScriptNames.target(command[.target])
            let head =
                target.group.map { model.log(.group($0))?.head ?? 0 } ?? model.log(
                    .direct(actor.user ?? "nobody", target.user ?? "nobody"))?.head ?? 0
            let reply = command[.reply]
            let replyTo = reply == 0 ? nil : max(1, relative(reply > 0 ? reply - 1 : reply, to: head))
            return .send(content, target, replyTo: replyTo, mentions: mentions, options: options)
        case .forward:
            return .forward(place, conversation, .user(ScriptNames.user(command[.user])), options)
        case .edit: return .edit(place, conversation, content, mentions)
        case .recall: return .recall(place, conversation)
        case .react:
            return .react(ScriptNames.reaction(command[.reaction]), place, conversation, isOn: command[.on] != 0)
        case .pin: return .pin(place, conversation, isOn: command[.on] != 0)
        default:
            let head = model.log(.personal(actor.user ?? "nobody"))?.head ?? 0
            return .cancelScheduled(relative(command[.place], to: head))
        }
    }

    private func groupAction(_ command: ScriptCommand) -> ModelAction {
        let (group, user) = (ScriptNames.group(command[.group]), ScriptNames.user(command[.user]))
        let (text, isOn) = (ScriptNames.text(command[.text]), command[.on] != 0)
        switch command.verb {
        case .found:
            let isChannel = command[.policies] & 1 == 0
            return .createGroup(
                group, ScriptNames.profile(command[.profile]), owner: ScriptNames.user(command[.owner]),
                members: ScriptNames.members(command[.members]), kind: isChannel ? .channel : .group,
                policies: command[.policies] & 6 == 0 ? nil : ScriptNames.policies(command[.policies]))
        case .setPolicies: return .setPolicies(ScriptNames.policies(command[.policies]), group)
        case .announce: return .announce(text, group)
        case .ban: return .ban(user, group, isOn: isOn)
        case .muteMember: return .muteMember(user, group, until: moment(command[.seconds]))
        case .muteAll: return .muteAll(group, isOn: isOn)
        case .setNickname: return .setNickname(text, user, group)
        case .join: return .join(group)
        case .request: return .request(group, text ?? "")
        case .withdrawRequest: return .withdrawRequest(group)
        case .answerRequest: return .answerRequest(user, group, isApproved: isOn)
        case .invite: return .invite(ScriptNames.members(command[.members]), group, text ?? "")
        case .withdrawInvitation: return .withdrawInvitation(user, group)
        default: return .answerInvitation(group, isAccepted: isOn)
        }
    }

    private func ownAction(_ command: ScriptCommand) -> ModelAction {
        let (user, conversation) = (ScriptNames.user(command[.user]), conversation(command))
        let (text, isOn) = (ScriptNames.text(command[.text]), command[.on] != 0)
        switch command.verb {
        case .block: return .block(user, isOn: isOn)
        case .setContact: return .setContact(user, text)
        case .removeContact: return .removeContact(user)
        case .setPermissions: return .setPermissions(ScriptNames.permissions(command[.permissions]), user)
        case .setCustomStatus:
            return .setCustomStatus(text.map { CustomStatus($0, until: moment(command[.seconds])) })
        case .setHidden: return .setHidden(isOn)
        case .removeDevice:
            let (user, device) = ScriptNames.slot(command[.slot])
            return .removeDevice(device, user)
        case .pinConversation: return .pinConversation(conversation, isOn: isOn)
        case .muteConversation: return .muteConversation(conversation, until: moment(command[.seconds]))
        case .archive: return .archive(conversation, isOn: isOn)
        case .hide: return .hide(conversation, isOn: isOn)
        case .markUnread: return .markUnread(conversation, isOn: isOn)
        case .setDraft: return .setDraft(text, conversation)
        case .clear: return .clear(conversation, place(command, in: conversation))
        default:
            let head = model.log(conversation)?.head ?? 0
            let sequences = (0..<20).filter { command[.places] >> $0 & 1 == 1 }.map { head - min(head, UInt64($0)) }
            return .deleteForMe(sequences, conversation)
        }
    }

    private func moment(_ seconds: Int) -> Timestamp? {
        if seconds == 0 { return nil }
        return seconds < 0 ? .distantFuture : max(time.now(), model.latest).advanced(by: .seconds(seconds))
    }
}

/// The commands of a host transaction. Each does what the verb of the same name does elsewhere, and takes effect with
/// the transaction.
extension HostTransaction {
    @discardableResult
    public func send(
        _ content: Content, from sender: UserID, to target: Target, key: IdempotencyKey,
        replyTo: SequenceNumber? = nil, mentions: Mentions = .none, options: MessageOptions = MessageOptions()
    ) throws(IMError) -> Receipt {
        let change = Change.send(content, to: target, replyTo: replyTo, mentions: mentions, options: options)
        return try perform(change, by: .user(sender), key: key)
    }

    @discardableResult
    public func createUser(_ id: UserID, _ profile: Profile = Profile(), key: IdempotencyKey? = nil) throws(IMError)
        -> Receipt
    {
        try perform(Command(.createUser(id, profile), by: .host, key: key), in: .personal(id))
    }

    @discardableResult
    public func createGroup(
        _ id: GroupID, _ profile: Profile = Profile(), owner: UserID, members: [UserID] = [],
        kind: Group.Kind = .group, policies: GroupPolicies? = nil, key: IdempotencyKey? = nil
    ) throws(IMError) -> Receipt {
        let change = Change.createGroup(id, profile, owner: owner, members: members, kind: kind, policies: policies)
        return try perform(change, by: .host, key: key)
    }

    @discardableResult
    public func add(
        _ users: [UserID], to id: GroupID, key: IdempotencyKey? = nil
    ) throws(IMError) -> Receipt {
        try perform(Command(.addMembers(users, to: id), by: .host, key: key), in: .group(id))
    }

    @discardableResult
    public func remove(_ user: UserID, from id: GroupID, key: IdempotencyKey? = nil) throws(IMError) -> Receipt {
        try perform(Command(.removeMember(user, from: id), by: .host, key: key), in: .group(id))
    }

    /// Settles everything up to a position for a consumer, together with what else the transaction does: the effect of
    /// an entry and the note that it has been dealt with are then on disk together, or not at all.
    public func acknowledge(_ consumer: ConsumerID, through position: Position) throws(IMError) {
        let action = Action.changeConsumer(consumer, [.moved(position)])
        try perform(Command(action, by: .host))
    }
}

extension Live {
    /// The newest message of a direct conversation that its sender, who is connected, waits to hear of.
    struct Awaited {
        var sender: UserNumber
        var position: Position
    }

    /// Something to tell a sender: by the numbers that the live side knows, to be turned into a signal.
    struct Receipt {
        enum Fact {
            /// A device of the other has acknowledged everything up to a position.
            case delivered(Position)
            case read(SequenceNumber)
        }

        var fact: Fact
        var conversation: ConversationNumber
        /// Who got it or read it.
        var receiver: UserNumber
        var sender: UserNumber
    }

    /// More conversations are not watched at once: their senders ask.
    private static let greatestAwaitedCount = 100_000

    /// Notes that the sender of a message, when it is connected, wants to hear that it was delivered.
    mutating func awaitDelivery(of entry: Committed) {
        guard entry.isMessage, entry.conversation.kind == .direct, sessionsOfUser[entry.author] != nil else { return }
        let (low, high) = entry.conversation.directUsers
        guard low != high else { return }
        let receiver = entry.author == low ? high : low
        if awaited[receiver]?[entry.conversation] == nil {
            guard awaitedCount < Self.greatestAwaitedCount else { return }
            awaitedCount += 1
        }
        awaited[receiver, default: [:]][entry.conversation] = Awaited(sender: entry.author, position: entry.position)
    }

    /// Says whom to tell that a user's device has acknowledged everything up to a position.
    mutating func delivered(to receiver: UserNumber, through position: Position, _ actions: inout Actions) {
        guard let waiting = awaited[receiver] else { return }
        for (conversation, message) in waiting.sorted(by: { $0.key < $1.key }) {
            if sessionsOfUser[message.sender] != nil {
                actions.receipts.append(
                    Receipt(
                        fact: .delivered(position), conversation: conversation, receiver: receiver,
                        sender: message.sender))
            }
            if message.position <= position {
                awaited[receiver]?[conversation] = nil
                awaitedCount -= 1
            }
        }
        if awaited[receiver]?.isEmpty == true { awaited[receiver] = nil }
    }

    /// Says whom to tell that a user has read a direct conversation.
    func read(
        _ conversation: ConversationNumber, through sequence: SequenceNumber, by receiver: UserNumber,
        _ actions: inout Actions
    ) {
        let (low, high) = conversation.directUsers
        let sender = receiver == low ? high : low
        guard sender != receiver, sessionsOfUser[sender] != nil else { return }
        actions.receipts.append(
            Receipt(fact: .read(sequence), conversation: conversation, receiver: receiver, sender: sender))
    }

    /// Gives a signal to every session of a user. Returns the bells to ring.
    mutating func signal(_ signal: Signal, to user: UserNumber, except device: DeviceNumber = 0) -> [Doorbell] {
        var actions = Actions()
        for number in sessions(of: user) where device == 0 || sessions[number]?.device != device {
            send(signal, to: number, &actions)
        }
        return actions.ring
    }
}

import TokenIMLMDB

extension Core {
    /// Turns what senders are to be told into signals of their sessions. Returns the bells to ring.
    func signal(_ receipts: [Live.Receipt]) throws -> [Doorbell] {
        let snapshot = try snapshot()
        var bells: [Doorbell] = []
        for receipt in receipts {
            let kind: Signal.Kind
            let through: SequenceNumber
            switch receipt.fact {
            case .read(let sequence): (kind, through) = (.read, sequence)
            case .delivered(let position):
                (kind, through) = (
                    .delivered, try snapshot.firstSequence(above: position, in: receipt.conversation) - 1
                )
            }
            if through == 0 { continue }
            let signal = Signal(
                kind: kind, user: try snapshot.userID(receipt.receiver),
                conversation: try snapshot.conversation(receipt.conversation), isOn: true, through: through)
            bells += live.withLock { $0.signal(signal, to: receipt.sender) }
        }
        return bells
    }
}

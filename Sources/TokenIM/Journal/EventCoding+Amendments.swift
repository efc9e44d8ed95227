import TokenIMLMDB

extension EventCoding {
    static func encodeAmendment(_ event: Event, into writer: inout ByteWriter) {
        switch event {
        case .erased(let erasure, let wasCounted):
            writer.uint8(erasure.rawValue)
            writer.uint8(wasCounted ? 1 : 0)
        case .edited(let target, let body):
            writer.varint(target)
            body.encode(into: &writer)
        case .withdrawn(let withdrawals, let erasure):
            writer.uint8(erasure.rawValue)
            writer.withdrawals(withdrawals)
        case .reactionChanged(let target, let reaction, let isOn):
            writer.varint(target)
            writer.string(reaction)
            writer.uint8(isOn ? 1 : 0)
        case .pinChanged(let target, let isOn):
            writer.varint(target)
            writer.uint8(isOn ? 1 : 0)
        case .scheduled(let body, let conversation, let moment):
            writer.uint64(conversation.rawValue)
            writer.timestamp(moment)
            body.encode(into: &writer)
        case .scheduleEnded(let sequence, let outcome):
            writer.varint(sequence)
            encode(outcome, into: &writer)
        default: break
        }
    }

    static func decodeAmendment(_ kind: Kind, _ reader: inout ByteReader) throws -> Event {
        switch kind {
        case .erased:
            let erasure = Erasure(rawValue: try reader.uint8())
            return .erased(erasure, wasCounted: try reader.flag())
        case .edited:
            let target = try reader.varint()
            return .edited(target, try MessageBody(reading: &reader))
        case .withdrawn:
            let erasure = Erasure(rawValue: try reader.uint8())
            return .withdrawn(try reader.withdrawals(), erasure)
        case .reactionChanged:
            let (target, reaction) = (try reader.varint(), try reader.string())
            return .reactionChanged(target, reaction, isOn: try reader.flag())
        case .pinChanged:
            let target = try reader.varint()
            return .pinChanged(target, isOn: try reader.flag())
        case .scheduled:
            let conversation = ConversationNumber(rawValue: try reader.uint64())
            let moment = try reader.timestamp()
            return .scheduled(try MessageBody(reading: &reader), to: conversation, at: moment)
        default:
            let sequence = try reader.varint()
            return .scheduleEnded(sequence, try decodeScheduleOutcome(&reader))
        }
    }

    private static func encode(_ outcome: ScheduleOutcome, into writer: inout ByteWriter) {
        switch outcome {
        case .sent(let sequence):
            writer.uint8(1)
            writer.varint(sequence)
        case .cancelled: writer.uint8(2)
        case .refused(let code):
            writer.uint8(3)
            writer.varint(UInt64(code))
        }
    }

    private static func decodeScheduleOutcome(_ reader: inout ByteReader) throws -> ScheduleOutcome {
        let raw = try reader.uint8()
        switch raw {
        case 1: return .sent(try reader.varint())
        case 2: return .cancelled
        case 3: return .refused(try reader.number())
        default: throw IMError(.unreadableStore, "a schedule's outcome of unknown kind \(raw)")
        }
    }
}

extension ByteWriter {
    mutating func withdrawals(_ withdrawals: [Withdrawal]) {
        varint(UInt64(withdrawals.count))
        for withdrawal in withdrawals { varint(withdrawal.sequence << 1 | (withdrawal.wasCounted ? 1 : 0)) }
    }
}

extension ByteReader {
    mutating func withdrawals() throws -> [Withdrawal] {
        let count = try varint()
        guard count <= UInt64(remaining) else { throw IMError(.corrupt, "\(count) withdrawals in \(remaining) bytes") }
        var withdrawals: [Withdrawal] = []
        for _ in 0..<count {
            let word = try varint()
            withdrawals.append(Withdrawal(sequence: word >> 1, wasCounted: word & 1 != 0))
        }
        return withdrawals
    }
}

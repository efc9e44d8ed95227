import TokenIMLMDB

/// The layout of each event. Kinds are never renumbered and never given a second meaning.
enum EventCoding {
    enum Kind: UInt8, CaseIterable {
        case message = 1
        case erased = 2
        case userCreated = 3
        case userUpdated = 4
        case userStatusChanged = 5
        case deviceAdded = 6
        case cursorsMoved = 7
        case groupCreated = 8
        case groupUpdated = 9
        case membersAdded = 10
        case memberRemoved = 11
        case memberLeft = 12
        case roleChanged = 13
        case ownershipTransferred = 14
        case groupDissolved = 15
        case removedFromGroup = 16
        case readMarkerMoved = 17
        case historyTrimmed = 18
        case consumerChanged = 19
        case unchanged = 20
        case edited = 21
        case withdrawn = 22
        case reactionChanged = 23
        case pinChanged = 24
        case scheduled = 25
        case scheduleEnded = 26
        case group = 27
        case person = 28
        case setting = 29
    }

    static func kind(of event: Event) -> Kind {
        switch event {
        case .message: .message
        case .erased: .erased
        case .userCreated: .userCreated
        case .userUpdated: .userUpdated
        case .userStatusChanged: .userStatusChanged
        case .deviceAdded: .deviceAdded
        case .cursorsMoved: .cursorsMoved
        case .groupCreated: .groupCreated
        case .groupUpdated: .groupUpdated
        case .membersAdded: .membersAdded
        case .memberRemoved: .memberRemoved
        case .memberLeft: .memberLeft
        case .roleChanged: .roleChanged
        case .ownershipTransferred: .ownershipTransferred
        case .groupDissolved: .groupDissolved
        case .removedFromGroup: .removedFromGroup
        case .readMarkerMoved: .readMarkerMoved
        case .historyTrimmed: .historyTrimmed
        case .consumerChanged: .consumerChanged
        case .unchanged: .unchanged
        case .edited: .edited
        case .withdrawn: .withdrawn
        case .reactionChanged: .reactionChanged
        case .pinChanged: .pinChanged
        case .scheduled: .scheduled
        case .scheduleEnded: .scheduleEnded
        case .group: .group
        case .person: .person
        case .setting: .setting
        }
    }

    static func encode(_ event: Event, into writer: inout ByteWriter) {
        switch event {
        case .message(let body):
            body.encode(into: &writer)
        case .groupDissolved:
            break
        case .userCreated(let user, let id, let profile):
            writer.varint(UInt64(user))
            writer.string(id.rawValue)
            encode(profile, into: &writer)
        case .userUpdated(let user, let profile):
            writer.varint(UInt64(user))
            encode(profile, into: &writer)
        case .userStatusChanged(let user, let status):
            writer.varint(UInt64(user))
            writer.uint8(status.rawValue)
        case .deviceAdded(let device, let user, let id, let start):
            writer.varint(UInt64(device))
            writer.varint(UInt64(user))
            writer.string(id.rawValue)
            writer.varint(start)
        case .cursorsMoved(let moves):
            writer.varint(UInt64(moves.count))
            for move in moves {
                writer.varint(UInt64(move.device))
                writer.varint(move.position)
            }
        case .groupCreated(let group):
            group.encode(into: &writer)
        case .groupUpdated(let profile):
            encode(profile, into: &writer)
        case .membersAdded(let users):
            writer.numbers(users)
        case .memberRemoved(let user), .memberLeft(let user), .ownershipTransferred(let user):
            writer.varint(UInt64(user))
        case .roleChanged(let user, let role):
            writer.varint(UInt64(user))
            writer.uint8(role.rawValue)
        case .removedFromGroup(let conversation):
            writer.uint64(conversation.rawValue)
        case .readMarkerMoved(let conversation, let sequence, let counted):
            writer.uint64(conversation.rawValue)
            writer.varint(sequence)
            writer.varint(counted)
        case .historyTrimmed(let through, let counted):
            writer.varint(through)
            writer.varint(counted)
        case .consumerChanged(let id, let changes):
            writer.string(id.rawValue)
            writer.varint(UInt64(changes.count))
            for change in changes { encode(change, into: &writer) }
        case .unchanged(let conversation, let sequence, let position):
            writer.uint64(conversation.rawValue)
            writer.varint(sequence)
            writer.varint(position)
        case .erased, .edited, .withdrawn, .reactionChanged, .pinChanged, .scheduled, .scheduleEnded:
            encodeAmendment(event, into: &writer)
        case .group(let change): change.encode(into: &writer)
        case .person(let change): change.encode(into: &writer)
        case .setting(let change): change.encode(into: &writer)
        }
    }

    static func decode(_ kind: Kind, _ reader: inout ByteReader) throws -> Event {
        switch kind {
        case .message: return .message(try MessageBody(reading: &reader))
        case .erased, .edited, .withdrawn, .reactionChanged, .pinChanged, .scheduled, .scheduleEnded:
            return try decodeAmendment(kind, &reader)
        case .group: return .group(try GroupChange(reading: &reader))
        case .person: return .person(try PersonChange(reading: &reader))
        case .setting: return .setting(try SettingChange(reading: &reader))
        case .userCreated:
            let user = try reader.number()
            return .userCreated(user, UserID(trusted: try reader.string()), try decodeProfile(&reader))
        case .userUpdated:
            let user = try reader.number()
            return .userUpdated(user, try decodeProfile(&reader))
        case .userStatusChanged:
            let user = try reader.number()
            return .userStatusChanged(user, User.Status(rawValue: try reader.uint8()))
        case .deviceAdded:
            let (device, user) = (try reader.number(), try reader.number())
            let id = DeviceID(trusted: try reader.string())
            return .deviceAdded(device, user: user, id, start: try reader.varint())
        case .cursorsMoved: return .cursorsMoved(try decodeCursorMoves(&reader))
        case .groupCreated: return .groupCreated(try NewGroup(reading: &reader))
        case .groupUpdated: return .groupUpdated(try decodeProfile(&reader))
        case .membersAdded: return .membersAdded(try reader.numbers())
        case .memberRemoved: return .memberRemoved(try reader.number())
        case .memberLeft: return .memberLeft(try reader.number())
        case .roleChanged:
            let user = try reader.number()
            return .roleChanged(user, Role(rawValue: try reader.uint8()))
        case .ownershipTransferred: return .ownershipTransferred(try reader.number())
        case .groupDissolved: return .groupDissolved
        case .removedFromGroup: return .removedFromGroup(ConversationNumber(rawValue: try reader.uint64()))
        case .readMarkerMoved:
            let conversation = ConversationNumber(rawValue: try reader.uint64())
            return .readMarkerMoved(conversation, try reader.varint(), counted: try reader.varint())
        case .historyTrimmed:
            return .historyTrimmed(through: try reader.varint(), counted: try reader.varint())
        case .consumerChanged:
            let id = ConsumerID(trusted: try reader.string())
            var changes: [ConsumerChange] = []
            for _ in 0..<(try reader.varint()) { changes.append(try decodeConsumerChange(&reader)) }
            return .consumerChanged(id, changes)
        case .unchanged:
            let conversation = ConversationNumber(rawValue: try reader.uint64())
            return .unchanged(conversation, try reader.varint(), try reader.varint())
        }
    }

    private static func decodeCursorMoves(_ reader: inout ByteReader) throws -> [CursorMove] {
        var moves: [CursorMove] = []
        for _ in 0..<(try reader.varint()) {
            moves.append(CursorMove(device: try reader.number(), position: try reader.varint()))
        }
        return moves
    }
}

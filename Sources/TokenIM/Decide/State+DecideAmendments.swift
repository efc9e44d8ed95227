extension State {
    mutating func decideForward(
        _ sequence: SequenceNumber, of conversation: Conversation, to target: Target, _ options: MessageOptions,
        by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        throw IMError(.broken, "not there yet")
    }

    mutating func decideAmendment(
        _ action: Action, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        throw IMError(.broken, "not there yet")
    }

    mutating func decideCancelScheduled(
        _ sequence: SequenceNumber, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        throw IMError(.broken, "not there yet")
    }

    mutating func decideDue(_ task: DueTask) throws -> Decision {
        throw IMError(.broken, "not there yet")
    }
}

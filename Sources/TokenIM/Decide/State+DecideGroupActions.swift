extension State {
    mutating func decide(_ action: GroupAction, by author: UserNumber, on device: DeviceNumber) throws -> Decision {
        throw IMError(.broken, "not there yet")
    }
}

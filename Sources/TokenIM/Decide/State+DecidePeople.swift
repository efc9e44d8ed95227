extension State {
    mutating func decide(_ action: PersonAction, by author: UserNumber, on device: DeviceNumber) throws -> Decision {
        throw IMError(.broken, "not there yet")
    }
}

package import TokenIM

extension ReplayFailure {
    /// What an error of the engine means for the command. `place` says where: a file and line, or a directory.
    package init(engine error: IMError, _ place: String) {
        switch error.code {
        case .storageFull, .inputOutput, .outcomeUnknown:
            self.init(.inputOutput, "\(place): cannot write the store: \(error)")
        case .contentTooLarge, .profileTooLarge, .groupFull, .tooManyGroups, .tooManySessions, .malformedContent:
            self.init(.data, "\(place): \(error)")
        default:
            self.init(.software, "\(place): \(error)")
        }
    }

    /// An error while playing.
    package init(playing error: any Error, _ place: String) {
        switch error {
        case let failure as ReplayFailure: self.init(failure.status, "\(place): \(failure.message)")
        case let error as IMError: self.init(engine: error, place)
        default: self.init(.software, "\(place): \(error)")
        }
    }
}

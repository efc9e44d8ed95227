internal import TokenIM

extension Limits {
    private static let counts: [String: any WritableKeyPath<Limits, Int> & Sendable] = [
        "contentBytes": \.contentBytes, "mentionsPerMessage": \.mentionsPerMessage,
        "targetsPerSend": \.targetsPerSend, "editsPerMessage": \.editsPerMessage,
        "reactionKindsPerMessage": \.reactionKindsPerMessage, "pinsPerConversation": \.pinsPerConversation,
        "scheduledPerUser": \.scheduledPerUser, "burningPerConversation": \.burningPerConversation,
        "profileBytes": \.profileBytes, "groupMembers": \.groupMembers, "membersPerCommand": \.membersPerCommand,
        "groupsPerUser": \.groupsPerUser, "devicesPerUser": \.devicesPerUser, "sessions": \.sessions,
        "pageSize": \.pageSize, "trimmedPerCommand": \.trimmedPerCommand, "presencePerCall": \.presencePerCall,
        "unreachedPerMessage": \.unreachedPerMessage,
        "adminsPerGroup": \.adminsPerGroup, "invitationsPerCommand": \.invitationsPerCommand,
        "requestsPerGroup": \.requestsPerGroup, "requestBytes": \.requestBytes, "bansPerGroup": \.bansPerGroup,
        "contactsPerUser": \.contactsPerUser, "blocksPerUser": \.blocksPerUser,
        "readersExamined": \.readersExamined, "deletedPerCommand": \.deletedPerCommand,
        "hiddenPerConversation": \.hiddenPerConversation, "countedMentions": \.countedMentions,
        "sessionWindow": \.sessionWindow, "mailboxCapacity": \.mailboxCapacity,
        "waitingCommands": \.waitingCommands, "batchCommands": \.batchCommands, "batchBytes": \.batchBytes,
        "foldEntries": \.foldEntries, "keyMergeEntries": \.keyMergeEntries,
        "consumerInFlight": \.consumerInFlight, "consumerDeliveries": \.consumerDeliveries,
    ]

    private static let durations: [String: any WritableKeyPath<Limits, Duration> & Sendable] = [
        "editWindow": \.editWindow, "recallWindow": \.recallWindow, "acknowledgementWait": \.acknowledgementWait,
        "acknowledgementDelay": \.acknowledgementDelay, "typingDuration": \.typingDuration,
        "foldQuiet": \.foldQuiet, "consumerWait": \.consumerWait,
        "requestExpiry": \.requestExpiry,
    ]

    /// The names that a transcript may say.
    fileprivate static var names: Set<String> { Set(counts.keys).union(durations.keys).union(["consumerBackoff"]) }

    /// Sets the limit of a name to the value that the command gives that name.
    mutating func set(_ name: String, from command: TranscriptCommand) throws(TranscriptFailure) {
        if let count = Self.counts[name] {
            self[keyPath: count] = try command.count(name) ?? 0
        } else if let path = Self.durations[name] {
            self[keyPath: path] = try command.duration(name) ?? .zero
        } else if name == "consumerBackoff" {
            consumerBackoff = command.list(name).compactMap(TranscriptNotation.duration)
        } else {
            throw command.failure("there is no limit \(name)")
        }
    }
}

extension TranscriptVerb {
    /// The limits that can be set. A test holds them against those that there are.
    package static var limitNames: Set<String> { Limits.names }
}

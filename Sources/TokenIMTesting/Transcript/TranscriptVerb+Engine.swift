internal import TokenIM

extension TranscriptVerb {
    /// The engine, its clock and its files.
    static let engine: [TranscriptVerb] = configuration + opening + files

    private static let configuration: [TranscriptVerb] = [
        TranscriptVerb("verbs", "", "lists all verbs") { stage, _ in
            stage.vocabulary.values.sorted { $0.name < $1.name }.map { verb in
                [verb.name, verb.usage, "(\(verb.summary))"].filter { !$0.isEmpty }.joined(separator: " ")
            }
        },
        TranscriptVerb("limits", "NAME=VALUE…", "sets limits for the next opening") { stage, command in
            for name in command.names { try stage.limits.set(name, from: command) }
            return []
        },
        TranscriptVerb("tables", "NAMES…", "names the host's tables for the next opening") { stage, command in
            stage.hostTables = command.list("NAMES")
            return []
        },
        TranscriptVerb(
            "session-policy", "POLICY", "all, one-per-platform or one, for the next opening"
        ) { stage, command in
            switch try command.text("POLICY") {
            case "all": stage.sessionPolicy = .all
            case "one-per-platform": stage.sessionPolicy = .onePerPlatform
            case "one": stage.sessionPolicy = .one
            default: throw command.failure("sessions are all, one-per-platform or one")
            }
            return []
        },
        TranscriptVerb("map", "BYTES", "sets the size of the map for the next opening") { stage, command in
            stage.mapSize = try command.sequence("BYTES")
            return []
        },
    ]

    private static let opening: [TranscriptVerb] = [
        TranscriptVerb("restart", "", "closes the engine and opens it again") { stage, _ in
            try stage.restart()
            return []
        },
        TranscriptVerb("crash", "", "loses what a crash would lose, and opens the engine again") { stage, _ in
            try stage.crash()
            return []
        },
        TranscriptVerb("disk", "STATE", "full, sound, or dies-before-commit, dies-after-commit") { stage, command in
            let (state, faults) = (try command.text("STATE"), try stage.faults)
            faults.isDiskFull = state == "full"
            switch state {
            case "full", "sound": break
            case "dies-before-commit": faults.crash(.beforeCommit)
            case "dies-after-commit": faults.crash(.afterCommit)
            default: throw command.failure("a disk is full, sound, or dies-before-commit or dies-after-commit")
            }
            return []
        },
        TranscriptVerb("close", "", "closes the engine") { stage, _ in
            try stage.engine.close()
            return []
        },
        TranscriptVerb("open-again", "", "tries to open the store while it is open") { stage, _ in
            try stage.openAgain()
            return []
        },
        TranscriptVerb("fold", "", "brings the trees up to date") { stage, _ in
            try await stage.engine.fold()
            return []
        },
        TranscriptVerb("advance", "TIME", "moves the clock, and lets happen what is due") { stage, command in
            guard let duration = try command.duration("TIME"), duration >= .zero else {
                throw command.failure("a clock advances forwards only")
            }
            try stage.time.advance(by: duration)
            return []
        },
        TranscriptVerb("jump", "TIME", "sets the clock wrong, forwards or back") { stage, command in
            let now = try stage.time.now()
            try stage.time.jump(to: now.advanced(by: try command.duration("TIME") ?? .zero))
            return []
        },
    ]

    private static let files: [TranscriptVerb] = [
        TranscriptVerb("verify", "", "holds the store against its journal") { stage, _ in
            let verification = try await stage.engine.verify()
            return verification.isSound ? ["sound"] : verification.findings.map(\.description)
        },
        TranscriptVerb("check", "", "reads the files of the closed store, page by page") { stage, _ in
            let findings = try Engine.check(directory: try stage.storePath)
            return findings.isEmpty ? ["sound"] : findings.map(\.description)
        },
        TranscriptVerb("keep-files", "", "puts the files of the store aside") { stage, _ in
            try stage.keepFiles()
            return []
        },
        TranscriptVerb("bring-back", "FILE", "puts back one of the files, journal or projections") { stage, command in
            try stage.bringBack(try command.text("FILE"))
            return []
        },
        TranscriptVerb("lose", "FILE", "loses one of the files, journal or projections") { stage, command in
            try stage.lose(try command.text("FILE"))
            return []
        },
    ]
}

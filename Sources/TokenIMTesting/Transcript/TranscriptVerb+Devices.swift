internal import TokenIM

extension TranscriptVerb {
    /// Devices and their sessions.
    static let devices: [TranscriptVerb] = [
        TranscriptVerb(
            "connect", "DEVICE [as=] [start=] [window=] [epoch=]", "opens a session, called like its device or `as=`"
        ) { stage, command in
            let (user, device) = try command.device()
            var options = SessionOptions()
            options.start = try command.start
            options.window = try command.count("window")
            options.epoch = try command.number("epoch")
            let name = try command.optional("as") ?? command.text("DEVICE")
            stage.sessions[name] = try await stage.engine.connect(user, device: device, options: options)
            return []
        },
        TranscriptVerb("disconnect", "SESSION", "closes a session") { stage, command in
            try stage.session(try command.text("SESSION")).close()
            return []
        },
        TranscriptVerb("receive", "SESSION [maximum=]", "takes what there is to deliver") { stage, command in
            let deliveries = try stage.session(try command.text("SESSION")).receive(
                maximum: try command.count("maximum") ?? 4_096)
            return deliveries.map(try stage.notation.describe).orNothing
        },
        TranscriptVerb(
            "acknowledge", "SESSION [CONVERSATION] [SEQUENCE] [position=]", "acknowledges everything up to an entry"
        ) { stage, command in
            try stage.session(try command.text("SESSION")).acknowledge(through: try command.position)
            return []
        },
        TranscriptVerb("register", "DEVICE [start=]", "registers a device without connecting it") { stage, command in
            let (user, device) = try command.device()
            try await stage.engine.devices.register(device, of: user, start: try command.start)
            return []
        },
        TranscriptVerb("poll", "DEVICE [maximum=]", "what lies above a device's cursor") { stage, command in
            let (user, device) = try command.device()
            let deliveries = try stage.engine.devices.receive(
                device, of: user, maximum: try command.count("maximum"))
            return deliveries.map(try stage.notation.describe).orNothing
        },
        TranscriptVerb(
            "acknowledge-poll", "DEVICE [CONVERSATION] [SEQUENCE] [position=]",
            "acknowledges for a device that is not connected"
        ) { stage, command in
            let (user, device) = try command.device()
            try await stage.engine.devices.acknowledge(device, of: user, through: try command.position)
            return []
        },
        TranscriptVerb("devices", "USER", "the devices of a user") { stage, command in
            let devices = try stage.engine.devices.list(of: try command.user())
            return devices.map { "\($0.id) cursor=\($0.cursor)\($0.isConnected ? " connected" : "")" }.orNothing
        },
    ]

    /// What is volatile.
    static let signals: [TranscriptVerb] = [
        TranscriptVerb("typing", "SESSION CONVERSATION [off]", "tells the others who types") { stage, command in
            try stage.session(try command.text("SESSION")).setTyping(
                !command.has("off"), in: try command.conversation())
            return []
        },
        TranscriptVerb("subscribe", "SESSION USERS…", "signals when these come and go") { stage, command in
            try stage.session(try command.text("SESSION")).subscribe(toPresenceOf: try command.users())
            return []
        },
        TranscriptVerb("signals", "SESSION", "takes the signals that came") { stage, command in
            let signals = try stage.session(try command.text("SESSION")).receiveSignals()
            return signals.map { signal in
                let place = signal.conversation.map { " in \(TranscriptNotation.describe($0))" } ?? ""
                return "\(signal.user) \(signal.kind) \(signal.isOn ? "on" : "off")\(place)"
            }.orNothing
        },
        TranscriptVerb("presence", "USERS…", "who can be reached") { stage, command in
            let users = try command.users()
            let found = try stage.engine.presence.of(users)
            return users.map { user in
                let devices = found[user]?.devices.map(\.rawValue) ?? []
                return "\(user) \(devices.isEmpty ? "offline" : "online on \(devices.joined(separator: ","))")"
            }
        },
    ]
}

extension TranscriptCommand {
    /// Where a device begins: `creation`, `head`, or after a position.
    fileprivate var start: SessionOptions.Start {
        get throws {
            switch optional("start") {
            case nil: .automatic
            case "creation": .creation
            case "head": .head
            default: .position(try sequence("start"))
            }
        }
    }
}

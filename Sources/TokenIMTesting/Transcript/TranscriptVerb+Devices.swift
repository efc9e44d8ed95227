internal import TokenIM

extension TranscriptVerb {
    /// Devices and their sessions.
    static let devices: [TranscriptVerb] = [
        TranscriptVerb(
            "connect", "DEVICE [as=] [start=] [window=] [epoch=] [platform=] [push-token=]",
            "opens a session, called like its device or `as=`"
        ) { stage, command in
            let (user, device) = try command.device()
            var options = SessionOptions()
            options.start = try command.start
            options.window = try command.count("window")
            options.epoch = try command.number("epoch")
            options.platform = command.optional("platform")
            options.pushToken = command.optional("push-token")
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
        TranscriptVerb(
            "register", "DEVICE [start=] [platform=] [push-token=]", "registers a device without connecting it"
        ) { stage, command in
            let (user, device) = try command.device()
            try await stage.engine.devices.register(
                device, of: user, start: try command.start, platform: command.optional("platform"),
                pushToken: command.optional("push-token"))
            return []
        },
        .change("set-device", "DEVICE [platform=] [push-token=] [by=]", "says what a device is") { command in
            let (user, device) = try command.device()
            return .setDevice(
                device, of: user, platform: command.optional("platform"), pushToken: command.optional("push-token"))
        },
        .change("remove-device", "DEVICE [by=]", "removes a device") { command in
            let (user, device) = try command.device()
            return .removeDevice(device, of: user)
        },
        TranscriptVerb("kick", "USER [device=] TEXT", "closes the sessions of a user, or of one device") {
            stage, command in
            try stage.engine.devices.kick(
                try command.optional("device").map { try DeviceID($0) }, of: try command.user(),
                reason: try command.text())
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
            return devices.map(TranscriptNotation.describe).orNothing
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
        TranscriptVerb("unsubscribe", "SESSION USERS…", "signals no more when these come and go") { stage, command in
            try stage.session(try command.text("SESSION")).unsubscribe(fromPresenceOf: try command.users())
            return []
        },
        TranscriptVerb("signals", "SESSION", "takes the signals that came") { stage, command in
            let signals = try stage.session(try command.text("SESSION")).receiveSignals()
            return signals.map(try stage.notation.describe).orNothing
        },
        TranscriptVerb("presence", "USERS… [by=]", "who can be reached, as one sees it") { stage, command in
            let users = try command.users()
            let presence = try command.actor == "host" ? stage.engine.presence : stage.session(command.actor).presence
            let found = try presence.of(users)
            let notation = try stage.notation
            return users.map { user in "\(user) " + (found[user].map(notation.describe) ?? "") }
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

extension TranscriptNotation {
    static func describe(_ device: Device) -> String {
        var words = [device.id.rawValue, "cursor=\(device.cursor)"]
        if device.isConnected { words.append("connected") }
        if let platform = device.platform { words.append("platform=\(platform)") }
        if let token = device.pushToken { words.append("push-token=\(shorten(token))") }
        return words.joined(separator: " ")
    }

    func describe(_ signal: Signal) -> String {
        var words = [signal.user.rawValue, signal.kind.description]
        if [.typing, .presence].contains(signal.kind) { words.append(signal.isOn ? "on" : "off") }
        if let conversation = signal.conversation { words.append("in \(Self.describe(conversation))") }
        if let through = signal.through { words.append("through \(through)") }
        if let status = signal.customStatus { words.append(describe(status)) }
        if let content = signal.content { words.append(Self.describe(content)) }
        return words.joined(separator: " ")
    }

    func describe(_ presence: PresenceStatus) -> String {
        var words = [presence.isOnline ? "online" : "offline"]
        if !presence.devices.isEmpty { words.append("on \(presence.devices.map(\.rawValue).joined(separator: ","))") }
        if let moment = presence.lastSeen { words.append("since \(describe(moment))") }
        if presence.isHidden { words.append("hidden") }
        if let status = presence.customStatus { words.append(describe(status)) }
        return words.joined(separator: " ")
    }

    private func describe(_ status: CustomStatus) -> String {
        Self.quote(status.text) + (status.until.map { " until \(describe($0))" } ?? "")
    }
}

internal import TokenIM

/// Where a world is not as it should be.
package struct WorldFailure: Error, CustomStringConvertible {
    /// The line of the script, from 0; the number of lines when it is at the end.
    package let step: Int
    package let complaint: String

    /// The complaint without its numbers and names: what tells one kind of failure from another.
    package var kind: String {
        String(complaint.split(separator: ": ").last ?? "").filter { $0.isLetter || $0 == " " }
    }

    package var description: String { "line \(step + 1): \(complaint)" }
}

/// Users with several devices each, on links with faults, an engine that crashes, a disk that fills, a clock that
/// jumps.
///
/// A script says what happens. Now and then, and at the end, all faults cease and nobody asks for anything more: then
/// everything has to come right within ``quietLimit``.
package final class World {
    static let userCount = 6
    static let groupCount = 3
    static let firstGroup = 100
    static var deviceCount: Int { (0..<userCount).reduce(0) { $0 + devices(of: $1) } }
    /// How long it may take, in virtual time, until every device has everything, once the faults have ceased.
    static let quietLimit = Duration.seconds(120)
    /// What a user sees of a group again after coming back has its bounds; the world keeps within them.
    private static let joinsPerMember = 30

    package let network: SimulatedNetwork
    /// How often the host asked the engine for something itself.
    private var hostCommands = 0
    private var messages = 0
    private var joins: [Int: Int] = [:]
    private var complaints: [String] = []

    private static func devices(of user: Int) -> Int { 1 + user % 3 }

    /// - Parameters:
    ///   - seed: of what happens by chance on links and devices.
    ///   - mistake: a mistake that all devices make on purpose.
    package init(seed: UInt64, mistake: DeviceMistake? = nil) async throws {
        let test = try TestEngine { configuration in
            configuration.limits.sessionWindow = 5
            configuration.limits.foldEntries = 20
            configuration.limits.keyMergeEntries = 32
            configuration.mapSize = 1 << 28
        }
        network = SimulatedNetwork(test, seed: seed)
        for user in 0..<Self.userCount { try await test.engine.users.create(Self.user(user)) }
        for group in 0..<Self.groupCount {
            let members = (1...3).map { Self.user(group + $0) }
            try await test.engine.groups.create(Self.group(group), owner: Self.user(group), members: members)
        }
        let names: [DeviceID] = ["phone", "tablet", "web"]
        for user in 0..<Self.userCount {
            for number in 0..<Self.devices(of: user) {
                let start: SessionOptions.Start = number == 2 ? .head : .creation
                _ = network.device(names[number], of: Self.user(user), start: start, mistake: mistake)
            }
        }
    }

    private static let users: [UserID] = ["ada", "ben", "chloe", "dev", "eve", "finn"]
    private static let groups: [GroupID] = ["lake", "team", "choir"]

    private static func user(_ number: Int) -> UserID { users[number % userCount] }

    private static func group(_ number: Int) -> GroupID { groups[number % groupCount] }

    /// Runs a script on a new world. Returns what is wrong first, or nil.
    package static func failure(
        in script: [WorldCommand], seed: UInt64, mistake: DeviceMistake? = nil
    ) async throws -> WorldFailure? {
        try await World(seed: seed, mistake: mistake).run(script)
    }

    /// Runs a script to its end, and ends with a quiet period. Returns what is wrong first, or nil.
    package func run(_ script: [WorldCommand]) async -> WorldFailure? {
        for (step, command) in script.enumerated() {
            do {
                network.note("\(command)")
                try await perform(command)
            } catch {
                complaints.append("\(error)")
            }
            if let complaint = complaints.first { return WorldFailure(step: step, complaint: complaint) }
        }
        do { try await quiet() } catch { complaints.append("\(error)") }
        return complaints.first.map { WorldFailure(step: script.count, complaint: $0) }
    }

    /// How often the engine was asked for something.
    package var commandCount: Int { network.requestCount + hostCommands }

    // MARK: What happens

    private func perform(_ command: WorldCommand) async throws {
        let duration = Duration.milliseconds(command[.milliseconds])
        switch command.verb {
        case .wait: try await network.run(for: duration)
        case .quiet: try await quiet()
        case .crash: network.test.faults.crashNow()
        case .crashAtCommit:
            network.test.faults.crash(
                command[.after] == 0 ? .beforeCommit : .afterCommit, skipping: max(0, command[.skipping]))
        case .shutDown: network.shutDown()
        case .diskFull: network.test.faults.isDiskFull = command[.on] != 0
        case .slowDisk: network.test.faults.commitDuration = duration
        case .jump: network.jumpClock(by: duration)
        case .add: await add(command)
        case .remove:
            let (user, group) = (Self.user(command[.user]), Self.group(command[.group]))
            await host { engine, key throws(IMError) in try await engine.groups.remove(user, from: group, key: key) }
        case .trim: await trim(command)
        case .ban:
            let (user, group) = (Self.user(command[.user]), Self.group(command[.group]))
            let change = Change.ban(user, from: group, isOn: command[.on] != 0)
            await host { engine, key throws(IMError) in try await engine.perform(change, by: .host, key: key) }
        case .announce:
            messages += 1
            let change = Change.announce("announcement \(messages)", in: Self.group(command[.group]))
            await host { engine, key throws(IMError) in try await engine.perform(change, by: .host, key: key) }
        default:
            let device = network.devices[command[.device] % network.devices.count]
            if !change(device, command) { disturb(device.link, command) }
        }
    }

    /// Lets a device do something; false when that is not what the command is about.
    private func change(_ device: SimulatedDevice, _ command: WorldCommand) -> Bool {
        switch command.verb {
        case .send:
            messages += 1
            let target: Target =
                command[.to] >= Self.firstGroup ? .group(Self.group(command[.to])) : .user(Self.user(command[.to]))
            device.send(.text("\(messages)"), to: target)
        case .read:
            let conversation = conversation(command[.to], with: device.user)
            guard let last = device.log(of: conversation).last else { break }
            device.markRead(conversation, through: last.sequence)
        case .leave:
            let (user, group) = (device.user, Self.group(command[.group]))
            device.request { session, key in try await session.groups.leave(user, group, key: key) }
        case .edit, .recall, .react, .pin, .set, .draft, .rename:
            messages += 1
            guard let change = change(command, by: device) else { break }
            device.request { session, key in try await session.perform(change, key: key) }
        case .disconnect: device.disconnect()
        case .connect: device.connect()
        case .kill: device.kill()
        default: return false
        }
        return true
    }

    /// What a device asks for about what it has; nil when it has nothing there.
    private func change(_ command: WorldCommand, by device: SimulatedDevice) -> Change? {
        let conversation = conversation(command[.to], with: device.user)
        let isOn = command[.on] != 0
        switch command.verb {
        case .set:
            switch command[.setting] {
            case 0: return .pinConversation(conversation, isOn: isOn)
            case 1: return .archive(conversation, isOn: isOn)
            case 2: return .hide(conversation, isOn: isOn)
            default: return .muteConversation(conversation, until: isOn ? .distantFuture : nil)
            }
        case .draft: return .setDraft(messages % 3 == 0 ? nil : "draft \(messages)", in: conversation)
        case .rename: return .setNickname("name \(messages)", of: device.user, in: Self.group(command[.group]))
        default: break
        }
        let isOwn = command.verb == .edit || command.verb == .recall
        let known = device.log(of: conversation).filter { line in
            guard let entry = line.entry else { return line.content != nil }
            return entry.kind == .message && (!isOwn || entry.author == device.user)
        }
        guard let line = known.dropLast(min(command[.place], max(0, known.count - 1))).last else { return nil }
        switch command.verb {
        case .edit: return .edit(line.sequence, in: conversation, .text("\(messages)"))
        case .recall: return .recall(line.sequence, in: conversation)
        case .react:
            let reaction = ["yes", "no", "\u{1F44D}"][line.sequence % 3 == 0 ? 0 : 1 + messages % 2]
            return .react(reaction, to: line.sequence, in: conversation, isOn: isOn)
        default: return .pin(line.sequence, in: conversation, isOn: isOn)
        }
    }

    private func disturb(_ link: SimulatedLink, _ command: WorldCommand) {
        let share = Double(command[.percent]) / 100
        let kinds = PacketKinds(rawValue: command[.kinds])
        switch command.verb {
        case .drop: link.drop(share, of: kinds)
        case .duplicate: link.duplicate(share, of: kinds)
        case .reorder: link.reorder(share, of: kinds)
        case .delay: link.delay(.milliseconds(1)...(.milliseconds(1 + command[.milliseconds])))
        case .stall: link.stall()
        case .halfOpen: link.halfOpen(command[.end] == 0 ? .device : .server)
        case .cut: link.cut()
        case .heal: link.heal()
        default: break
        }
    }

    private func add(_ command: WorldCommand) async {
        let (user, group) = (Self.user(command[.user]), Self.group(command[.group]))
        let place = command[.user] % Self.userCount * Self.groupCount + command[.group] % Self.groupCount
        guard joins[place, default: 0] < Self.joinsPerMember else { return }
        joins[place, default: 0] += 1
        await host { engine, key throws(IMError) in try await engine.groups.add([user], to: group, key: key) }
    }

    private func trim(_ command: WorldCommand) async {
        let conversation = conversation(command[.to], with: Self.user(command[.user]))
        let user = conversation.users.first ?? Self.user(command[.to])
        guard let last = try? network.engine.messages.history(of: conversation, for: user, limit: 1).entries.last
        else { return }
        await host { engine, _ throws(IMError) in
            _ = try await engine.messages.trim(conversation, through: last.sequence / 2)
        }
    }

    private func conversation(_ to: Int, with user: UserID) -> Conversation {
        to >= Self.firstGroup ? .group(Self.group(to)) : .direct(user, Self.user(to))
    }

    /// Lets the host itself ask for something, which may be refused, or cut short by a crash.
    private func host<Value>(
        _ body: (Engine, IdempotencyKey) async throws(IMError) -> Value
    ) async {
        hostCommands += 1
        do {
            _ = try await body(network.engine, try IdempotencyKey("host-\(hostCommands)"))
            network.note("done")
        } catch {
            network.note(error.code.name)
            judge(error, of: "the host")
        }
        network.takeTimeSpent()
    }

    /// Refusals are answers. Damage, and mistakes of the engine, are not.
    private func judge(_ error: IMError, of asker: String) {
        if [.broken, .corrupt, .inputOutput, .unreadableStore].contains(error.code) {
            complaints.append("\(asker) was told: \(error)")
        }
    }

    // MARK: When all is quiet

    /// Lets all faults cease, waits until everything has come right, and looks whether it has.
    private func quiet() async throws {
        network.test.faults.clear()
        for device in network.devices {
            device.link.heal()
            device.link.delay(.milliseconds(20))
            device.connect()
        }
        guard try await network.settle(within: Self.quietLimit) else {
            let late = network.devices.filter { !$0.isOnline || !$0.isIdle }.map { "\($0.user)/\($0.id)" }
            complaints.append(
                "not everything has come right: after \(Self.quietLimit), \(late.joined(separator: ", "))")
            return
        }
        complaints += try network.discrepancies()
        for device in network.devices {
            if let refusal = device.refusal {
                complaints.append("\(device.user)/\(device.id) has given up: \(refusal)")
            }
            for refusal in device.requests.compactMap(\.refusal) { judge(refusal, of: "\(device.user)/\(device.id)") }
            complaints += repeated(on: device)
        }
        let verification = try await network.engine.verify()
        complaints += verification.findings.prefix(5).map { "verification finds: \($0)" }
        network.note("quiet at \(verification.entries)")
    }

    /// Every text is sent once, whatever happens to its sender.
    private func repeated(on device: SimulatedDevice) -> [String] {
        var texts: Set<String> = []
        var found: [String] = []
        for conversation in device.log.lines.keys.sorted(by: { $0.description < $1.description }) {
            for text in device.texts(of: conversation) where !texts.insert(text).inserted {
                found.append("\(device.user)/\(device.id), \(conversation): the same message twice, \(text)")
            }
        }
        return found
    }
}

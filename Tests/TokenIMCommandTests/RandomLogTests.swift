import Foundation
import Testing
import TokenIMReplay
import TokenIMTesting

/// Logs that chance makes, and what their replay must come to, counted in another way: for each user once through all
/// that happened.
@Suite("A replay of any log")
struct RandomLogTests {
    @Test("comes to what a recount says", arguments: 0..<6 as Range<UInt64>)
    func recount(seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: seed)
        let log = RandomLog(lines: 100, using: &generator)
        let recording = RecordingConsole()
        let replay = Replay(
            logs: [try directory.write(log.text, to: "log")],
            annotations: [try directory.write(log.annotations, to: "annotations")], printsJSON: true)
        #expect(await replay.run(on: recording.console) == .success)
        let expected = log.recount().map { "\"\($0)\": \($1)" }.joined(separator: ", ")
        #expect(recording.output.hasPrefix("{\(expected), "), "seed \(seed)")
    }
}

/// A log as what happens in it, and as the text of a file.
private struct RandomLog {
    enum Line {
        case says(String, to: String?, isBlank: Bool)
        case joins(String)
        case leaves(String)
        case isKicked(String)
        case renames(String, String)
        case changesModes([(nick: String, isOperator: Bool)])
        case noise
    }

    private var lines: [Line] = []
    private var answers: [(earlier: Int, later: Int)] = []

    init(lines count: Int, using generator: inout SeededGenerator) {
        // The blank behind a bracket is in some logs, and no part of the nick.
        let nicks = ["ada", "ben", "[eve] ", "zoë", "d`", "f|away", "g[1] 2"]
        func nick() -> String { nicks[Int.random(in: 0..<nicks.count, using: &generator)] }
        for index in 0..<count {
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<30: lines.append(.says(nick(), to: nil, isBlank: false))
            case 30..<57: lines.append(.says(nick(), to: nick(), isBlank: false))
            case 57..<60: lines.append(.says(nick(), to: nil, isBlank: true))
            case 60..<70: lines.append(.joins(nick()))
            case 70..<80: lines.append(.leaves(nick()))
            case 80..<86: lines.append(.isKicked(nick()))
            case 86..<91: lines.append(.renames(nick(), nick()))
            case 91..<97:
                lines.append(
                    .changesModes(
                        (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                            (nick(), Bool.random(using: &generator))
                        }))
            default: lines.append(.noise)
            }
            if Bool.random(using: &generator) {
                answers.append((Int.random(in: 0...count, using: &generator), index))
            }
        }
    }

    var text: String {
        lines.enumerated().map { index, line in
            let time = "[1\(index / 60 % 10):\(index / 10 % 6)\(index % 10)]"
            return switch line {
            case .says(let nick, let other, let isBlank):
                "\(time) <\(nick)> \(isBlank ? " " : (other.map { $0 + ", " } ?? "") + "line \(index)")\n"
            case .joins(let nick): "=== \(nick) [x@y]  has joined #c\n"
            case .leaves(let nick): "=== \(nick) [x@y]  has left #c []\n"
            case .isKicked(let nick): "=== \(nick) was kicked off #c by somebody (why)\n"
            case .renames(let old, let new): "=== \(old) is now known as \(new)\n"
            case .changesModes(let changes):
                "=== mode/#c [\(changes.map { $0.isOperator ? "+o" : "-o" }.joined()) "
                    + changes.map(\.nick).joined(separator: " ") + "]  by somebody\n"
            case .noise: "=== what\n"
            }
        }.joined()
    }

    var annotations: String {
        answers.map { "\($0.earlier) \($0.later) -\n" }.joined()
    }

    private func isMessage(_ index: Int) -> Bool {
        if index < lines.count, case .says(_, _, isBlank: false) = lines[index] { return true }
        return false
    }

    /// The numbers, under their names, in their order.
    func recount() -> [(String, Int)] {
        var users: [String: Int] = [:]
        var count = 0
        var happenings: [(what: Character, user: Int)] = []
        var (skipped, ignored, renames, mentions, roleChanges) = (0, 0, 0, 0, 0)
        var admins: Set<Int> = []
        func see(_ nick: String) -> Int {
            if let user = users[nick] { return user }
            users[nick] = count
            happenings.append(("b", count))
            count += 1
            return count - 1
        }
        for line in lines {
            switch line {
            case .says(let nick, let other, let isBlank):
                let user = see(nick)
                happenings.append(("+", user))
                if let mentioned = other.flatMap({ users[$0] }), mentioned != user { mentions += 1 }
                if isBlank { skipped += 1 } else { happenings.append(("m", user)) }
            case .joins(let nick): happenings.append(("+", see(nick)))
            case .leaves(let nick): happenings.append(("-", see(nick)))
            case .isKicked(let nick): if let user = users[nick] { happenings.append(("-", user)) }
            case .renames(let old, let new):
                users[new] = see(old)
                renames += 1
            case .changesModes(let changes):
                for (nick, isOperator) in changes {
                    // The first is the owner.
                    guard let user = users[nick], user != 0, admins.contains(user) != isOperator else { continue }
                    if isOperator { admins.insert(user) } else { admins.remove(user) }
                    roleChanges += 1
                }
            case .noise: ignored += 1
            }
        }
        var (live, late, unread) = (0, 0, 0)
        for user in 0..<count {
            let total = Self.total(of: user, in: happenings)
            live += total.live
            late += total.late
            unread += total.unread
        }
        let replies = lines.indices.count { later in
            isMessage(later)
                && answers.contains { $0.later == later && $0.earlier < later && isMessage($0.earlier) }
        }
        return [
            ("users", count), ("messages", lines.indices.count(where: isMessage)), ("skipped", skipped),
            ("ignored", ignored), ("renames", renames), ("replies", replies), ("deliveriesLive", live),
            ("deliveriesCatchUp", late), ("deliveries", live + late), ("unreadAtEnd", unread),
            ("mentions", mentions), ("roleChanges", roleChanges),
        ]
    }

    private static func total(
        of user: Int, in happenings: [(what: Character, user: Int)]
    ) -> (live: Int, late: Int, unread: Int) {
        var (live, late, unread, waiting) = (0, 0, 0, 0)
        var (isBorn, isOnline) = (false, false)
        for (what, who) in happenings {
            switch (what, who == user) {
            case ("b", true): isBorn = true
            case ("+", true):
                late += waiting
                waiting = 0
                isOnline = true
            case ("-", true): isOnline = false
            case ("m", true): unread = 0
            case ("m", false) where isBorn:
                unread += 1
                if isOnline { live += 1 } else { waiting += 1 }
            default: break
            }
        }
        return (live, late + waiting, unread)
    }
}

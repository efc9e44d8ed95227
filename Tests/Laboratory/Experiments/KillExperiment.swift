import TokenIM
import TokenIMLMDB
import TokenIMTesting

/// Lets a process send and kills it, several times on one store: after some receipt, or at some storage call, so also
/// in the middle of the first creation, of a fold, of opening again and of closing.
struct KillExperiment: Experiment {
    /// One that was sent, as it is read.
    private struct Letter: Hashable {
        var sender: Int
        var number: Int
    }

    let seed: UInt64
    let kills: Int

    var caseCount: Int { 1_000 }

    mutating func run(_ number: Int) async throws -> [String] {
        var generator = SeededGenerator(seed: seed &* 1_000 &+ UInt64(number))
        let directory = try TemporaryDirectory(prefix: "kills")
        var acknowledged: [Letter: SendingLoad.Acknowledged] = [:]
        var ends: [String] = []
        for life in 0..<kills {
            ends.append(try live(directory.path, life: life, &acknowledged, &generator))
            // Not every time: the next life shall also find what the one before has left.
            if life == kills - 1 || Bool.random(using: &generator) {
                try await check(directory.path, acknowledged)
            }
        }
        return ends
    }

    /// Starts a process, kills it, and notes what it had acknowledged.
    private func live(
        _ directory: String, life: Int, _ acknowledged: inout [Letter: SendingLoad.Acknowledged],
        _ generator: inout SeededGenerator
    ) throws -> String {
        let next = SendingLoad.senders.indices.map { Self.next(of: $0, acknowledged) }
        var arguments = ["victim", directory, "--seed", "\(generator.next() >> 1)", "--next"] + next.map { "\($0)" }
        var receipts = Int.max
        if Bool.random(using: &generator) {
            // Creating a store takes some fifty calls.
            let calls = Int.random(in: 0..<3, using: &generator) == 0 ? 60 : 1_200
            arguments += ["--kill-at", "\(Int.random(in: 1...calls, using: &generator))"]
            if Bool.random(using: &generator) { arguments.append("--is-after") }
        } else {
            receipts = Int.random(in: 0..<SendingLoad.letters * SendingLoad.senders.count, using: &generator)
        }
        let victim = try ChildProcess(arguments)
        while true {
            if receipts == 0 { victim.signalKill() }
            guard let line = try victim.line() else { break }
            receipts -= 1
            // Killing is no end of what was acknowledged before: what is still in the pipe counts.
            guard let found = SendingLoad.Acknowledged(line) else { throw Defect("life \(life) says “\(line)”") }
            let letter = Letter(sender: found.sender, number: found.number)
            if let earlier = acknowledged[letter], earlier != found {
                throw Defect("life \(life): \(letter) is acknowledged as \(earlier.line) and as \(found.line)")
            }
            acknowledged[letter] = found
        }
        let end = victim.waitForEnd()
        guard end == nil || end == "signal 9" else { throw Defect("life \(life) ends with \(end ?? "")") }
        return end == nil ? "finished" : receipts == .max ? "killed-before-receipts" : "killed"
    }

    /// The first that a sender has no receipt of.
    private static func next(of sender: Int, _ acknowledged: [Letter: SendingLoad.Acknowledged]) -> Int {
        (0...).first { acknowledged[Letter(sender: sender, number: $0)] == nil } ?? 0
    }

    private func check(_ directory: String, _ acknowledged: [Letter: SendingLoad.Acknowledged]) async throws {
        let engine = try SendingLoad.open(directory, isThreaded: false)
        var found: [Letter: Entry] = [:]
        for (index, user) in SendingLoad.senders.enumerated() where try engine.users.get(user) != nil {
            let others = SendingLoad.senders[index...].map { Conversation.direct(user, $0) }
            for conversation in (index == 0 ? [.group(SendingLoad.group)] : []) + others {
                for entry in try Self.history(of: conversation, for: user, engine) {
                    guard let message = entry.message else { continue }
                    let words = message.text.split(separator: " ").compactMap { Int($0) }
                    guard words.count == 2 else { throw Defect("a message that nobody sent: \(message.text)") }
                    let letter = Letter(sender: words[0], number: words[1])
                    guard found.updateValue(entry, forKey: letter) == nil else {
                        throw Defect("\(letter) is there twice")
                    }
                }
            }
        }
        for (letter, receipt) in acknowledged {
            guard let entry = found[letter], entry.conversation == receipt.conversation,
                entry.sequence == receipt.sequence, entry.position == receipt.position,
                entry.message?.content == SendingLoad.content(letter.sender, letter.number)
            else { throw Defect("\(receipt.line) was acknowledged; there is \(found[letter], default: "nothing")") }
        }
        try Self.checkOrder(found, acknowledged)
        let verification = try await engine.verify()
        guard verification.isSound else { throw Defect("verification: \(verification.findings.prefix(3))") }
        engine.close()
        try ChatLoad.verifyPages(directory)
    }

    /// What was sent in order is there in order, and of what was not acknowledged no more than was under way.
    private static func checkOrder(
        _ found: [Letter: Entry], _ acknowledged: [Letter: SendingLoad.Acknowledged]
    ) throws {
        for sender in SendingLoad.senders.indices {
            let next = next(of: sender, acknowledged)
            let numbers = found.keys.filter { $0.sender == sender }.map(\.number).sorted()
            guard numbers == Array(0..<numbers.count), numbers.count <= next + SendingLoad.lettersPerTransaction else {
                throw Defect("of sender \(sender) \(numbers.count) are there, \(next) were acknowledged")
            }
            let positions = numbers.compactMap { found[Letter(sender: sender, number: $0)]?.position }
            guard positions == positions.sorted() else { throw Defect("sender \(sender) is out of order") }
        }
    }

    private static func history(
        of conversation: Conversation, for user: UserID, _ engine: Engine
    ) throws -> [Entry] {
        var entries: [Entry] = []
        while true {
            let page: HistoryPage
            do throws(IMError) {
                page = try engine.messages.history(
                    of: conversation, for: user, after: entries.last?.sequence ?? 0, limit: 1_000)
            } catch {
                guard error.code == .notFound else { throw error }
                return []
            }
            entries += page.entries
            if !page.isComplete { continue }
            guard entries.map(\.sequence) == (0..<entries.count).map({ UInt64($0 + 1) }) else {
                throw Defect("the sequences of \(conversation) have gaps")
            }
            return entries
        }
    }
}

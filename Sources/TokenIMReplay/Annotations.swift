/// Which line of a log answers which: from lines `a b -`, which say that line b, counted from 0, answers line a.
package struct Annotations: Hashable, Sendable {
    private let answered: [Int: [Int]]

    package static let none = Annotations(answered: [:])

    private init(answered: [Int: [Int]]) { self.answered = answered }

    /// Blank lines are passed over. Lines that the log does not have are no mistake: it may be the beginning of a log.
    ///
    /// - Throws: `data` for a line of another form.
    package init(_ file: InputFile) throws(ReplayFailure) {
        var answered: [Int: [Int]] = [:]
        for (index, line) in file.lines.enumerated() where !String(line).isBlank {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, words[2] == "-", let earlier = Int(words[0]), let later = Int(words[1]),
                earlier >= 0, later >= 0
            else {
                throw ReplayFailure(.data, "\(file.path):\(index + 1): an annotation is two line numbers and a dash")
            }
            answered[later, default: []].append(earlier)
        }
        self.answered = answered
    }

    /// The line that the message in line `index` answers: of those annotated, the last one before it that is a message.
    package func lineAnswered(by index: Int, in lines: [LogLine]) -> Int? {
        answered[index]?.filter { $0 < index && lines[$0].isMessage }.max()
    }
}

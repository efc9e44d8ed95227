/// A log, with what is known about who answers whom in it.
package struct Log: Sendable {
    package let path: String
    package let lines: [LogLine]
    /// The last line has no line feed and is of no form: it was probably cut off.
    package let endsInCutLine: Bool
    private let annotations: Annotations

    package init(_ file: InputFile, annotations: Annotations = .none) {
        path = file.path
        lines = file.lines.map(LogLine.init)
        endsInCutLine = file.isCut && lines.last == .other
        self.annotations = annotations
    }

    /// The line with the message that the message in line `index` answers, if any.
    package func lineAnswered(by index: Int) -> Int? {
        annotations.lineAnswered(by: index, in: lines)
    }
}

extension Rule {
    static let fileLimit = 600
    static let functionLimit = 70
    static let columnLimit = 120

    /// How long things may get.
    static let lengths = [
        Rule("file-length") { file in
            // The last newline ends a line and does not begin one.
            let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
            guard count > fileLimit else { return [] }
            let advice = "\(count) lines, and \(fileLimit) is the end: would two names say it better than one?"
            return [Violation(line: fileLimit + 1, message: advice)]
        },
        Rule("function-length") { file in
            file.functions.compactMap { function in
                guard let body = function.body else { return nil }
                let count = file.tokens[body.upperBound].line - function.line + 1
                guard count > functionLimit else { return nil }
                let advice = "\(count) lines, and \(functionLimit) is the end: take out what has a name of its own"
                return Violation(line: function.line, message: "\(function.keyword) \(function.name): \(advice)")
            }
        },
        Rule("line-length") { file in
            file.lines.indices.filter { file.lines[$0].count > columnLimit }.map {
                Violation(line: $0 + 1, message: "\(file.lines[$0].count) columns, and \(columnLimit) is the end")
            }
        },
    ]
}

extension Rule {
    /// How things are to be declared and used.
    static let declarations = [
        Rule("actor", in: .engine) { file in
            file.types.filter { $0.keyword == "actor" }.map {
                Violation(line: $0.line, message: "no actors: use a final class with its state in a Mutex")
            }
        },
        Rule("open-class", in: .sources) { file in
            file.types.filter { $0.keyword == "class" && !$0.modifiers.contains("final") }.map {
                Violation(line: $0.line, message: "class \($0.name) is not final: nothing is made to be inherited from")
            }
        },
        Rule("public-enum", in: .sources) { file in
            file.types.filter { type in
                type.keyword == "enum" && type.modifiers.contains("public") && file.hasCases(type)
            }.map {
                let advice = "another case would break callers: use a struct with static members"
                return Violation(line: $0.line, message: "public enum \($0.name): \(advice)")
            }
        },
        Rule("storage-protocol", in: .sources) { file in
            file.types.filter { type in
                type.keyword == "protocol" && ["Storage", "Store", "Backend"].contains { type.name.hasSuffix($0) }
            }.map {
                let advice = "there is one storage: use LMDB, in tests in a TemporaryDirectory"
                return Violation(line: $0.line, message: "protocol \($0.name): \(advice)")
            }
        },
        Rule("force-unwrap", in: .sources) { file in
            file.tokens.indices.filter { file.isForceUnwrap($0) }.map {
                Violation(
                    line: file.tokens[$0].line, message: "!: use guard let, or state in a precondition why it is there")
            }
        },
        Rule("nested-lock", in: .sources) { file in
            let locks = file.occurrences(of: "withLock")
            return locks.filter { inner in locks.contains { file.closureRange(after: $0).contains(inner) } }.map {
                Violation(
                    line: file.tokens[$0].line,
                    message: "withLock within withLock: hold one lock at a time, and act after it is released")
            }
        },
        Rule("unseeded", in: .repeatable) { file in
            ["random", "randomElement", "shuffle", "shuffled"].flatMap { name in
                file.occurrences(of: ".\(name)(").filter { start in
                    !file.tokens[start...file.tokens.closing(start + 2)].contains { $0.text == "using" }
                }.map {
                    let advice = "cannot be repeated: say using:, in tests a SeededGenerator"
                    return Violation(line: file.tokens[$0].line, message: ".\(name)(…) \(advice)")
                }
            }
        },
    ]
}

extension SourceFile {
    /// Whether an enum can grow; one without cases is a place for names.
    fileprivate func hasCases(_ type: Declaration) -> Bool {
        guard let body = type.body else { return false }
        var index = body.lowerBound
        while index < body.upperBound {
            if tokens[index].text == "case" { return true }
            if tokens[index].text == "{" { index = tokens.closing(index) }
            index += 1
        }
        return false
    }

    /// Whether the token is the `!` of `value!` or of `Type!`, and not that of `try!`, `as!`, `!value` or `!=`.
    fileprivate func isForceUnwrap(_ index: Int) -> Bool {
        guard tokens[index].text == "!", tokens[index].isAttached, index > 0 else { return false }
        let before = tokens[index - 1]
        guard before.kind != .symbol || [")", "]", "}", ">", "?", "!"].contains(before.text) else { return false }
        let isComparison = tokens.text(index + 1) == "=" && tokens[index + 1].isAttached
        return !isComparison && before.text != "try" && before.text != "as"
    }

    /// What is between the braces after `withLock`.
    fileprivate func closureRange(after index: Int) -> Range<Int> {
        let open = tokens.text(index + 1) == "(" ? index + 2 : index + 1
        guard tokens.text(open) == "{" else { return index..<index }
        return open..<tokens.closing(open)
    }
}

extension Rule {
    /// What the modules of the project may import. A module that is not here is a finding, too.
    private static let arrows: [String: Set<String>] = {
        let platform: Set = ["Darwin", "Glibc", "Musl", "Synchronization"]
        let collections: Set = [
            "BasicContainers", "BitCollections", "Collections", "DequeModule", "HashTreeCollections", "HeapModule",
            "OrderedCollections",
        ]
        return [
            "TokenIMLMDB": platform.union(["CTokenIMLMDB"]),
            "TokenIM": platform.union(collections).union(["TokenIMLMDB"]),
            "TokenIMSecurity": platform.union(["TokenIM", "Crypto", "CryptoExtras", "_CryptoExtras"]),
            "TokenIMWire": platform.union(["TokenIM", "FoundationEssentials"]),
            "TokenIMObservability": platform.union(["TokenIM", "Logging", "Metrics", "Tracing"]),
            "TokenIMTesting": platform.union(collections).union(["TokenIM", "TokenIMLMDB", "TokenIMWire", "Dispatch"]),
            "TokenIMHTTP": [
                "TokenIM", "TokenIMWire", "Synchronization", "FoundationEssentials", "Logging", "HTTPTypes",
                "Hummingbird", "HummingbirdWebSocket", "HummingbirdTLS", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL",
                "NIOWebSocket", "ServiceLifecycle", "WSCore",
            ],
            "TokenIMReplay": platform.union(["TokenIM", "TokenIMTesting", "Foundation", "FoundationEssentials"]),
            "TokenIMCommand": platform.union([
                "TokenIM", "TokenIMLMDB", "TokenIMSecurity", "TokenIMWire", "TokenIMObservability", "TokenIMTesting",
                "TokenIMReplay", "ArgumentParser", "Foundation", "FoundationEssentials",
            ]),
            "TokenIMServer": [
                "TokenIM", "TokenIMHTTP", "TokenIMObservability", "TokenIMSecurity", "ArgumentParser", "Logging",
                "ServiceLifecycle",
            ],
        ]
    }()

    /// The arrows between the modules.
    static let imports = [
        Rule("import", in: .sources) { file in
            guard let module = file.module else { return [] }
            guard let allowed = arrows[module] else {
                let advice = "\(module) is a new module: say in the rules of imports what it may import"
                return file.tokens.isEmpty ? [] : [Violation(line: 1, message: advice)]
            }
            return file.imports.filter { !allowed.contains($0.module) }.map { found in
                Violation(line: found.line, message: message(module, found.module, allowed: allowed))
            }
        }
    ]

    private static func message(_ module: String, _ imported: String, allowed: Set<String>) -> String {
        let others = allowed.sorted().joined(separator: ", ")
        return switch imported {
        case "Foundation", "FoundationEssentials", "Dispatch":
            "\(module) does without \(imported): use the standard library, Synchronization and the C library"
        case "Logging", "Metrics", "Tracing":
            "\(module) does not log: report an EngineEvent, which TokenIMObservability hands on"
        case "CTokenIMLMDB": "only TokenIMLMDB calls LMDB: use what it offers"
        default: "\(module) must not import \(imported); it may import \(others)"
        }
    }
}

extension SourceFile {
    /// The modules that it imports, and in which lines.
    var imports: [(module: String, line: Int)] {
        let kinds: Set = ["actor", "class", "enum", "func", "let", "protocol", "struct", "typealias", "var"]
        return tokens.indices.filter { tokens[$0].text == "import" && tokens.text($0 - 1) != "." }.compactMap { index in
            let name = kinds.contains(tokens.text(index + 1)) ? index + 2 : index + 1
            return tokens.indices.contains(name) ? (tokens[name].text, tokens[index].line) : nil
        }
    }
}

import Foundation

/// What a run found, and where.
struct Report: Codable {
    /// Of the file. One that reads it knows by this what to expect.
    var format = 1
    var machine: Machine
    /// Of the sources, when they are in git.
    var revision: String?
    var size: String
    /// Whom the engine was compared with, and what they promise.
    var contenders: [Contender.Description]
    /// Works and contenders that are missing, and why.
    var missing: [String]
    var rows: [Row]

    struct UnknownFormat: Error, CustomStringConvertible {
        let description: String
    }

    // MARK: As JSON

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "none")
        return try encoder.encode(self) + Data("\n".utf8)
    }

    init(json: Data) throws {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "none")
        self = try decoder.decode(Report.self, from: json)
        guard format == 1 else { throw UnknownFormat(description: "a report of format \(format); this knows 1") }
    }

    init(file: String) throws {
        try self.init(json: Data(contentsOf: URL(fileURLWithPath: file)))
    }

    init(
        machine: Machine, revision: String? = nil, size: String, contenders: [Contender.Description] = [],
        missing: [String] = [], rows: [Row]
    ) {
        self.machine = machine
        self.revision = revision
        self.size = size
        self.contenders = contenders
        self.missing = missing
        self.rows = rows
    }

    // MARK: As a table

    var table: String {
        var result = (machine.description + [revision.map { "revision \($0)" }].compactMap(\.self))
            .map { $0 + "\n" }.joined()
        for contender in contenders { result += "\(contender.name) \(contender.version): \(contender.guarantee)\n" }
        for text in missing { result += "missing: \(text)\n" }
        return result + "\n" + Self.table(of: rows)
    }

    static func table(of rows: [Row]) -> String {
        let titles = ["work", "what", "who", "circumstances", "median", "unit", "rounds", "aim", "", "note"]
        return Table(titles: titles, numbers: [4, 6, 7], lines: rows.map(cells)).text
    }

    private static func cells(_ row: Row) -> [String] {
        var rounds = ""
        if let least = row.least, let greatest = row.greatest {
            rounds = "\(Figure.text(least)) … \(Figure.text(greatest))"
        }
        let aim = row.aim.map { (row.better == .more ? "≥ " : "≤ ") + Figure.text($0) } ?? ""
        return [
            row.work, row.measure, row.contender, row.circumstances, Figure.text(row.median), row.unit, rounds, aim,
            row.met.map { $0 ? "met" : "MISSED" } ?? "", row.note ?? "",
        ]
    }
}

/// Lines of cells in columns, with a rule wherever the first column changes.
struct Table {
    var titles: [String]
    /// The columns that end in line.
    var numbers: Set<Int>
    /// Whether there are rules at all.
    var rules = true
    var lines: [[String]]

    var text: String {
        let all = [titles] + lines
        let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        var result = ""
        var first: String?
        for (index, line) in all.enumerated() {
            if rules, index > 0, line[0] != first {
                result += String(repeating: "-", count: widths.reduce(0, +)) + "\n"
                first = line[0]
            }
            let padded = line.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - line[column].count)
                return numbers.contains(column) ? padding + line[column] : line[column] + padding
            }
            result += padded.joined(separator: "  ").trimmingCharacters(in: .whitespaces) + "\n"
        }
        return result
    }
}

/// Tells whoever watches what is going on, beside the report.
enum Progress {
    static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

import Foundation

/// What a run found, and where.
struct Report: Codable {
    var machine: Machine
    var rows: [Row]

    func print(asJSON: Bool) throws {
        if asJSON {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "none")
            Swift.print(String(decoding: try encoder.encode(self), as: UTF8.self))
        } else {
            Swift.print("\n\(table)")
        }
    }

    static func decode(_ text: String) throws -> Report {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "none")
        return try decoder.decode(Report.self, from: Data(text.utf8))
    }

    private static let titles = ["benchmark", "what", "figure", "unit", "rounds", "aim", "", "note"]
    /// The columns of numbers, which end in line.
    private static let numbers: Set = [2, 4, 5]

    var table: String {
        let lines = [Self.titles] + rows.map(Self.cells)
        let widths = Self.titles.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        func text(_ cells: [String]) -> String {
            let padded = cells.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                return Self.numbers.contains(column) ? padding + cells[column] : cells[column] + padding
            }
            return padded.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }
        var result = machine.description.map { $0 + "\n" }.joined() + "\n"
        var benchmark: String?
        for (index, line) in lines.enumerated() {
            if index > 0, line[0] != benchmark {
                result += String(repeating: "-", count: widths.reduce(0, +)) + "\n"
                benchmark = line[0]
            }
            result += text(line) + "\n"
        }
        return result
    }

    private static func cells(_ row: Row) -> [String] {
        var rounds = ""
        if let lowest = row.lowest, let highest = row.highest {
            rounds = "\(Figure.text(lowest)) … \(Figure.text(highest))"
        }
        let aim = row.aim.map { ($0.isFloor ? "≥ " : "≤ ") + Figure.text($0.bound) } ?? ""
        let verdict = row.aim.map { $0.isMet(by: row.figure) ? "met" : "MISSED" } ?? ""
        return [row.benchmark, row.what, Figure.text(row.figure), row.unit, rounds, aim, verdict, row.note ?? ""]
    }
}

/// Tells whoever watches what is going on, beside the report.
enum Progress {
    static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

import ArgumentParser
import Foundation

/// A report as a page that needs nothing but itself.
struct Page {
    private let report: Report
    private let colors: [String: Int]

    init(_ report: Report) {
        self.report = report
        // The engine first, the others in the order in which they appear.
        var names = [Contender.engine]
        for row in report.rows where !names.contains(row.contender) { names.append(row.contender) }
        colors = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0 % Self.colorCount) })
    }

    private static let colorCount = 11

    var html: String {
        var works: [String] = []
        for row in report.rows where !works.contains(row.work) { works.append(row.work) }
        let sections = works.map { name in section(name, report.rows.filter { $0.work == name }) }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>TokenIM: the benchmark suite</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <h1>TokenIM: the benchmark suite</h1>
            \(machine)
            \(guarantees)
            \(aims)
            \(sections.joined(separator: "\n"))
            </body>
            </html>

            """
    }

    // MARK: The beginning

    private var machine: String {
        let lines =
            report.machine.description + [
                "size \(report.size)" + (report.revision.map { ", revision \($0)" } ?? "")
            ]
        let missing = report.missing.map { "<li>\(Self.escaped($0))</li>" }.joined()
        return lines.map { "<p>\(Self.escaped($0))</p>" }.joined(separator: "\n")
            + (missing.isEmpty ? "" : "\n<details><summary>What is missing</summary><ul>\(missing)</ul></details>")
    }

    private var guarantees: String {
        guard !report.contenders.isEmpty else { return "" }
        let rows = report.contenders.map { contender in
            let mark = contender.equal ? "equal" : "<b>weaker, or none</b>"
            let name = "\(Self.escaped(contender.name)) \(Self.escaped(contender.version))"
            return "<tr><td>\(swatch(contender.name))\(name)</td>"
                + "<td>\(Self.escaped(contender.guarantee))</td><td>\(mark)</td></tr>"
        }
        return """
            <h2>Who promises what</h2>
            <table><tr><th>who</th><th>when it says that a message is accepted</th><th>beside the engine</th></tr>
            <tr><td>\(swatch(Contender.engine))\(Contender.engine)</td>\
            <td>every message is on disk before it is accepted</td><td></td></tr>
            \(rows.joined(separator: "\n"))
            </table>
            """
    }

    private var aims: String {
        let rows = report.rows.filter { $0.met != nil }
        guard !rows.isEmpty else { return "" }
        let met = rows.count { $0.met == true }
        let missed = rows.filter { $0.met == false }
        let list = missed.isEmpty ? "" : "\n<p>Missed:</p>\n" + table(missed, hasWork: true)
        return "<h2>Aims</h2>\n<p>\(met) of \(rows.count) are met.</p>" + list
    }

    // MARK: The works

    private func section(_ name: String, _ rows: [Row]) -> String {
        let title = Works.named(name)?.title ?? ""
        let charts = Chart.charts(of: rows).map { chart in
            "<figure><figcaption>\(Self.escaped(chart.title))</figcaption>\n\(chart.svg(colors))</figure>"
        }
        return """
            <h2 id="\(Self.escaped(name))">\(Self.escaped(name)): \(Self.escaped(title))</h2>
            \(legend(rows))
            <div class="charts">
            \(charts.joined(separator: "\n"))
            </div>
            <details><summary>All figures</summary>
            \(table(rows, hasWork: false))
            </details>
            """
    }

    private func legend(_ rows: [Row]) -> String {
        var names: [String] = []
        for row in rows where !names.contains(row.contender) { names.append(row.contender) }
        guard names.count > 1 else { return "" }
        return "<p>" + names.map { "\(swatch($0))\(Self.escaped($0))" }.joined(separator: " &nbsp; ") + "</p>"
    }

    private func swatch(_ name: String) -> String {
        "<span class=\"swatch\" style=\"background: var(--c\(colors[name] ?? 0))\"></span>"
    }

    private func table(_ rows: [Row], hasWork: Bool) -> String {
        let titles =
            (hasWork ? ["work"] : []) + ["what", "who", "circumstances", "median", "unit", "rounds", "aim", "note"]
        let lines = rows.map { row in
            var rounds = ""
            if let least = row.least, let greatest = row.greatest {
                rounds = "\(Figure.text(least)) … \(Figure.text(greatest))"
            }
            let aim = row.aim.map { (row.better == .more ? "≥ " : "≤ ") + Figure.text($0) } ?? ""
            let mark = row.met.map { $0 ? " class=\"met\"" : " class=\"missed\"" } ?? ""
            let texts = (hasWork ? [row.work] : []) + [row.measure, row.contender, row.circumstances]
            let numbers = "<td class=\"number\">\(Figure.text(row.median))</td><td>\(Self.escaped(row.unit))</td>"
            return "<tr\(mark)>" + texts.map { "<td>\(Self.escaped($0))</td>" }.joined() + numbers
                + "<td>\(rounds)</td><td>\(aim)</td><td>\(Self.escaped(row.note ?? ""))</td></tr>"
        }
        let head = titles.map { "<th>\($0)</th>" }.joined()
        return "<div class=\"wide\"><table><tr>\(head)</tr>\n\(lines.joined(separator: "\n"))\n</table></div>"
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

/// Makes a page of a report.
struct PageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "page", abstract: "Makes a page with charts of a report.")

    @Argument(help: "The report of the suite as JSON.") var file: String
    @Option(help: "Where to write the page.") var html: String

    func run() throws {
        try Data(Page(Report(file: file)).html.utf8).write(to: URL(fileURLWithPath: html))
    }
}

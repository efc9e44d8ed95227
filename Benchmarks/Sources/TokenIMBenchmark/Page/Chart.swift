import Foundation

/// Bars that can be compared: the same measure of all who were measured, one circumstance varying.
struct Chart {
    let title: String
    private let rows: [Row]
    /// Whether the bars measure different things, so that each says which.
    private let isMixed: Bool

    private struct Subject: Hashable {
        var measure: String
        var unit: String
        var circumstances: [Parameter]
    }

    /// The charts of one work. Figures that have nothing beside them share one for each unit.
    static func charts(of rows: [Row]) -> [Chart] {
        let subjects = rows.map { row in
            Subject(measure: row.measure, unit: row.unit, circumstances: Array(row.parameters.dropFirst()))
        }
        var groups: [(subject: Subject, rows: [Row])] = []
        for (subject, row) in zip(subjects, rows) where row.median.isFinite {
            if let index = groups.firstIndex(where: { $0.subject == subject }) {
                groups[index].rows.append(row)
            } else {
                groups.append((subject, [row]))
            }
        }
        var charts = groups.filter { $0.rows.count > 1 }.map { group in
            let circumstances = group.subject.circumstances.map(\.text)
            let title = ([group.subject.measure] + circumstances).joined(separator: ", ")
            return Chart(title: "\(title), \(group.subject.unit)", rows: group.rows, isMixed: false)
        }
        var units: [String] = []
        let single = groups.filter { $0.rows.count == 1 }.flatMap(\.rows)
        for row in single where !units.contains(row.unit) { units.append(row.unit) }
        for unit in units {
            charts.append(Chart(title: "in \(unit)", rows: single.filter { $0.unit == unit }, isMixed: true))
        }
        return charts
    }

    // MARK: Drawing

    private static let width = 620.0
    private static let labels = 215.0
    private static let plot = 310.0
    private static let bar = 16.0
    private static let heading = 18.0

    /// The chart as an element of a page. The colours are numbers of the page's variables.
    func svg(_ colors: [String: Int]) -> String {
        let scale = Scale(rows, plot: Self.plot)
        var (elements, y): ([String], Double) = ([], 4)
        var group: String?
        for row in rows {
            let name = isMixed ? "" : row.parameters.first?.text ?? ""
            if name != group, !name.isEmpty {
                elements.append(text(0, y + 12, Page.escaped(name), "faint"))
                y += Self.heading
            }
            group = name
            elements += bar(row, y, scale, color: colors[row.contender] ?? 0)
            y += Self.bar + 3
        }
        let grid = scale.marks.map { mark in
            let x = Self.labels + scale.length(of: mark)
            return
                "<line class=\"grid\" x1=\"\(Self.number(x))\" x2=\"\(Self.number(x))\" y1=\"0\" y2=\"\(Self.number(y))\"/>"
                + text(x, y + 12, Figure.text(mark), "faint", anchor: "middle")
        }
        let size = "viewBox=\"0 0 \(Self.number(Self.width)) \(Self.number(y + 18))\""
        return "<svg \(size) role=\"img\" aria-label=\"\(Page.escaped(title))\">\n"
            + (grid + elements).joined(separator: "\n") + "\n</svg>"
    }

    private func bar(_ row: Row, _ y: Double, _ scale: Scale, color: Int) -> [String] {
        let length = max(1, scale.length(of: row.median))
        let middle = y + Self.bar / 2
        let label = isMixed ? ([row.measure] + row.parameters.map(\.text)).joined(separator: ", ") : row.contender
        var elements = [
            "<g><title>\(Page.escaped(label)): \(Figure.text(row.median)) \(Page.escaped(row.unit))</title>",
            text(Self.labels - 6, y + 12, Page.escaped(Self.shortened(label)), "", anchor: "end"),
            "<rect x=\"\(Self.number(Self.labels))\" y=\"\(Self.number(y))\" width=\"\(Self.number(length))\" "
                + "height=\"\(Self.number(Self.bar))\" rx=\"2\" style=\"fill: var(--c\(color))\"/>",
        ]
        var end = Self.labels + length
        if let least = row.least, let greatest = row.greatest, least.isFinite, greatest.isFinite {
            let (from, to) = (Self.labels + scale.length(of: least), Self.labels + scale.length(of: greatest))
            elements.append(line("spread", from, to, middle, middle))
            end = max(end, to)
        }
        if let aim = row.aim {
            let x = Self.labels + scale.length(of: aim)
            elements.append(line(row.met == true ? "reached" : "aim", x, x, y - 2, y + Self.bar + 2))
            end = max(end, x)
        }
        return elements + [text(end + 6, y + 12, Figure.text(row.median), ""), "</g>"]
    }

    private func line(_ name: String, _ x1: Double, _ x2: Double, _ y1: Double, _ y2: Double) -> String {
        "<line class=\"\(name)\" x1=\"\(Self.number(x1))\" x2=\"\(Self.number(x2))\" "
            + "y1=\"\(Self.number(y1))\" y2=\"\(Self.number(y2))\"/>"
    }

    private func text(_ x: Double, _ y: Double, _ text: String, _ name: String, anchor: String = "start") -> String {
        let style = name.isEmpty ? "" : " class=\"\(name)\""
        return "<text\(style) x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\">\(text)</text>"
    }

    private static func shortened(_ label: String) -> String {
        label.count <= 38 ? label : label.prefix(37) + "…"
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }
}

/// How long a bar is for a figure: in proportion, or by its logarithm when the figures differ much.
private struct Scale {
    let marks: [Double]
    private let isLogarithmic: Bool
    private let lowest: Double
    private let highest: Double
    private let plot: Double

    init(_ rows: [Row], plot: Double) {
        let values = rows.flatMap { [$0.median, $0.least, $0.greatest, $0.aim].compactMap(\.self) }
            .filter { $0.isFinite && $0 > 0 }
        let (least, greatest) = (values.min() ?? 1, values.max() ?? 1)
        self.plot = plot
        isLogarithmic = greatest > least * 30
        if isLogarithmic {
            let (first, last) = (Int(log10(least).rounded(.down)), Int(log10(greatest).rounded(.up)))
            (lowest, highest) = (pow(10, Double(first)), pow(10, Double(last)))
            marks = stride(from: first, through: last, by: max(1, (last - first) / 5)).map { pow(10, Double($0)) }
        } else {
            let step = Self.step(upTo: greatest)
            (lowest, highest) = (0, (greatest / step).rounded(.up) * step)
            marks = stride(from: 0, through: highest + step / 2, by: step).map(\.self)
        }
    }

    /// 1, 2 or 5 times a power of ten, of which three to six reach a value.
    private static func step(upTo value: Double) -> Double {
        let power = pow(10, log10(value / 5).rounded(.down))
        return [1, 2, 5, 10].map { $0 * power }.first { value / $0 <= 5 } ?? power * 10
    }

    func length(of value: Double) -> Double {
        let share =
            isLogarithmic
            ? log10(max(value, lowest) / lowest) / log10(highest / lowest) : max(0, value) / highest
        return min(1, share) * plot
    }
}

import Foundation

/// Bars that can be compared: the same measure of all who were measured, one circumstance varying if that can be.
struct Chart {
    let title: String
    private let rows: [Row]
    /// What varies from row to row besides who did it.
    private let label: (Row) -> String

    /// The charts of one work.
    static func charts(of rows: [Row]) -> [Chart] {
        var rest = rows.filter(\.median.isFinite)
        var charts: [Chart] = []
        // Those that differ in the first circumstance, or in that of who did it.
        charts += take(from: &rest) { row in
            let others = row.parameters.dropFirst().map(\.text)
            return (
                ([row.measure] + others).joined(separator: ", ") + ", \(row.unit)", { $0.parameters.first?.text ?? "" }
            )
        }
        // The others that are at least the same measure.
        charts += take(from: &rest) { ("\($0.measure), \($0.unit)", { $0.circumstances }) }
        // The others that have at least the same unit.
        return charts
            + take(from: &rest, least: 1) { row in
                ("in \(row.unit)", { ([$0.measure] + $0.parameters.map(\.text)).joined(separator: ", ") })
            }
    }

    /// Takes away the rows of which some belong together, by what their chart is called.
    private static func take(
        from rows: inout [Row], least: Int = 2, _ describe: (Row) -> (title: String, label: (Row) -> String)
    ) -> [Chart] {
        var titles: [String] = []
        var groups: [String: [Row]] = [:]
        for row in rows {
            let title = describe(row).title
            if groups[title] == nil { titles.append(title) }
            groups[title, default: []].append(row)
        }
        rows = titles.flatMap { title in
            let group = groups[title] ?? []
            return group.count < least ? group : []
        }
        return titles.compactMap { title in
            guard let group = groups[title], let first = group.first, group.count >= least else { return nil }
            let label = describe(first).label
            return Chart(title: title, rows: together(group, label), label: label)
        }
    }

    /// Those of one label beside each other, in the order in which the labels come first.
    private static func together(_ rows: [Row], _ label: (Row) -> String) -> [Row] {
        var labels: [String] = []
        for row in rows where !labels.contains(label(row)) { labels.append(label(row)) }
        return labels.flatMap { name in rows.filter { label($0) == name } }
    }

    // MARK: Drawing

    private static let width = 620.0
    private static let labels = 215.0
    private static let plot = 310.0
    private static let bar = 16.0
    private static let heading = 18.0
    /// Letters that fit beside a bar.
    private static let longest = 34

    /// The chart as an element of a page. The colours are numbers of the page's variables.
    func svg(_ colors: [String: Int]) -> String {
        let scale = Scale(rows, plot: Self.plot)
        var (elements, y): ([String], Double) = ([], 4)
        var group: String?
        // Short names stand beside their bars, where there is only one who did it.
        let isLone = Set(rows.map(\.contender)).count == 1 && rows.allSatisfy { label($0).count <= Self.longest }
        for row in rows {
            let name = label(row)
            if !isLone, name != group, !name.isEmpty {
                elements.append(text(0, y + 12, Page.escaped(name), "faint"))
                y += Self.heading
            }
            group = name
            let beside = isLone && !name.isEmpty ? name : row.contender
            elements += bar(row, beside, y, scale, color: colors[row.contender] ?? 0)
            y += Self.bar + 3
        }
        let grid = scale.marks.map { mark in
            let x = Self.labels + scale.length(of: mark)
            let (across, down) = (Self.number(x), Self.number(y))
            return "<line class=\"grid\" x1=\"\(across)\" x2=\"\(across)\" y1=\"0\" y2=\"\(down)\"/>"
                + text(x, y + 12, Figure.text(mark), "faint", anchor: "middle")
        }
        let size = "viewBox=\"0 0 \(Self.number(Self.width)) \(Self.number(y + 18))\""
        return "<svg \(size) role=\"img\" aria-label=\"\(Page.escaped(title))\">\n"
            + (grid + elements).joined(separator: "\n") + "\n</svg>"
    }

    private func bar(_ row: Row, _ label: String, _ y: Double, _ scale: Scale, color: Int) -> [String] {
        let length = max(1, scale.length(of: row.median))
        let middle = y + Self.bar / 2
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
        label.count <= longest ? label : label.prefix(longest - 1) + "…"
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

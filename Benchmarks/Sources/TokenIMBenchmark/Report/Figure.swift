import Foundation

/// How numbers are written in the table.
enum Figure {
    /// Three significant digits below a thousand, whole numbers in groups of three above.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "none" }
        let size = abs(value)
        if size >= 1_000 || value == value.rounded() { return grouped(Int(value.rounded())) }
        let decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
        return String(format: "%.\(decimals)f", value)
    }

    private static func grouped(_ value: Int) -> String {
        var text = ""
        for (index, digit) in String(abs(value)).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text = "," + text }
            text = String(digit) + text
        }
        return value < 0 ? "-" + text : text
    }
}

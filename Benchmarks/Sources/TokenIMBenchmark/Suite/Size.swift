import ArgumentParser

/// How much is done.
enum Size: String, CaseIterable, EnumerableFlag, Sendable {
    case tiny, short, long

    static func help(for value: Size) -> ArgumentHelp? {
        switch value {
        case .tiny: "Less than a minute in all. To see that everything works, not how well."
        case .short: "Two to three minutes in all, on a quiet machine."
        case .long: "As long as it needs."
        }
    }

    /// What belongs to this size.
    func of<Value>(_ tiny: Value, _ short: Value, _ long: Value) -> Value {
        switch self {
        case .tiny: tiny
        case .short: short
        case .long: long
        }
    }
}

/// Who may do what in a group, and by which rule.
enum RightsTable {
    static func lines(_ state: String) -> [String] { [] }
}

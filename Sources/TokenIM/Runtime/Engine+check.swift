import TokenIMLMDB

extension Engine {
    /// Reads the files of a store that no engine has open, page by page, and says what is damaged. It never maps them,
    /// so nothing in them can crash the process; after it found nothing, opening and reading cannot either.
    ///
    /// - Throws: `already-open`; `unreadable-store` when the files are not there or of another version; `input-output`.
    /// - Cost: reads every used page once; memory for one bit per page.
    public static func check(directory: String) throws(IMError) -> [Finding] {
        var findings: [Finding] = []
        for environment in ["journal", "projections"] {
            let damages = try IMError.mapping {
                try PageVerifier.verify(dataFile: "\(directory)/\(environment)/data.mdb", limit: 100)
            }
            findings += damages.map { damage in
                let table = damage.table.map { ", table \($0)" } ?? ""
                return Finding(place: "\(environment)\(table), page \(damage.page)", detail: damage.reason)
            }
        }
        return findings
    }
}

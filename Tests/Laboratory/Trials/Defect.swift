/// A promise that was not kept, or a laboratory that cannot work.
struct Defect: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

#if LIBFUZZER
import Glibc

/// The same targets under libFuzzer, which sees which code an input reaches. See README.md for how to build it.
enum CoverageGuided {
    /// What is named first on the command line; the rest is for libFuzzer.
    static let target = FuzzTarget.all.first { $0.name == CommandLine.arguments.dropFirst().first }

    static func run() -> Never {
        guard target != nil else {
            print("Fuzz TARGET [FOLDER…] [-runs=N] …: \(FuzzTarget.all.map(\.name).joined(separator: " "))")
            exit(64)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] =
            ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)).map { strdup($0) }
        var count = CInt(arguments.count)
        arguments.append(nil)
        let status = arguments.withUnsafeMutableBufferPointer { buffer in
            var base = buffer.baseAddress
            return runDriver(&count, &base) { start, count in
                let input = Array(UnsafeBufferPointer(start: start, count: count))
                do {
                    _ = try CoverageGuided.target?.examine(input)
                } catch {
                    print("a finding: \(error)")
                    abort()
                }
                return 0
            }
        }
        exit(status)
    }

    @_silgen_name("LLVMFuzzerRunDriver")
    private static func runDriver(
        _ count: UnsafeMutablePointer<CInt>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
        _ examine: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt
}

extension FuzzCommand {
    static func main() { CoverageGuided.run() }
}
#endif

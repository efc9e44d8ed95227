#if LIBFUZZER
import Glibc

/// The same targets under libFuzzer, which has its own `main` and sees which code an input reaches. See README.md for
/// how to build it.
enum CoverageGuided {
    /// What is named first on the command line; the rest is for libFuzzer.
    static let target = FuzzTarget.all.first { $0.name == CommandLine.arguments.dropFirst().first }
}

@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzing(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    guard CoverageGuided.target != nil else {
        print("Fuzz TARGET [FOLDER…] [-runs=N] …: \(FuzzTarget.all.map(\.name).joined(separator: " "))")
        exit(64)
    }
    for index in 2..<max(2, Int(count.pointee)) { arguments.pointee[index - 1] = arguments.pointee[index] }
    count.pointee -= 1
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        _ = try CoverageGuided.target?.examine(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        print("a finding: \(error)")
        abort()
    }
    return 0
}
#endif

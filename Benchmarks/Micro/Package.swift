// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Micro",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "TokenIM", path: "../.."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "EngineMicro",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "TokenIM", package: "TokenIM"),
                .product(name: "TokenIMTesting", package: "TokenIM"),
            ],
            path: "Benchmarks/EngineMicro",
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .treatAllWarnings(as: .error),
            ],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ],
    swiftLanguageModes: [.v6]
)

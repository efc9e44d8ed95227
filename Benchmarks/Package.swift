// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tokenim-benchmark", targets: ["TokenIMBenchmark"])
    ],
    dependencies: [
        .package(name: "TokenIM", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: [
        .target(name: "CCallCounts"),
        .executableTarget(
            name: "TokenIMBenchmark",
            dependencies: [
                "CCallCounts",
                .product(name: "TokenIM", package: "TokenIM"),
                .product(name: "TokenIMTesting", package: "TokenIM"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .treatAllWarnings(as: .error),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

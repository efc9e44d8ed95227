// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "TokenIM",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "TokenIM", targets: ["TokenIM"]),
        .library(name: "TokenIMTesting", targets: ["TokenIMTesting"]),
        .executable(name: "tokenim", targets: ["TokenIMCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CTokenIMLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
        .target(name: "TokenIMLMDB", dependencies: ["CTokenIMLMDB"], swiftSettings: strict),
        .target(
            name: "TokenIM",
            dependencies: [
                "TokenIMLMDB",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(name: "TokenIMTesting", dependencies: ["TokenIM", "TokenIMLMDB"], swiftSettings: strict),
        .target(name: "TokenIMReplay", dependencies: ["TokenIM", "TokenIMTesting"], swiftSettings: strict),
        .executableTarget(
            name: "TokenIMCommand",
            dependencies: [
                "TokenIM", "TokenIMReplay", "TokenIMTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(name: "TokenIMLMDBTests", dependencies: ["TokenIMLMDB"], swiftSettings: strict),
        .testTarget(
            name: "TokenIMTests", dependencies: ["Arbitrary", "TokenIM", "TokenIMLMDB", "TokenIMTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "TokenIMCommandTests",
            dependencies: ["TokenIM", "TokenIMCommand", "TokenIMReplay", "TokenIMTesting"],
            swiftSettings: strict),
        .testTarget(name: "TokenIMTestingTests", dependencies: ["TokenIM", "TokenIMTesting"], swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: ["TokenIM", "TokenIMCommand", "TokenIMTesting"],
            exclude: ["Regressions"],
            swiftSettings: strict),
        .testTarget(
            name: "ConcurrencyTests", dependencies: ["TokenIM", "TokenIMTesting"], swiftSettings: strict),
        .testTarget(
            name: "TranscriptTests", dependencies: ["TokenIM", "TokenIMTesting"], exclude: ["Transcripts"],
            swiftSettings: strict),
        .testTarget(name: "ReadmeTests", dependencies: ["TokenIM", "TokenIMTesting"], swiftSettings: strict),
        .target(name: "CStorageCalls", path: "Tests/CStorageCalls"),
        .executableTarget(
            name: "Laboratory",
            dependencies: [
                "Arbitrary", "CStorageCalls", "TokenIM", "TokenIMLMDB", "TokenIMTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Laboratory", exclude: ["README.md"], swiftSettings: strict),
        .testTarget(name: "LaboratoryTests", swiftSettings: strict),
        .target(
            name: "Arbitrary", dependencies: ["TokenIM", "TokenIMTesting"], path: "Tests/Arbitrary",
            swiftSettings: strict),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Arbitrary", "TokenIM", "TokenIMLMDB", "TokenIMReplay", "TokenIMTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Fuzz", exclude: ["Corpus", "README.md"], swiftSettings: strict),
        .testTarget(name: "FuzzTests", swiftSettings: strict),
        .testTarget(name: "TidyTests", dependencies: ["TokenIMTesting"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "SQLite",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0")
    ],
    targets: [
        // What the contenders in C share, by symbolic links: the same options, traffic and measuring.
        .target(name: "Contender", cSettings: [.define("_GNU_SOURCE")]),
        .executableTarget(
            name: "sqlite",
            dependencies: [
                "Contender",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.1
import PackageDescription

/// C is always optimised: a debug build of the product would otherwise train a hundred times slower.
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno"])]

let package = Package(
  name: "mtl-tui",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "mtl-tui", targets: ["mtl-tui"]),
    // What Benchmarks/ times; the program itself does not need it.
    .library(name: "Engine", targets: ["Training", "Tensors", "CKernels"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // Foundations: C behind a Swift face, and values that import nothing.
    .target(
      name: "CCurses",
      linkerSettings: [
        .linkedLibrary("ncursesw"), .linkedLibrary("tinfo", .when(platforms: [.linux])),
      ]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CKernels", exclude: ["README.md"], cSettings: kernelFlags),
    .target(name: "Runs"),

    // The engine, from numbers to models.
    .target(name: "Tensors", dependencies: ["CKernels"]),
    .target(
      name: "Datasets",
      dependencies: [
        "Metrics", "Tensors", "CKernels", "Runs", "CZlib",
        .product(name: "Yams", package: "Yams"),
      ]),
    .target(name: "Graph", dependencies: ["Tensors", "CKernels"]),
    .target(name: "Ranks", dependencies: ["Tensors", "CKernels"]),
    .target(name: "Layers", dependencies: ["Graph", "Tensors", "Datasets", "Runs"]),
    .target(
      name: "Objectives", dependencies: ["Layers", "Graph", "Tensors", "Runs", "CKernels"]),
    .target(
      name: "Models",
      dependencies: ["Objectives", "Metrics", "Layers", "Graph", "Tensors", "Datasets", "Runs"]),
    .target(name: "Metrics", dependencies: ["Tensors"]),
    .target(
      name: "Store",
      dependencies: [
        "Layers", "Graph", "Tensors", "Runs", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "Training",
      dependencies: [
        "Store", "Models", "Objectives", "Metrics", "Runs", "Layers", "Graph", "Tensors",
        "Datasets", "Ranks", "CKernels",
      ]),

    // A run seen from another process: values of Runs over a socket.
    .target(name: "Watching", dependencies: ["Runs"]),

    // The screen: sees values of Runs only.
    .target(name: "Terminal", dependencies: ["CCurses"]),
    .target(name: "Interface", dependencies: ["Runs", "Terminal"]),

    .executableTarget(
      name: "mtl-tui",
      dependencies: [
        "Training", "Store", "Models", "Objectives", "Layers", "Datasets", "Tensors", "Ranks",
        "Interface", "Terminal", "Watching", "Runs",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ]),

    // Tests.
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"]),
    .testTarget(name: "GraphTests", dependencies: ["Graph", "Tensors"]),
    .testTarget(name: "ObjectivesTests", dependencies: ["Objectives", "Graph", "Tensors"]),
    .testTarget(
      name: "GoldenTests",
      dependencies: [
        "TestSupport", "Training", "Objectives", "Models", "Layers", "Graph", "Tensors", "Datasets",
        "Metrics", "Runs", "CKernels",
      ]),
    .testTarget(name: "RanksTests", dependencies: ["Ranks", "Tensors"]),
    .testTarget(name: "MetricsTests", dependencies: ["Metrics", "Tensors", "TestSupport"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Models", "Objectives", "Layers", "Metrics", "Graph", "Runs", "Datasets",
        "Store",
        "Ranks", "Tensors", "TrainingFixtures",
      ]),
    .testTarget(
      name: "InterfaceTests",
      dependencies: ["Interface", "Runs", "Terminal", "Training", "Models", "Datasets"],
      exclude: ["Golden"]),
    .executableTarget(
      name: "TerminalProbe", dependencies: ["Terminal"], path: "Tests/TerminalProbe"),
    .testTarget(
      name: "TerminalTests", dependencies: ["Terminal", "TestSupport", "TerminalProbe"]),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CKernels"]),
    .target(name: "MallocCounter", path: "Tests/MallocCounter"),
    .executableTarget(
      name: "AllocationProbe",
      dependencies: [
        "MallocCounter", "Training", "Models", "Objectives", "Layers", "Graph", "Datasets",
        "Tensors", "Runs", "Ranks",
      ],
      path: "Tests/AllocationProbe"),
    .testTarget(name: "AllocationTests"),
    .testTarget(
      name: "ModelsTests",
      dependencies: [
        "Models", "Objectives", "Layers", "Graph", "Datasets", "Tensors", "Training", "Metrics",
        "Runs", "TrainingFixtures",
      ]),
    .target(
      name: "TrainingFixtures",
      dependencies: [
        "Models", "Objectives", "Layers", "Graph", "Datasets", "Tensors", "Training", "Runs",
      ],
      path: "Tests/TrainingFixtures"),
    .testTarget(name: "RunsTests", dependencies: ["Runs"]),
    .testTarget(name: "WatchingTests", dependencies: ["Watching", "Runs"]),
    .testTarget(
      name: "StoreTests",
      dependencies: ["Store", "Layers", "Graph", "Tensors", "Runs", "TestSupport"]),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Tensors", "CZlib"]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "mtl-tui", "Interface", "Terminal", "Watching", "Runs", "Store", "Training", "Models",
        "Objectives", "Datasets",
      ]),
    // Starts the program itself, which is therefore built before.
    .testTarget(name: "EndToEndTests", dependencies: ["TestSupport", "Store", "mtl-tui"]),
  ],
  swiftLanguageModes: [.v6]
)

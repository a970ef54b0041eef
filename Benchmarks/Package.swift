// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "mtl-tui", path: "..")],
  targets: [
    .executableTarget(
      name: "step-benchmarks", dependencies: [.product(name: "Engine", package: "mtl-tui")])
  ],
  swiftLanguageModes: [.v6]
)

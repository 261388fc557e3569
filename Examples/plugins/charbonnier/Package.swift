// swift-tools-version: 6.3

import PackageDescription

let package = Package(
  name: "Charbonnier",
  platforms: [.macOS(.v26)],
  products: [.library(name: "Charbonnier", type: .dynamic, targets: ["Charbonnier"])],
  dependencies: [.package(name: "LossKit", path: "../../..")],
  targets: [
    .target(
      name: "Charbonnier", dependencies: [.product(name: "LossKitPlugin", package: "LossKit")])
  ],
  swiftLanguageModes: [.v6]
)

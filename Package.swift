// swift-tools-version: 6.3

import PackageDescription

/// One module a family of plugins; each depends on the core and the kernels and on nothing else.
let plugins = [
  "SoftmaxCrossEntropy", "NLL", "BinaryCrossEntropy", "SmoothL1",
  "Priors", "Assigners", "Samplers", "BoxCoders",
]

let pluginTargets = plugins.flatMap { name -> [Target] in
  [
    .target(name: name, dependencies: ["LossCore", "LossKernels"], path: "Plugins/\(name)"),
    .testTarget(name: "\(name)Tests", dependencies: ["LossKit", "TestSupport"]),
  ]
}

/// Flags for a target that is compiled for one instruction set of x86-64, and optimized in debug builds
/// too, in which tests would wait for it. A package that depends on this one may not build flags like
/// these, and does without them.
func instructionSet(_ name: String) -> [SwiftSetting] {
  #if arch(x86_64)
    let isDependency = Context.packageDirectory.contains("/checkouts/")
    return isDependency ? [] : [.unsafeFlags(["-O", "-Xcc", "-march=\(name)"] + vectorWidth(name))]
  #else
    return []
  #endif
}

/// Clang prefers vectors of half the width on AVX-512.
func vectorWidth(_ name: String) -> [String] {
  name == "x86-64-v4" ? ["-Xcc", "-mprefer-vector-width=512"] : []
}

let package = Package(
  name: "LossKit",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "LossKit", targets: ["LossKit"]),
    .executable(name: "losskit", targets: ["LossKitCLI"]),
  ],
  targets: [
    .target(name: "StrictJSON"),
    .target(name: "VectorArithmetic"),
    .target(name: "LossKernels", dependencies: ["VectorArithmetic"]),
    .target(
      name: "MatrixAVX2", dependencies: ["LossKernels"],
      swiftSettings: instructionSet("x86-64-v3")),
    .target(
      name: "MatrixAVX512", dependencies: ["LossKernels"],
      swiftSettings: instructionSet("x86-64-v4")),
    .target(name: "LossCore", dependencies: ["LossKernels"]),
    .target(name: "Objective", dependencies: ["LossCore", "LossKernels"]),
    .target(name: "Recipe", dependencies: ["LossCore", "Objective", "StrictJSON"]),
    .target(name: "Bundle", dependencies: ["LossCore", "StrictJSON"]),
    .target(name: "Sweep", dependencies: ["LossCore", "Recipe", "Bundle", "StrictJSON"]),
    .target(
      name: "Detector",
      dependencies: [
        "LossCore", "LossKernels", "MatrixAVX2", "MatrixAVX512", "Objective", "Recipe",
        "StrictJSON", "Bundle", "VectorArithmetic",
      ]),
    .target(
      name: "LossKit",
      dependencies: ["LossCore", "Objective", "Recipe", "Bundle", "StrictJSON"]
        + plugins.map { .byName(name: $0) }),
    .target(name: "CommandLineKit", dependencies: ["StrictJSON"]),
    .executableTarget(
      name: "LossKitCLI", dependencies: ["CommandLineKit", "Detector", "LossKit", "Sweep"],
      // A link to the file in Configs: `losskit bench` needs a recipe wherever it is called.
      resources: [.embedInCode("Resources/faster_rcnn_torchvision.json")]),

    .target(name: "SeededNumbers", path: "Tests/SeededNumbers"),
    .target(
      name: "TestSupport", dependencies: ["LossKit", "SeededNumbers"], path: "Tests/TestSupport"),
    .target(
      name: "CommandLineTestSupport", dependencies: ["CommandLineKit"],
      path: "Tests/CommandLineTestSupport"),
    .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON", "SeededNumbers"]),
    .testTarget(
      name: "CommandLineKitTests",
      dependencies: ["CommandLineKit", "CommandLineTestSupport", "SeededNumbers"]),
    .testTarget(name: "LossKernelsTests", dependencies: ["LossKernels", "SeededNumbers"]),
    .testTarget(name: "LossCoreTests", dependencies: ["LossCore"]),
    .testTarget(
      name: "BundleTests", dependencies: ["Bundle", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "DetectorTests", dependencies: ["Detector", "TestSupport"]),
    .testTarget(name: "LossContractTests", dependencies: ["LossKit", "TestSupport"]),
    .testTarget(name: "RecipeTests", dependencies: ["LossKit", "TestSupport"]),
    .testTarget(
      name: "SweepTests",
      dependencies: ["Sweep", "LossKit", "LossKitCLI", "TestSupport", "SeededNumbers"]),
    .testTarget(name: "ObjectiveTests", dependencies: ["LossKit", "TestSupport"]),
    .testTarget(
      name: "LossKitCLITests",
      dependencies: ["LossKitCLI", "CommandLineTestSupport", "TestSupport"]),
  ] + pluginTargets,
  swiftLanguageModes: [.v6]
)

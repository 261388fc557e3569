// swift-tools-version: 6.3

import PackageDescription

/// One module a family of plugins; each depends on the core and the kernels and on nothing else.
let plugins = [
  "SoftmaxCrossEntropy", "NLL", "BinaryCrossEntropy", "SmoothL1", "BoxOverlap",
  "Priors", "Assigners", "Samplers", "BoxCoders",
]

let pluginTargets = plugins.flatMap { name -> [Target] in
  [
    .target(name: name, dependencies: ["LossCore", "LossKernels"], path: "Plugins/\(name)"),
    .testTarget(name: "\(name)Tests", dependencies: ["LossKit", "TestSupport"]),
  ]
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
    .target(name: "LossCore", dependencies: ["LossKernels"]),
    .target(name: "Objective", dependencies: ["LossCore", "LossKernels"]),
    .target(name: "Recipe", dependencies: ["LossCore", "Objective", "StrictJSON"]),
    .target(name: "Bundle", dependencies: ["LossCore", "StrictJSON"]),
    .target(name: "GradientChecks", dependencies: ["LossCore", "LossKernels", "Objective"]),
    .target(
      name: "LossKit",
      dependencies: ["LossCore", "Objective", "Recipe", "Bundle", "GradientChecks", "StrictJSON"]
        + plugins.map { .byName(name: $0) }),
    .target(name: "CommandLineKit", dependencies: ["StrictJSON"]),
    .executableTarget(
      name: "LossKitCLI", dependencies: ["CommandLineKit", "LossKit"],
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
    .testTarget(name: "GradientChecksTests", dependencies: ["LossKit", "TestSupport"]),
    .testTarget(name: "LossContractTests", dependencies: ["LossKit", "TestSupport"]),
    .testTarget(name: "RecipeTests", dependencies: ["LossKit", "TestSupport"]),
    .testTarget(name: "ObjectiveTests", dependencies: ["LossKit", "TestSupport"]),
    .testTarget(
      name: "LossKitCLITests",
      dependencies: ["LossKitCLI", "CommandLineTestSupport", "TestSupport"]),
  ] + pluginTargets,
  swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.3

import PackageDescription

/// One module a family of plugins; each depends on the core and the kernels and on nothing else.
let plugins = [
  "SoftmaxCrossEntropy", "NLL", "BinaryCrossEntropy", "Focal", "SmoothL1", "BoxOverlap",
  "Distributions", "Dice", "Imbalance", "Formulas",
  "Priors", "Assigners", "MatchCosts", "Samplers", "BoxCoders", "Targets",
]

let pluginTargets = plugins.flatMap { name -> [Target] in
  [
    .target(
      name: name, dependencies: ["LossCore", "LossKernels", "Formula"], path: "Plugins/\(name)"),
    .testTarget(name: "\(name)Tests", dependencies: ["LossKit", "TestSupport"]),
  ]
}

/// A module that is compiled for more instructions than every x86-64 has, and optimized in debug builds
/// too, in which tests would wait for it.
///
/// A package may depend on one with unsafe flags, by a version too, where that one's manifest has tools
/// version 6.2 or more.
func wideModule(_ name: String, architecture: String, dependencies: [Target.Dependency]) -> Target {
  // Clang prefers vectors of half the width on AVX-512.
  let width = architecture == "x86-64-v4" ? ["-Xcc", "-mprefer-vector-width=512"] : []
  #if arch(x86_64)
    let flags = ["-O", "-Xcc", "-march=\(architecture)"] + width
  #else
    let flags: [String] = []
  #endif
  return .target(
    name: name, dependencies: dependencies, path: "Sources/Wide/\(name)",
    swiftSettings: flags.isEmpty ? [] : [.unsafeFlags(flags)])
}

/// What evaluates losses.
let losses = [
  "LossCore", "LossKernels", "BinaryCrossEntropy", "BoxOverlap", "Dice", "Distributions", "Focal",
  "Formulas", "Imbalance", "NLL", "SmoothL1", "SoftmaxCrossEntropy",
]
let wideModules = [("AVX2", "x86-64-v3"), ("AVX512", "x86-64-v4")].flatMap { name, architecture in
  [
    wideModule(
      "\(name)Losses", architecture: architecture, dependencies: losses.map { .byName(name: $0) }),
    wideModule("\(name)Matrix", architecture: architecture, dependencies: ["DetectorKernels"]),
  ]
}

/// What the fuzz targets call.
let fuzzed: [Target.Dependency] = [
  "CommandLineKit", "CommandLineTestSupport", "Detector", "LossKit", "LossKitCLI", "PluginABI",
  "PluginLoader", "ResourceLimits", "SeededNumbers", "Sweep", "TestSupport", "TrainingLogs",
]

let package = Package(
  name: "LossKit",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "LossKit", targets: ["LossKit"]),
    .library(name: "LossKitPlugin", targets: ["LossKitPlugin"]),
    .library(name: "LossKitC", type: .dynamic, targets: ["LossKitC"]),
    .executable(name: "losskit", targets: ["LossKitCLI"]),
  ],
  targets: [
    .target(name: "ResourceLimits"),
    .target(name: "StrictJSON", dependencies: ["ResourceLimits"]),
    .target(name: "CLibrary"),
    .target(name: "Files", dependencies: ["CLibrary", "ResourceLimits"]),
    // What calls the system's libraries for JPEG and PNG: all unsafe pointers of reading images.
    .target(name: "ImageDecoding", dependencies: ["CLibrary", "ResourceLimits"]),
    .target(name: "VectorArithmetic"),
    .target(name: "LossKernels", dependencies: ["CLibrary", "VectorArithmetic"]),
    .target(name: "DetectorKernels", dependencies: ["LossKernels", "VectorArithmetic"]),
    .target(name: "LossCore", dependencies: ["LossKernels", "ResourceLimits"]),
    .target(name: "Objective", dependencies: ["LossCore", "LossKernels", "ResourceLimits"]),
    .target(name: "Formula", dependencies: ["LossCore", "LossKernels", "ResourceLimits"]),
    .target(name: "ShippedRecipes"),
    .target(
      name: "Recipe",
      dependencies: [
        "Formula", "LossCore", "Objective", "PluginLoader", "ResourceLimits", "ShippedRecipes",
        "StrictJSON", "Files",
      ]),
    .target(
      name: "Bundle",
      dependencies: ["CLibrary", "LossCore", "ResourceLimits", "StrictJSON", "Files"]),
    .target(
      name: "Sweep",
      dependencies: [
        "LossCore", "Recipe", "Bundle", "ResourceLimits", "StrictJSON", "Files", "Plots",
        "TensorBoard", "TrainingLogs",
      ]),
    .target(name: "TrainingLogs", dependencies: ["CLibrary", "ResourceLimits", "StrictJSON"]),
    .target(name: "Plots"),
    // Event files: no more of TensorBoard is needed, and nothing else writes them.
    .target(
      name: "TensorBoard", dependencies: ["Bundle", "CLibrary", "Files", "StrictJSON"]),
    .target(name: "Metrics", dependencies: ["LossCore", "LossKernels"]),
    .target(
      name: "Detector",
      dependencies: [
        "LossCore", "LossKernels", "Metrics", "DetectorKernels", "AVX2Matrix", "AVX512Matrix",
        "ImageDecoding", "Objective", "Recipe", "ResourceLimits", "StrictJSON", "Bundle", "Files",
        "TensorBoard",
      ]),
    .target(
      name: "GradientChecks", dependencies: ["CLibrary", "LossCore", "LossKernels", "Objective"]),
    .target(name: "PluginABI"),
    .target(
      name: "PluginLoader",
      dependencies: [
        "CLibrary", "LossCore", "LossKernels", "PluginABI", "ResourceLimits", "Files",
      ]),
    .target(name: "LossKitPlugin", dependencies: ["LossCore", "LossKernels", "PluginABI"]),
    .target(
      name: "LossKit",
      dependencies: [
        "LossCore", "Objective", "Recipe", "Bundle", "GradientChecks", "PluginLoader",
        "StrictJSON", "AVX2Losses", "AVX512Losses", "Formula",
      ]
        + plugins.map { .byName(name: $0) }),
    // Apart from LossKitC, as no target holds both C and Swift.
    .target(name: "CInterface", dependencies: ["PluginABI"]),
    .target(
      name: "LossKitC",
      dependencies: [
        "CInterface", "CLibrary", "LossKit", "LossKernels", "Metrics", "PluginABI",
        "ResourceLimits",
      ]),
    .target(name: "CommandLineKit", dependencies: ["StrictJSON", "Files"]),
    .target(name: "Bench", dependencies: ["CommandLineKit", "LossKit", "ResourceLimits"]),
    .executableTarget(
      name: "LossKitCLI",
      dependencies: [
        "Bench", "CommandLineKit", "Detector", "LossKit", "Plots", "ResourceLimits", "Sweep",
      ],
      // A link: `losskit new-loss` needs the C header wherever it is called.
      resources: [.embedInCode("Resources/losskit_plugin.h")]),

    .target(name: "SeededNumbers", path: "Tests/SeededNumbers"),
    .target(
      name: "TestSupport", dependencies: ["LossKit", "SeededNumbers"], path: "Tests/TestSupport"),
    .target(
      name: "CommandLineTestSupport", dependencies: ["CommandLineKit"],
      path: "Tests/CommandLineTestSupport"),
    .testTarget(name: "ResourceLimitsTests", dependencies: ["ResourceLimits"]),
    .testTarget(
      name: "StrictJSONTests", dependencies: ["ResourceLimits", "StrictJSON", "SeededNumbers"]),
    .testTarget(name: "TensorBoardTests", dependencies: ["TensorBoard", "TestSupport"]),
    .testTarget(name: "PlotsTests", dependencies: ["Detector", "Plots"]),
    .testTarget(name: "ImageDecodingTests", dependencies: ["ImageDecoding", "TestSupport"]),
    .testTarget(name: "FilesTests", dependencies: ["Files", "ResourceLimits", "TestSupport"]),
    .testTarget(
      name: "CommandLineKitTests",
      dependencies: ["CommandLineKit", "CommandLineTestSupport", "SeededNumbers"]),
    .testTarget(name: "LossKernelsTests", dependencies: ["LossKernels", "SeededNumbers"]),
    .testTarget(
      name: "DetectorKernelsTests",
      dependencies: ["DetectorKernels", "LossKernels", "SeededNumbers"]),
    .testTarget(
      name: "FormulaTests",
      dependencies: ["Formula", "LossKernels", "TestSupport", "SeededNumbers"]),
    .testTarget(name: "LossCoreTests", dependencies: ["LossCore", "ResourceLimits"]),
    .testTarget(
      name: "BundleTests", dependencies: ["Bundle", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "DetectorTests", dependencies: ["Detector", "ResourceLimits", "TestSupport"]),
    .testTarget(
      name: "PluginLoaderTests", dependencies: ["LossKit", "ResourceLimits", "TestSupport"]),
    .testTarget(
      name: "LossKitPluginTests",
      dependencies: ["LossKit", "LossKitPlugin", "PluginABI", "PluginLoader"]),
    .testTarget(name: "MetricsTests", dependencies: ["Metrics", "TestSupport"]),
    .testTarget(name: "GradientChecksTests", dependencies: ["LossKit", "TestSupport"]),
    .testTarget(name: "LossContractTests", dependencies: ["LossKit", "TestSupport"]),
    .testTarget(
      name: "RecipeTests", dependencies: ["LossKit", "ResourceLimits", "TestSupport"]),
    .testTarget(
      name: "SweepTests",
      dependencies: [
        "Sweep", "LossKit", "LossKitCLI", "ResourceLimits", "TestSupport", "TrainingLogs",
        "SeededNumbers",
      ]),
    .testTarget(
      name: "LossKitCTests", dependencies: ["LossKitC", "TestSupport"], exclude: ["program.c"]),
    .testTarget(name: "ObjectiveTests", dependencies: ["LossKit", "TestSupport"]),
    .testTarget(
      name: "LossKitCLITests",
      dependencies: [
        "Bench", "LossKitCLI", "CommandLineKit", "CommandLineTestSupport", "ResourceLimits",
        "TestSupport",
      ]),
    .testTarget(
      name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz",
      exclude: ["Regressions", "LibFuzzer.swift"]),
  ] + pluginTargets + wideModules,
  swiftLanguageModes: [.v6]
)

// What runs for moments, once a command or a trial: optimized, it would make a release build a quarter longer, and nobody
// waits for it afterwards. What reads, draws or computes many numbers belongs to other modules.
for target in package.targets
where ["CommandLineKit", "LossKitCLI", "Plots", "Recipe", "Sweep"].contains(target.name) {
  target.swiftSettings = [.unsafeFlags(["-Onone"])]
}

// The fuzzers, which .ci/fuzz builds: nobody else waits for them.
if let configuration = Context.environment["LOSSKIT_FUZZ_BUILD"] {
  // libFuzzer brings a `main` of its own, and of the command only the parts are called.
  let command = package.targets.first { $0.name == "LossKitCLI" }
  package.products = []
  package.targets.removeAll { $0.type == .test || $0.name == "LossKitCLI" }
  package.targets += [
    .target(
      name: "LossKitCLI", dependencies: command?.dependencies ?? [], exclude: ["main.swift"],
      resources: command?.resources),
    .executableTarget(
      name: "LossKitFuzz", dependencies: fuzzed, path: "Tests/Fuzz",
      exclude: ["Regressions", "ReplayTests.swift"]),
  ]
  // What reads is optimized if it is called for long; the rest is compiled as fast as may be.
  let reading = [
    "Bundle", "CommandLineKit", "LossCore", "LossKitFuzz", "Objective", "PluginLoader", "Priors",
    "Recipe", "StrictJSON", "Sweep", "TrainingLogs",
  ]
  for target in package.targets {
    let isOptimized = configuration == "release" && reading.contains(target.name)
    target.swiftSettings = isOptimized ? [.unsafeFlags(["-O"])] : nil
  }
}

// What runs under AddressSanitizer in .ci/run: the tests of modules that read and write memory by pointers, and what
// those need. Nothing else is compiled for it. What evaluates is optimized, as users have it; tests of a third of the
// time pay for that.
if Context.environment["LOSSKIT_ADDRESS_BUILD"] != nil {
  var kept: Set<String> = []
  func keep(_ dependency: Target.Dependency) {
    guard case .byNameItem(let name, _) = dependency, kept.insert(name).inserted else { return }
    package.targets.first { $0.name == name }?.dependencies.forEach(keep)
  }
  for module in [
    "Bundle", "DetectorKernels", "Formulas", "ImageDecoding", "LossContract", "LossCore",
    "LossKernels", "LossKitPlugin", "PluginLoader",
  ] {
    keep(.byName(name: "\(module)Tests"))
  }
  package.products = []
  package.targets.removeAll { !kept.contains($0.name) }
  for target in package.targets where losses.contains(target.name) {
    target.swiftSettings = [.unsafeFlags(["-O"])]
  }
}

import Foundation

/// A package with a loss in Swift.
struct SwiftPackage: NewLossPackage {
  let name: NewLossName

  var library: String {
    #if os(macOS)
      ".build/release/lib\(name.module).dylib"
    #else
      ".build/release/lib\(name.module).so"
    #endif
  }

  var commands: (build: String, test: String) { ("swift build -c release", "swift test") }

  var source: String { "Sources/\(name.module)/\(name.type).swift" }

  var files: KeyValuePairs<String, String> {
    [
      "Package.swift": manifest,
      source: loss,
      "Sources/\(name.module)/Plugin.swift": entryPoint,
      "Tests/\(name.module)Tests/\(name.type)Tests.swift": tests,
      ".gitignore": ".build/\n",
    ]
  }

  /// The folder of the package that this command was built from.
  private static let lossKit = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path(percentEncoded: false)

  private var manifest: String {
    """
    // swift-tools-version: 6.3

    import PackageDescription

    let package = Package(
      name: "\(name.module)",
      platforms: [.macOS(.v26)],
      products: [.library(name: "\(name.module)", type: .dynamic, targets: ["\(name.module)"])],
      dependencies: [
        // Where LossKit is.
        .package(name: "LossKit", path: \(Self.lossKit.debugDescription))
      ],
      targets: [
        .target(
          name: "\(name.module)", dependencies: [.product(name: "LossKitPlugin", package: "LossKit")]),
        .testTarget(name: "\(name.module)Tests", dependencies: ["\(name.module)"]),
      ],
      swiftLanguageModes: [.v6]
    )

    """
  }

  private var loss: String {
    """
    import LossKitPlugin

    /// Half the squared difference, `scale` times: put your formula in its place.
    struct \(name.type): FormulaLoss {
      static let scale = Parameter(
        "scale", .number(.above(0)), default: 1, help: "What the loss is multiplied by.")

      static let declaration = Declaration(
        name: "\(name.name)",
        summary: "Half the squared difference, scaled.",
        formula: \"""
          x = prediction - target
          l = 0.5 scale x^2
          \""",
        source: "The paper that it comes from",
        parameters: [scale])

      private let scale: Double

      init(parameters: Parameters) { scale = parameters[Self.scale] }

      // Nothing else is read of the two. Leave this out where your formula reads more.
      var readsDifference: Bool { true }

      // The gradient comes from this.
      @inline(__always)
      func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
        let x = prediction - target
        return 0.5 * Value(scale) * x * x
      }
    }

    """
  }

  private var entryPoint: String {
    """
    import LossKitPlugin

    /// What LossKit calls when it loads the library.
    @c public func losskit_plugin() -> PluginTable {
      PluginExport.table("\(name.name)", [\(name.type).self])
    }

    """
  }

  private var tests: String {
    """
    import LossKitPlugin
    import Testing

    @testable import \(name.module)

    /// Holds the gradient against central differences, in double precision.
    @Test(arguments: [-20, -3, -0.5, -0.01, 0.01, 0.5, 3, 20])
    func theGradientIsTheDerivative(x: Double) throws {
      let loss = try \(name.type)()
      func evaluate(_ x: Double) throws -> LossResult<Double> {
        try loss.evaluate(
          Tensor(shape: [1, 1], elements: [x]),
          targets: .dense(Tensor(shape: [1, 1], elements: [0])))
      }
      let step = 1e-5
      let derivative = try (evaluate(x + step).value - evaluate(x - step).value) / (2 * step)
      let gradient = try #require(try evaluate(x).gradient?.elements.first)
      #expect(abs(gradient - derivative) <= 1e-6 * max(1, abs(derivative)))
    }

    """
  }
}

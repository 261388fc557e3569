/// A package with a loss in Swift.
struct SwiftPackage: NewLossPackage {
  let name: NewLossName
  let lossKit: LossKitLocation

  var library: String {
    #if os(macOS)
      ".build/release/lib\(name.module).dylib"
    #else
      ".build/release/lib\(name.module).so"
    #endif
  }

  var commands: (build: String, test: String) { ("swift build -c release", "swift test") }

  var source: String { "Sources/\(name.module)/\(name.type).swift" }

  func files(in folder: String) -> KeyValuePairs<String, String> {
    [
      "Package.swift": manifest(in: folder),
      source: loss,
      "Sources/\(name.module)/Plugin.swift": entryPoint,
      "Tests/\(name.module)Tests/\(name.type)Tests.swift": tests,
      ".gitignore": ".build/\n",
    ]
  }

  private func manifest(in folder: String) -> String {
    """
    // swift-tools-version: 6.3

    import PackageDescription

    let package = Package(
      name: "\(name.module)",
      platforms: [.macOS(.v26)],
      products: [.library(name: "\(name.module)", type: .dynamic, targets: ["\(name.module)"])],
      dependencies: [
        // Where LossKit is.
        \(lossKit.dependency(of: folder))
      ],
      targets: [
        .target(
          name: "\(name.module)",
          dependencies: [.product(name: "LossKitPlugin", package: "\(lossKit.identity)")]),
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
      PluginExport.table("\(name.name)", losses: [\(name.type).self])
    }

    """
  }

  private var tests: String {
    """
    import LossKitPlugin
    import Testing

    @testable import \(name.module)

    /// Holds the gradient against differences of values, in double precision.
    ///
    /// The derivative lies between the slopes to the left and to the right of x, at a kink too. Add the
    /// places where your formula changes to the arguments.
    @Test(arguments: [-20, -3, -0.5, -0.01, 0, 0.01, 0.5, 3, 20])
    func theGradientIsTheDerivative(x: Double) throws {
      let loss = try \(name.type)()
      func evaluate(_ x: Double) throws -> LossResult<Double> {
        try loss.evaluate(
          Tensor(shape: [1, 1], elements: [x]),
          targets: .dense(Tensor(shape: [1, 1], elements: [0])))
      }
      let step = 1e-5
      let value = try evaluate(x).value
      let left = try (value - evaluate(x - step).value) / step
      let right = try (evaluate(x + step).value - value) / step
      let gradient = try #require(try evaluate(x).gradient?.elements.first)
      let tolerance = 1e-6 * max(1, abs(left), abs(right))
      #expect(min(left, right) - tolerance <= gradient)
      #expect(gradient <= max(left, right) + tolerance)
    }

    """
  }
}

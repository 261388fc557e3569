import CommandLineKit
import LossKit
import ResourceLimits

/// The name of a component to be written, in its several forms.
struct ComponentName: Sendable {
  /// As recipes have it: `smooth_hinge`.
  let name: String
  /// The Swift type: `SmoothHingeLoss`.
  let type: String
  /// The Swift module: `SmoothHingePlugin`.
  let module: String

  /// Types and modules of the library.
  private static let taken = [
    "BoxPairLoss", "ClassLoss", "DenseLoss", "ElementwiseLoss", "FormulaLoss", "LossKitPlugin",
  ]

  /// - Throws: `UsageError` for a name that recipes or Swift couldn't have.
  init(_ name: String, of kind: ComponentKind) throws(UsageError) {
    let letters = "a"..."z" as ClosedRange<Character>
    let isName = name.allSatisfy { letters ~= $0 || "0"..."9" ~= $0 || $0 == "_" }
    guard isName, let first = name.first, letters ~= first, name.count <= Limits.pluginNameBytes
    else {
      throw UsageError(
        "expected small letters, digits and underscores, a letter first, "
          + "\(Limits.pluginNameBytes) at most; got \(Diagnostic.quote(name))")
    }
    let camel = name.split(separator: "_").map(\.capitalized).joined()
    let suffix = kind.rawValue.capitalized
    type = camel.hasSuffix(suffix) && camel != suffix ? camel : camel + suffix
    module = "\(camel)Plugin"
    guard !Self.taken.contains(type), !Self.taken.contains(module) else {
      throw UsageError("\(Diagnostic.quote(name)) is taken by LossKit; choose another name")
    }
    self.name = name
  }

  /// As recipes have the component of the plugin: `smooth_hinge/smooth_hinge`.
  var registered: String { "\(name)/\(name)" }
}

extension StringProtocol {
  /// With the first letter large.
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}

extension ValueType<ComponentName> {
  /// A name for a component of a kind.
  static func componentName(of kind: ComponentKind) -> Self {
    ValueType("NAME") { (text) throws(UsageError) in try ComponentName(text, of: kind) }
  }
}

import CommandLineKit
import LossKit
import ResourceLimits

/// The name of a loss to be written, in its several forms.
struct NewLossName: Sendable {
  /// As recipes have it: `smooth_hinge`.
  let name: String

  /// Names whose type or module would be one of the library's.
  private static let taken = ["class", "dense", "elementwise", "loss_kit"]

  /// - Throws: `UsageError` for a name that recipes or Swift couldn't have.
  init(_ name: String) throws(UsageError) {
    let letters = "a"..."z" as ClosedRange<Character>
    let isName = name.allSatisfy { letters ~= $0 || "0"..."9" ~= $0 || $0 == "_" }
    guard isName, let first = name.first, letters ~= first, name.count <= Limits.pluginNameBytes
    else {
      throw UsageError(
        "expected small letters, digits and underscores, a letter first, "
          + "\(Limits.pluginNameBytes) at most; got \(Diagnostic.quote(name))")
    }
    guard !Self.taken.contains(name) else {
      throw UsageError("\(Diagnostic.quote(name)) is taken by LossKit; choose another name")
    }
    self.name = name
  }

  /// As Swift has it: `SmoothHinge`.
  private var camel: String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The Swift type: `SmoothHingeLoss`.
  var type: String { camel.hasSuffix("Loss") && camel != "Loss" ? camel : "\(camel)Loss" }

  /// The Swift module: `SmoothHingePlugin`.
  var module: String { "\(camel)Plugin" }

  /// As recipes have the loss of the plugin: `smooth_hinge/smooth_hinge`.
  var registered: String { "\(name)/\(name)" }
}

extension ValueType<NewLossName> {
  /// A name for a loss.
  static let newLossName = ValueType("NAME") { (text) throws(UsageError) in
    try NewLossName(text)
  }
}

import CommandLineKit
import LossKit

extension Output {
  /// Writes a JSON value to standard output.
  func print(json node: JSONNode) throws {
    try print(TerminalText(lines: try node.text()))
  }
}

extension JSONNode {
  /// A number; `null` where it isn't finite, which JSON has no word for.
  init(finite number: some BinaryFloatingPoint) {
    self = number.isFinite ? JSONNode(Double(number)) : .null
  }
}

import LossKit

/// One evaluation of a loss in losses.safetensors: the input, and what PyTorch makes of it in double
/// precision.
public struct LossCase: Sendable, CustomStringConvertible {
  /// The name, unique in the file.
  public let name: String
  /// The registered name of the loss.
  public let loss: String
  /// The parameters of the loss.
  public let parameters: [String: ParameterValue]
  /// How the values become one number.
  public let reduction: Reduction

  /// The name, which tests show.
  public var description: String { name }
}

extension LossCase {
  /// All cases of the file.
  public static func all() throws -> [LossCase] {
    try file.get().cases
  }

  /// A tensor of this case, rounded to `Scalar`; nothing where the case has no such tensor.
  func tensor<Scalar: LossScalar>(_ part: String) throws -> Tensor<Scalar>? {
    let file = try Self.file.get().file
    guard file.names.contains("\(name)/\(part)") else { return nil }
    return try file.doubles(named: "\(name)/\(part)").map { Scalar($0) }
  }

  /// What the predictions are scored against.
  func targets<Scalar: LossScalar>() throws -> LossTargets<Scalar> {
    let file = try Self.file.get().file
    let name = "\(name)/targets"
    return try file.dtype(named: name) == .int64
      ? .classes(file.integers(named: name).elements)
      : .dense(file.doubles(named: name).map { Scalar($0) })
  }

  private static let file = Result { try LossCaseFile() }
}

/// The open file and the cases that its metadata lists.
private struct LossCaseFile {
  let file: SafetensorsFile
  let cases: [LossCase]

  init() throws {
    file = try Reference.open("losses")
    let text = Array((file.metadata["cases"] ?? "").utf8)
    cases = try JSONNode(parsing: text, file: file.path).elements.map { try LossCase($0) }
  }
}

extension LossCase {
  fileprivate init(_ node: JSONNode) throws {
    guard let name = node["name"]?.string, let loss = node["loss"]?.string,
      let parameters = node["parameters"],
      let reduction = node["reduction"]?.string.flatMap(Reduction.init(rawValue:))
    else { throw ReferenceError("\(node.location): not a case") }
    self.name = name
    self.loss = loss
    self.reduction = reduction
    self.parameters = try parameters.members.reduce(into: [:]) { values, member in
      guard let value = ParameterValue(member.node) else {
        throw ReferenceError("\(member.node.location): not the value of a parameter")
      }
      values[member.key] = value
    }
  }
}

/// A reference file that doesn't hold what the tests expect of it.
public struct ReferenceError: Error, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

import Foundation
import LossKit

/// One case of a file of reference values: its name and the parameters that it was made with.
public struct ReferenceCase<Parameters: Decodable & Sendable>: Decodable, Sendable {
  /// The name; its tensors are called `<name>/<tensor>`.
  public let name: String
  /// What the case was made with.
  public let parameters: Parameters
}

extension ReferenceCase: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}

extension Reference {
  /// The cases of a file of Tests/Reference whose names begin with `prefix`.
  public static func cases<Parameters>(
    _ file: String, _ prefix: String
  ) throws -> [ReferenceCase<Parameters>] {
    let text = try open(file).metadata["cases"] ?? "[]"
    let cases = try JSONNode(parsing: Array(text.utf8), file: file).elements
    return try cases.compactMap { node in
      guard node["name"]?.string?.hasPrefix(prefix) == true else { return nil }
      return try JSONDecoder().decode(
        ReferenceCase<Parameters>.self, from: Data(try node.text().utf8))
    }
  }
}

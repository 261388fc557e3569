import Foundation
import LossCore
import Recipe
import ResourceLimits
import StrictJSON

/// What a trainer tells of a model beyond its metrics, in `evaluation.json`:
///
///     { "precision": { "AP50": [1, 0.98, …] },
///       "errors": { "classification": { "count": 12, "cost": 0.013 }, … } }
///
/// A list of precisions has 101 numbers, those at the recalls 0, 0.01, … 1. Errors are of any kinds; what one
/// costs, in AP50, may be left out, and so may both parts.
struct TrialEvaluation: Sendable {
  /// Errors of a kind.
  struct Errors: Sendable {
    let kind: String
    let count: Double
    let cost: Double?
  }

  /// How many precisions a curve has.
  static let recalls = 101

  /// The curves by name.
  let precisions: [(name: String, values: [Double])]
  let errors: [Errors]

  /// Reads the file at `path`, or answers `nil` if there is none.
  ///
  /// - Throws: `Diagnostics` with everything that is wrong with it.
  init?(contentsOf path: String) throws(Diagnostics) {
    let node = try FoundFile.node(
      at: path, atMost: Limits.resultBytes, of: "curves and counts")
    guard let node else { return nil }
    var reader = EvaluationReader()
    let object = reader.object(node, [], keys: ["precision", "errors"])
    precisions = reader.members(object?["precision"], ["precision"]).compactMap { name, node in
      reader.curve(node, ["precision", name]).map { (name, $0) }
    }
    errors = reader.members(object?["errors"], ["errors"]).compactMap { kind, node in
      reader.errors(kind, node, ["errors", kind])
    }
    if let diagnostics = Diagnostics(reader.diagnostics) { throw diagnostics }
  }
}

/// Collects everything that is wrong with an `evaluation.json`.
private struct EvaluationReader: ValueReader {
  var diagnostics: [Diagnostic] = []

  /// The members of an object, up to as many as can be shown.
  mutating func members(_ node: JSONNode?, _ path: JSONPath) -> [(String, JSONNode)] {
    guard let node else { return [] }
    guard case .object(let object) = node.value else {
      report(node, path, "expected an object, found \(node.value.kind)")
      return []
    }
    return object.members.prefix(Limits.logNames).map { ($0.key, $0.node) }
  }

  mutating func curve(_ node: JSONNode, _ path: JSONPath) -> [Double]? {
    let numbers = node.elements.compactMap(\.double)
    guard numbers.count == TrialEvaluation.recalls, node.elements.count == numbers.count else {
      report(
        node, path,
        "expected \(TrialEvaluation.recalls) numbers, precisions at the recalls 0, 0.01, … 1")
      return nil
    }
    return numbers
  }

  mutating func errors(
    _ kind: String, _ node: JSONNode, _ path: JSONPath
  ) -> TrialEvaluation.Errors? {
    guard let object = object(node, path, keys: ["count", "cost"]),
      let count = required("count", of: object, at: node, path)
        .flatMap({ number($0, path.appending("count"), .atLeast(0)) })
    else { return nil }
    let cost = object["cost"].flatMap { number($0, path.appending("cost"), .any) }
    return TrialEvaluation.Errors(kind: kind, count: count, cost: cost)
  }
}

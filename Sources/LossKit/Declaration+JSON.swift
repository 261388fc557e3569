import LossCore
import Recipe
import StrictJSON

extension Declaration {
  /// All that is known of a component, as `losskit show --json` prints it.
  ///
  /// - Parameter origin: Where it comes from, left out if `nil`.
  package func node(of kind: ComponentKind, from origin: String? = nil) -> JSONNode {
    JSONNode(
      JSONObject([
        "kind": JSONNode(kind.rawValue),
        "name": JSONNode(name),
        "summary": JSONNode(summary),
        "formula": JSONNode(formula),
        "source": JSONNode(source),
        "origin": origin.map { JSONNode($0) },
        "parameters": JSONNode(parameters.map(\.node)),
      ]))
  }
}

extension AnyParameter {
  fileprivate var node: JSONNode {
    JSONNode(
      JSONObject([
        "name": JSONNode(name),
        "type": JSONNode(kind.description),
        "required": JSONNode(defaultValue == nil),
        "default": defaultValue.map { JSONNode($0) },
        "range": kind.range.map { JSONNode($0.description) },
        "meaning": JSONNode(help),
      ]))
  }
}

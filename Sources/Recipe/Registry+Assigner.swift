import LossCore
import StrictJSON

extension Registry {
  /// The assigner that `node` names as a recipe would: by its name alone, or an object with its `type` and
  /// parameters.
  ///
  /// - Throws: ``Diagnostics`` with everything that is wrong with it.
  public func assigner(_ node: JSONNode) throws(Diagnostics) -> any Assigner {
    var reader = RecipeReader(registry: self)
    let assigner = reader.component(
      "assigner", of: JSONObject(["assigner": node]), at: node, [], assigners)
    if let diagnostics = Diagnostics(reader.diagnostics) { throw diagnostics }
    guard let assigner else {
      throw Diagnostics(Diagnostic(at: node.location, "names no assigner"))
    }
    return assigner
  }
}

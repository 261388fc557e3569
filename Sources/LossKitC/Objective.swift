import CInterface
import CLibrary
import LossKit

/// An objective with what its callers ask for over and over.
final class ObjectiveHandle: Handle {
  let value: DetectionObjective
  /// The names of the predictions, in the order in which they are passed.
  let predictionNames: [String]
  /// The terms, in the order of the description.
  let terms: [(stage: String, name: String, path: String)]
  let indexOfPrediction: [String: Int]
  /// By path.
  let indexOfTerm: [String: Int]
  // The texts, never written again.
  nonisolated(unsafe) let recipe: UnsafeMutablePointer<CChar>?
  nonisolated(unsafe) let description: UnsafeMutablePointer<CChar>?

  init(_ objective: DetectionObjective, recipe: String) {
    value = objective
    predictionNames = objective.predictionNames
    terms = objective.stages.flatMap { stage in
      stage.terms.map { (stage.name, $0.name, "\(stage.name).\($0.name)") }
    }
    indexOfPrediction = Self.positions(predictionNames)
    indexOfTerm = Self.positions(terms.map(\.path))
    self.recipe = text(recipe)
    description = text(objective.node)
  }

  private static func positions(_ names: [String]) -> [String: Int] {
    Dictionary(zip(names, names.indices)) { first, _ in first }
  }

  deinit {
    CLibrary.free(recipe)
    CLibrary.free(description)
  }
}

@c @implementation
public func losskit_objective_create(
  _ registry: OpaquePointer?, _ recipe: UnsafePointer<CChar>?, _ flags: UInt32,
  _ settings: UnsafePointer<UnsafePointer<CChar>?>?, _ setting_count: Int,
  _ objective: UnsafeMutablePointer<OpaquePointer?>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let result = try given(objective, "objective")
    result.pointee = nil
    let source = String(cString: try given(recipe, "recipe"))
    let registry = try RegistryHandle.components(registry)
    var texts: [String] = []
    for index in 0..<setting_count {
      texts.append(String(cString: try given(try given(settings, "settings")[index], "settings")))
    }
    do throws(Diagnostics) {
      let settings = try texts.map { text throws(Diagnostics) in try JSONSetting(parsing: text) }
      let allowsPlugins = flags & LOSSKIT_ALLOW_PLUGINS != 0
      let recipe =
        flags & LOSSKIT_RECIPE_TEXT != 0
        ? try DetectionRecipe(
          parsing: source, settings: settings, registry: registry, allowsPlugins: allowsPlugins)
        : try DetectionRecipe(
          contentsOf: source, settings: settings, registry: registry, allowsPlugins: allowsPlugins)
      result.pointee =
        ObjectiveHandle(
          recipe.objective, recipe: json(DetectionRecipe.standalone(recipe.node))
        ).opaque
    } catch {
      throw Failure(error)
    }
  }
}

@c @implementation
public func losskit_objective_free(_ objective: OpaquePointer?) { ObjectiveHandle.free(objective) }

@c @implementation
public func losskit_objective_recipe(_ objective: OpaquePointer?) -> UnsafePointer<CChar>? {
  objective.flatMap { UnsafePointer(ObjectiveHandle.at($0).recipe) }
}

@c @implementation
public func losskit_objective_description(_ objective: OpaquePointer?) -> UnsafePointer<CChar>? {
  objective.flatMap { UnsafePointer(ObjectiveHandle.at($0).description) }
}

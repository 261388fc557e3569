import CInterface
import LossKit
import PluginABI

/// Priors of the caller's in the place of those that a recipe has a stage make.
private struct GivenPriors: PriorGenerator {
  static let declaration = Declaration(
    name: "given", summary: "Priors that a program gives.", formula: "the boxes as given",
    source: "losskit_objective_with_priors of losskit.h")

  let given: Priors
  let priorsPerCell: [Int]?

  init(_ given: Priors, priorsPerCell: [Int]?) {
    self.given = given
    self.priorsPerCell = priorsPerCell
  }

  init(parameters: Parameters) throws(ParameterError) {
    throw ParameterError("type", "names priors that a program gives; no recipe can")
  }

  var hasStrides: Bool { given.levels.allSatisfy { $0.stride != nil } }

  func priors(for request: PriorRequest) -> Priors { given }
}

extension DetectionObjective {
  /// The same objective with `priors` for every image in a stage.
  ///
  /// - Throws: ``Failure`` where there is no such stage.
  fileprivate func replacing(
    priorsOf name: String, with priors: Priors
  ) throws(Failure) -> DetectionObjective {
    _ = try stage(named: name)
    return try checked { () throws(InputError) in
      try DetectionObjective(
        name: self.name,
        stages: stages.map { stage in
          guard stage.name == name else { return stage }
          let isOnMaps = stage.terms.contains { $0.layout.description.contains("h") }
          return Stage(
            name: name,
            priors: GivenPriors(
              priors, priorsPerCell: isOnMaps ? stage.priors.priorsPerCell : nil),
            assigner: stage.assigner, matchCosts: stage.matchCosts, sampler: stage.sampler,
            coder: stage.coder, terms: stage.terms)
        })
    }
  }
}

@c @implementation
public func losskit_objective_with_priors(
  _ objective: OpaquePointer?, _ stage: UnsafePointer<CChar>?,
  _ priors: UnsafePointer<losskit_priors>?, _ result: UnsafeMutablePointer<OpaquePointer?>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let result = try given(result, "result")
    result.pointee = nil
    let objective = try ObjectiveHandle.at(objective, "objective")
    let stage = String(cString: try given(stage, "stage"))
    let replaced = try objective.value.replacing(
      priorsOf: stage, with: try given(priors, "priors").pointee.priors())
    result.pointee =
      ObjectiveHandle(replaced, recipe: objective.recipe.map { String(cString: $0) } ?? "").opaque
  }
}

import LossCore
import StrictJSON

/// What `evaluation.json` says of a model beyond its metrics, for reports that compare models:
///
///     { "precision": { "AP50": [1, 0.98, …], "AP75": […] },
///       "errors": { "classification": { "count": 12, "cost": 0.013 }, … } }
///
/// Precisions are those at the recalls 0, 0.01, … 1; costs are in AP50.
struct EvaluationFile {
  let node: JSONNode

  /// What `evaluation` says, to four decimals.
  ///
  /// - Throws: `InputError` where a detection isn't finite.
  init(_ evaluation: DetectionEvaluation) throws(InputError) {
    let metrics = evaluation.metrics
    let found = try DetectionErrors(of: evaluation.images, classNames: metrics.classNames)
    var errors = JSONObject()
    for kind in DetectionErrors.Kind.allCases {
      errors.set(
        kind.rawValue,
        to: JSONNode(
          JSONObject([
            "count": JSONNode(found.count(of: kind)),
            "cost": found.cost(of: kind).map(Self.rounded),
          ])))
    }
    let overlaps: [(String, DetectionMetrics.Overlap)] = [
      ("AP50", .half), ("AP75", .threeQuarters),
    ]
    var precision = JSONObject()
    for (name, overlap) in overlaps {
      let precisions = metrics.precisions(overlap: overlap)
      if !precisions.isEmpty { precision.set(name, to: JSONNode(precisions.map(Self.rounded))) }
    }
    node = ["precision": JSONNode(precision), "errors": JSONNode(errors)]
  }

  private static func rounded(_ number: Double) -> JSONNode {
    JSONNode((number * 10_000).rounded() / 10_000)
  }
}

import LossCore
import PluginABI

extension losskit_row_weight {
  /// What a table says of a type of row weight.
  init(_ type: any RowWeight.Type) {
    let scope = (try? type.init())?.scope ?? .sampled
    self.init(
      component: ExportedType(type) { ($0 as? any RowWeight)?.scope == scope }.entry,
      scope: scope == .sampled ? LOSSKIT_SAMPLED : LOSSKIT_POSITIVES,
      weigh: { instance, rows, error, errorSize in
        report(to: error, errorSize) {
          guard let weight = LossKitPlugin.component(of: instance) as? any RowWeight, let rows
          else { throw MissingArgument() }
          try weight.weigh(rows.pointee)
        }
      })
  }
}

extension RowWeight {
  fileprivate func weigh(_ rows: losskit_rows) throws(InputError) {
    let weights = try weights(for: try MatchedPriors(rows))
    let count = scope == .sampled ? rows.sampled_count : rows.positive_count
    guard weights.count == count else {
      throw InputError(
        declaration.name,
        "gives \(weights.count) weights; expected one for each of \(count) rows")
    }
    for (row, weight) in weights.enumerated() { rows.weights[row] = weight }
  }
}

extension MatchedPriors {
  fileprivate init(_ rows: losskit_rows) throws(InputError) {
    let priors = try Priors(rows.priors)
    let targets = array(rows.box_targets, rows.positive_count * rows.target_width)
    self.init(
      priors: priors, assignment: Assignment(matches: array(rows.matches, priors.count)),
      sampled: array(rows.sampled, rows.sampled_count),
      classes: array(rows.labels, rows.sampled_count),
      positives: array(rows.positives, rows.positive_count),
      boxes: LossKitPlugin.boxes(rows.boxes, rows.positive_count),
      boxTargets: stride(from: 0, to: targets.count, by: rows.target_width).map {
        SIMD4(targets[$0], targets[$0 + 1], targets[$0 + 2], targets[$0 + 3])
      })
  }
}

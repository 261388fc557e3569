import LossCore
import PluginABI

extension losskit_row_weight {
  /// What a table says of a type of row weight.
  init(_ type: any RowWeight.Type) {
    let standard = try? type.init()
    let (scope, reads) = (standard?.scope ?? .sampled, standard?.reads ?? [])
    self.init(
      component: ExportedType(type) {
        let weight = $0 as? any RowWeight
        return weight?.scope == scope && weight?.reads == reads
      }.entry,
      scope: scope == .sampled ? LOSSKIT_SAMPLED_ROWS : LOSSKIT_POSITIVE_ROWS, reads: reads.flags,
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
    let weights = try weights(for: rows.matched)
    let count = scope == .sampled ? rows.sampled_count : rows.positive_count
    guard weights.count == count else {
      throw InputError(
        declaration.name,
        "gives \(weights.count) weights; expected one for each of \(count) rows")
    }
    for (row, weight) in weights.enumerated() { rows.weights[row] = weight }
  }
}

extension losskit_rows {
  /// The rows as Swift has them.
  fileprivate var matched: MatchedPriors {
    get throws(InputError) {
      let priors = try Priors(priors)
      let targets = array(box_targets, 4 * positive_count)
      return MatchedPriors(
        priors: priors,
        assignment: Assignment(
          matches: array(matches, priors.count), overlaps: array(overlaps, priors.count),
          quality: array(quality, priors.count)),
        sampled: array(sampled, sampled_count), classes: array(labels, sampled_count),
        positives: array(positives, positive_count),
        boxes: LossKitPlugin.boxes(boxes, positive_count),
        boxTargets: stride(from: 0, to: targets.count, by: 4).map {
          SIMD4(targets[$0], targets[$0 + 1], targets[$0 + 2], targets[$0 + 3])
        }
      ).reading(
        StagePredictions(scores, classes: class_count, predicted_boxes, priors: priors.count))
    }
  }
}

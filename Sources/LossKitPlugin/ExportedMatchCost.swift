import LossCore
import PluginABI

extension losskit_match_cost {
  /// What a table says of a type of match cost.
  init(_ type: any MatchCost.Type) {
    let reads = (try? type.init())?.reads ?? []
    self.init(
      component: ExportedType(type) { ($0 as? any MatchCost)?.reads == reads }.entry,
      reads: reads.flags,
      evaluate: { instance, matching, error, errorSize in
        report(to: error, errorSize) {
          guard let cost = LossKitPlugin.component(of: instance) as? any MatchCost, let matching
          else { throw MissingArgument() }
          try cost.evaluate(matching.pointee)
        }
      })
  }
}

extension MatchCost {
  fileprivate func evaluate(_ matching: losskit_matching) throws(InputError) {
    let priors = array(matching.priors, matching.prior_count)
    let costs = try costs(
      of: priors, with: matching.ground_truth, in: AssignmentRequest(matching.image))
    guard costs.count == priors.count else {
      throw InputError(
        declaration.name,
        "gives \(costs.count) costs; expected one for each of \(priors.count) priors")
    }
    for (index, cost) in costs.enumerated() { matching.costs[index] = cost }
  }
}

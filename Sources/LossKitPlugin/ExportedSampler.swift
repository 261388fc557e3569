import LossCore
import PluginABI

extension losskit_sampler {
  /// What a table says of a type of sampler.
  init(_ type: any Sampler.Type) {
    let reads = (try? type.init())?.reads ?? []
    self.init(
      component: ExportedType(type) { ($0 as? any Sampler)?.reads == reads }.entry,
      reads: reads.flags,
      sample: { instance, sampling, error, errorSize in
        report(to: error, errorSize) {
          guard let sampler = LossKitPlugin.component(of: instance) as? any Sampler, let sampling
          else { throw MissingArgument() }
          try sampler.sample(sampling.pointee)
        }
      })
  }
}

extension Sampler {
  fileprivate func sample(_ sampling: losskit_sampling) throws(InputError) {
    let matches = array(sampling.matches, sampling.prior_count)
    let sample = try sample(
      Assignment(
        matches: matches, overlaps: array(sampling.overlaps, matches.count),
        quality: array(sampling.quality, matches.count)),
      SampleRequest(
        stage: String(cString: sampling.stage), image: sampling.image, step: Int(sampling.step),
        recorded: sampling.recorded.map { array($0, matches.count).map { $0 != 0 } },
        rowLosses: array(sampling.row_losses, matches.count)))
    try mark(sample.positives, as: "positive", in: sampling) { matches[$0] >= 0 }
    try mark(sample.negatives, as: "background", in: sampling) {
      matches[$0] == Assignment.background
    }
  }

  /// Writes which priors are sampled.
  private func mark(
    _ priors: [Int], as kind: String, in sampling: losskit_sampling, isOfKind: (Int) -> Bool
  ) throws(InputError) {
    for prior in priors {
      guard (0..<sampling.prior_count).contains(prior), isOfKind(prior) else {
        throw InputError(
          declaration.name,
          "samples prior \(prior) of \(sampling.prior_count) as \(kind), which it isn't")
      }
      guard sampling.sampled[prior] == 0 else {
        throw InputError(declaration.name, "samples prior \(prior) twice; expected it once")
      }
      sampling.sampled[prior] = 1
    }
  }
}

import LossCore
import PluginABI

/// What the header calls an input of a stage.
private let inputs: [(name: String, flag: UInt32, input: StageInput)] = [
  ("LOSSKIT_STRIDES", LOSSKIT_STRIDES, .strides), ("LOSSKIT_SCORES", LOSSKIT_SCORES, .scores),
  ("LOSSKIT_BOXES", LOSSKIT_BOXES, .boxes), ("LOSSKIT_COSTS", LOSSKIT_COSTS, .costs),
  ("LOSSKIT_OVERLAPS", LOSSKIT_OVERLAPS, .overlaps),
  ("LOSSKIT_QUALITY", LOSSKIT_QUALITY, .quality),
  ("LOSSKIT_ROW_LOSSES", LOSSKIT_ROW_LOSSES, .rowLosses),
]

extension Set<StageInput> {
  /// The inputs of these flags.
  init(flags: UInt32) {
    self.init(inputs.filter { $0.flag & flags != 0 }.map(\.input))
  }
}

extension TableReader {
  /// Checks that flags say nothing but what a kind of part may.
  func check(_ flags: UInt32, within allowed: UInt32, _ place: String) throws(PluginError) {
    guard flags & ~allowed == 0 else {
      let names = inputs.filter { $0.flag & allowed != 0 }.map(\.name)
      throw error(
        place, "is \(flags); expected a sum of \(names.joined(separator: ", ")), or 0")
    }
  }
}

extension PluginPart {
  /// Checks that there is what the plugin reads and will be given pointers to.
  func check(
    _ count: Int, _ input: StageInput, if reads: Set<StageInput>, of priors: Int
  ) throws(InputError) {
    guard reads.contains(input), count != priors else { return }
    throw InputError(
      instance.part.title,
      "reads \(input.rawValue), of which there are \(count) for \(priors) priors; expected one a prior"
    )
  }

  /// Checks that predictions have what the plugin reads and will be given pointers to.
  func check(
    _ predictions: StagePredictions, if reads: Set<StageInput>, of priors: Int
  ) throws(InputError) {
    try check(predictions.boxes.count, .boxes, if: reads, of: priors)
    let scores = predictions.scores.count
    guard reads.contains(.scores), priors > 0, scores == 0 || !scores.isMultiple(of: priors)
    else { return }
    throw InputError(
      instance.part.title,
      "reads scores, of which there are \(scores) for \(priors) priors; expected one a class")
  }
}

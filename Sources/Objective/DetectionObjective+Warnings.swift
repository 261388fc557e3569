import LossCore

extension DetectionObjective {
  /// What is probably wrong with predictions, though it can be evaluated: logits for a loss that reads
  /// probabilities, or their logarithms.
  public func warnings<Scalar: LossScalar>(
    about predictions: [String: Tensor<Scalar>]
  ) -> [InputError] {
    stages.flatMap { stage in
      stage.terms.compactMap { term in
        guard let (range, what) = term.loss.predictionKind.expected else { return nil }
        for name in term.predictions {
          let numbers = predictions[name]?.elements
          guard let number = numbers?.first(where: { !range.contains(Double($0)) })
          else { continue }
          return InputError(
            "stage \(stage.name), term \(term.name)",
            "prediction \"\(name)\" has \(number); \"\(term.loss.declaration.name)\" reads \(what): "
              + "are these logits?")
        }
        return nil
      }
    }
  }
}

extension PredictionKind {
  /// The numbers that are of this kind, in words too; `nil` for any.
  fileprivate var expected: (range: ClosedRange<Double>, words: String)? {
    switch self {
    case .probabilities: (0...1, "probabilities, from 0 to 1")
    case .logProbabilities: (-.infinity...0, "logarithms of probabilities, up to 0")
    case .numbers, .boxes: nil
    }
  }
}

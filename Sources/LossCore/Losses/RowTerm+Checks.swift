import LossKernels

// What a term refuses, and in which words.

extension RowTerm {
  /// Checks that targets, weights and loss fit together.
  func check() throws(InputError) {
    let count = rows.count
    let width = comparedWidth
    guard distributions == 1 || width * distributions == rows.width else {
      throw InputError(
        "rows", "have \(rows.width) columns; expected a multiple of \(distributions)")
    }
    try loss.check(width: width)
    switch targets {
    case .classes(let classes, _):
      guard classes.count == count else {
        throw InputError("targets", "has \(classes.count) classes for \(count) rows")
      }
    case .scoredClasses(let classes, let scores):
      guard loss is any DenseLoss, !(loss is any ClassLoss) else {
        throw InputError(
          "targets", "\(loss.declaration.name) takes class indices, not a score a class")
      }
      guard classes.count == count, scores.count == count else {
        throw InputError(
          "targets", "has \(classes.count) classes and \(scores.count) scores for \(count) rows")
      }
    case .dense(let elements):
      guard loss is any DenseLoss else {
        throw InputError(
          "targets", "\(loss.declaration.name) takes class indices, not dense targets")
      }
      guard elements.count == count * targetWidth else {
        throw InputError(
          "targets", "has \(elements.count) elements; expected [\(count), \(targetWidth)]")
      }
    }
    switch weights {
    case .ones: break
    case .rows(let weights):
      guard weights.count == count else {
        throw InputError("weights", "has \(weights.count) elements for \(count) rows")
      }
    case .elements(let weights):
      guard valuesPerRow == width else {
        throw InputError(
          "weights",
          "one an element, but \(loss.declaration.name) has one value a row; "
            + "give one weight a row")
      }
      guard weights.count == count * width else {
        throw InputError(
          "weights", "has \(weights.count) elements; expected [\(count), \(width)]")
      }
    }
    if let arePositives, arePositives.count != count {
      throw InputError("positives", "has \(arePositives.count) marks for \(count) rows")
    }
    if let decoding {
      guard loss.predictionKind == .boxes, insideWeights == nil,
        rows.width == decoding.coder.columns,
        decoding.priors.count == count * width
      else {
        throw InputError("priors", "don't fit \(count) rows of deltas that a box loss decodes")
      }
    }
    if let insideWeights {
      guard (loss as? any DenseLoss)?.readsDifference == true, case .dense = targets else {
        throw InputError(
          "inside weights",
          "multiply prediction − target, which \(loss.declaration.name) doesn't read")
      }
      guard insideWeights.count == count * width else {
        throw InputError(
          "inside weights", "has \(insideWeights.count) elements; expected [\(count), \(width)]")
      }
    }
  }

  /// The error of the first class of a block that the loss has no column for.
  func outOfRange(
    _ range: Range<Int>, of classes: [Int], ignored: Int?, highest: Int
  ) -> InputError {
    let row = range.first { classes[$0] != ignored && !(0..<highest + 1 ~= classes[$0]) }
    let first = loss is any ClassLoss ? "0" : "0 (background)"
    let except = ignored.map { ", or \($0) for a row to leave out" } ?? ""
    return InputError(
      "targets row \(row ?? range.lowerBound)",
      "class \(classes[row ?? range.lowerBound]) is out of range; expected \(first) to "
        + "\(highest)\(except)")
  }

  /// The error of the first number in a block's predictions, targets or inside weights that isn't
  /// finite.
  func nonFinite(_ range: Range<Int>, _ predictions: Span<Scalar>) -> InputError {
    let width = rows.width
    let elements = range.lowerBound * width..<range.upperBound * width
    if let index = firstNonFinite(predictions) {
      return InputError(
        "predictions row \(range.lowerBound + index / width), column \(index % width)",
        "\(predictions[index]) is not finite")
    }
    let compared = range.lowerBound * targetWidth..<range.upperBound * targetWidth
    if case .dense(let targets) = targets,
      let index = firstNonFinite(targets.span.extracting(compared))
    {
      let index = compared.lowerBound + index
      return InputError("targets element \(index)", "\(targets[index]) is not finite")
    }
    if case .scoredClasses(_, let scores) = targets,
      let index = firstNonFinite(scores.span.extracting(range))
    {
      let row = range.lowerBound + index
      return InputError("targets row \(row)", "the score \(scores[row]) is not finite")
    }
    if let insideWeights,
      let index = firstNonFinite(insideWeights.span.extracting(elements))
    {
      let index = elements.lowerBound + index
      return InputError(
        "inside weights element \(index)", "\(insideWeights[index]) is not finite")
    }
    return InputError(
      "predictions rows \(range.lowerBound) to \(range.upperBound - 1)",
      "too large: their difference from the targets is not finite")
  }
}

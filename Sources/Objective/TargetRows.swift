import LossCore

extension Target {
  /// What the rows of an image should be, checked: a target may be somebody else's.
  ///
  /// - Parameters:
  ///   - width: The number of columns of a row.
  ///   - highestLabel: The highest label that the columns have room for.
  /// - Throws: ``InputError`` where there isn't a label, or a finite number for each column, a row.
  package func checkedValues(
    for image: MatchedPriors, width: Int, highestLabel: Int
  ) throws(InputError) -> TargetValues {
    let rows = image.priors(in: scope).count
    let values = try self.values(for: image)
    switch values {
    case .labels(let labels), .scoredLabels(let labels, _):
      guard columns.areClasses, labels.count == rows else {
        throw misfit("\(labels.count) labels", rows, width, highestLabel)
      }
      if case .scoredLabels(_, let scores) = values {
        guard hasScores, scores.count == rows, scores.allSatisfy({ 0...1 ~= $0 }) else {
          throw misfit("\(scores.count) scores", rows, width, highestLabel)
        }
      } else if hasScores {
        throw misfit("no scores", rows, width, highestLabel)
      }
      if let row = labels.firstIndex(where: { $0 < 0 || $0 > highestLabel }) {
        throw InputError(
          declaration.name,
          "gives the label \(labels[row]) for row \(row); expected 0 to \(highestLabel)")
      }
    case .numbers(let numbers):
      guard !columns.areClasses, numbers.count == rows * width,
        numbers.allSatisfy(\.isFinite)
      else { throw misfit("\(numbers.count) numbers", rows, width, highestLabel) }
    }
    return values
  }

  private func misfit(
    _ found: String, _ rows: Int, _ width: Int, _ highestLabel: Int
  ) -> InputError {
    let expected =
      columns.areClasses
      ? "a label of 0 to \(highestLabel)" + (hasScores ? " and a score of 0 to 1" : "")
      : width == 1 ? "a finite number" : "\(width) finite numbers"
    return InputError(
      declaration.name, "gives \(found) for \(rows) rows; expected \(expected) a row")
  }
}

extension Term {
  /// The highest label that columns have room for.
  func highestLabel(columns: Int) -> Int {
    target.columns == .objectness
      ? 1 : max(0, background.highestLabel(columns: labelColumns(of: columns)))
  }

  /// What rows of these labels are compared with: the columns of a loss on classes; for others the column
  /// that is 1, counted from 1, and 0 where none is.
  func columns(ofLabels labels: ArraySlice<Int32>, width: Int) -> [Int] {
    let readsClasses = loss is any ClassLoss
    let labelColumns = labelColumns(of: width)
    return labels.map { label in
      let column = background.column(ofLabel: Int(label), of: labelColumns)
      if readsClasses { return column ?? 0 }
      return label > 0 ? (column ?? -1) + 1 : 0
    }
  }
}

extension RowWeight {
  /// The weights of an image, checked: a row weight may be somebody else's.
  ///
  /// - Throws: ``InputError`` where there isn't a finite number of 0 or more for each prior that has a weight.
  func checkedWeights(for image: MatchedPriors) throws(InputError) -> [Float] {
    let rows = image.priors(in: scope).count
    let weights = try self.weights(for: image)
    guard weights.count == rows else {
      throw InputError(
        declaration.name, "gives \(weights.count) weights for \(rows) rows; expected one a row")
    }
    guard let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) else { return weights }
    throw InputError(
      declaration.name,
      "gives prior \(image.priors(in: scope)[row]) the weight \(weights[row]); expected a finite number of 0 or more"
    )
  }

  /// The weight of each prior that a term of this scope has a row for, which all have one.
  package func weights<Scalar: LossScalar>(
    for image: MatchedPriors, in scope: RowScope
  ) throws(InputError) -> [Scalar] {
    let weights = try checkedWeights(for: image)
    guard self.scope != scope else { return weights.map { Scalar($0) } }
    return zip(weights, image.classes).compactMap { $1 > 0 ? Scalar($0) : nil }
  }
}

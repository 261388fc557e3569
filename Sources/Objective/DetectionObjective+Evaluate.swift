import LossCore
import LossKernels

extension DetectionObjective {
  /// Compares predictions with targets.
  ///
  /// - Parameters:
  ///   - predictions: Tensors by name; those that no term reads are left alone.
  ///   - targets: The targets of some stages; stages without targets are left out.
  ///   - state: What the step before came out with.
  ///   - gradients: Whether to compute the gradients as well.
  ///   - average: For processes that train together, each on a batch of its own: what a normalizer
  ///     of batches divides by. It is called with the count of each such term, in their order, and returns
  ///     the mean over the processes, which all call it; the mean of their gradients is then that of one
  ///     process with all images.
  /// - Throws: ``InputError`` where a tensor is missing, of the wrong shape or not finite, or
  ///   a label is out of the predictions' range.
  public func evaluate<Scalar: LossScalar>(
    _ predictions: [String: Tensor<Scalar>], against targets: [StageTargets],
    after state: ObjectiveState = ObjectiveState(), gradients: Bool = true,
    averaging average: CountAverage = { $0 }, workers: Workers = .standard
  ) throws(InputError) -> ObjectiveResult<Scalar> {
    var sums = GradientSums<Scalar>()
    let (terms, state) = try evaluate(
      predictions, against: targets, after: state, addingGradientsTo: &sums, gradients: gradients,
      averaging: average, workers: workers)
    var shaped: [String: Tensor<Scalar>] = [:]
    for (name, sum) in sums.arrays {
      guard let prediction = predictions[name] else { continue }
      shaped[name] = try? Tensor(shape: prediction.shape, elements: sum)
    }
    return ObjectiveResult(terms: terms, gradients: shaped, state: state)
  }

  /// The same, with gradients added up where the caller wants them.
  package func evaluate<Scalar: LossScalar>(
    _ predictions: [String: Tensor<Scalar>], against targets: [StageTargets],
    after state: ObjectiveState, addingGradientsTo sums: inout GradientSums<Scalar>,
    gradients: Bool, averaging average: CountAverage, workers: Workers
  ) throws(InputError) -> (terms: [TermResult], state: ObjectiveState) {
    var terms: [TermResult] = []
    var state = state
    var tensors = PredictionTensors(predictions, workers: workers)
    let targets = try reading(&tensors, for: targets, workers: workers)
    for stage in stages {
      guard let stageTargets = targets.first(where: { $0.stage == stage.name }) else { continue }
      var classes: (count: Int, prediction: String)?
      for term in stage.terms {
        let rows = try TermRows(term, stage: stage, targets: stageTargets, in: &tensors)
        if !rows.looksAtAll { try tensors.check(rows.predictions, of: term) }
        do throws(InputError) {
          try rows.checkClasses(&classes)
          terms.append(
            try rows.evaluate(
              after: &state, addingGradientsTo: &sums, gradients: gradients, averaging: average,
              workers: workers))
        } catch {
          // What isn't finite is named by its place in the tensor.
          try tensors.check(rows.predictions, of: term)
          throw error
        }
      }
    }
    return (terms, state)
  }
}

/// One term with the rows that it scores in each image.
private struct TermRows<Scalar: LossScalar> {
  let term: Term
  let stage: Stage
  let targets: StageTargets
  let predictions: PredictionRows<Scalar>

  init(
    _ term: Term, stage: Stage, targets: StageTargets,
    in tensors: inout PredictionTensors<Scalar>
  ) throws(InputError) {
    self.term = term
    self.stage = stage
    self.targets = targets
    self.predictions = try tensors.unchecked(
      term, stage, featureMaps: targets.featureMaps,
      priorCounts: targets.images.map(\.priors.count))
  }

  /// Whether the loss gets each number of the predictions, and by that finds those that aren't finite.
  var looksAtAll: Bool {
    (term.loss is any ElementwiseLoss || term.loss is any ColumnwiseLoss)
      && predictions.slots == nil
      && targets.images.allSatisfy { $0.priors(in: term.target.scope).count == $0.priors.count }
  }

  func evaluate(
    after state: inout ObjectiveState, addingGradientsTo sums: inout GradientSums<Scalar>,
    gradients: Bool, averaging average: CountAverage, workers: Workers
  ) throws(InputError) -> TermResult {
    var images = try targets.images.indices.map { index throws(InputError) in
      try inImage(index) { image throws(InputError) in try rowTerms(of: image, at: index) }
    }
    let counts = try images.indices.map { image throws(InputError) in
      try inImage(image) { matched throws(InputError) in
        try count(of: matched, images[image], on: workers)
      }
    }
    let key = "\(stage.name).\(term.name)"
    if let loss = term.loss as? any StatefulLoss {
      let step = try advance(loss, images, after: state.losses[key], workers: workers)
      state.losses[key] = step.state.isEmpty ? nil : step.state
      for image in images.indices {
        for level in images[image].indices { images[image][level].loss = step.loss }
      }
    }
    let divisors: [Double]
    let factors: [Double]
    do throws(InputError) {
      (divisors, factors) = try term.normalizer.factors(
        counts: counts, after: state.runningMeans[key], averaging: average)
    } catch {
      throw InputError("stage \(stage.name), term \(term.name), normalizer", error.problem)
    }
    if term.normalizer.runningMean != nil { state.runningMeans[key] = divisors[0] }
    var value = 0.0
    var squaredGradient = 0.0
    var squaredPositiveGradient = 0.0
    for level in predictions.tensors.indices {
      let name = term.predictions[level]
      let tensor = predictions.tensors[level]
      func evaluate(
        _ elements: UnsafeBufferPointer<Scalar>, _ gradient: UnsafeMutableBufferPointer<Scalar>?
      ) throws(InputError) {
        for image in images.indices {
          let factor = factors[image]
          let scale = Scalar(term.weight * factor)
          guard scale.isFinite else {
            throw InputError(
              "stage \(stage.name), term \(term.name)",
              "the weight \(term.weight) over the divisor "
                + "\(divisors[min(image, divisors.count - 1)]) is too large for \(Scalar.self)")
          }
          let totals = try images[image][level].evaluate(
            elements, scale: scale, addingGradientTo: gradient, workers: workers)
          guard totals.value.isFinite, totals.squaredGradient.isFinite else {
            throw InputError(
              "stage \(stage.name), term \(term.name), image \(image)", image: image,
              "the loss or its gradient is not finite; the values of prediction \"\(name)\""
                + (term.enlarges(scale) ? " or the weights" : "") + " are too large for it")
          }
          value += totals.value * factor
          squaredGradient += totals.squaredGradient
          squaredPositiveGradient += totals.squaredMarkedGradient
        }
      }
      try tensor.withElements { elements throws(InputError) in
        guard gradients else { return try evaluate(elements, nil) }
        try sums.withSum(
          of: key, by: name, count: elements.count, on: workers
        ) { sum throws(InputError) in try evaluate(elements, sum) }
      }
    }
    let sampled = targets.images.reduce(0) { $0 + $1.sampled.count }
    let positives = targets.images.reduce(0) { $0 + $1.positives.count }
    return TermResult(
      stage: stage.name, name: term.name, value: value, weight: term.weight, divisors: divisors,
      positives: positives, negatives: sampled - positives,
      ignored: targets.images.reduce(0) { $0 + $1.priors.count } - sampled,
      gradientNorm: gradients ? squaredGradient.squareRoot() : nil,
      positiveGradientNorm: gradients ? squaredPositiveGradient.squareRoot() : nil,
      negativeGradientNorm: gradients
        ? max(0, squaredGradient - squaredPositiveGradient).squareRoot() : nil)
  }

  /// The loss of this step, which counts all rows first, and what it remembers afterwards.
  private func advance(
    _ loss: any StatefulLoss, _ images: [[RowTerm<Scalar>]], after state: [Double]?,
    workers: Workers
  ) throws(InputError) -> (loss: any StatefulLoss, state: [Double]) {
    let place = "stage \(stage.name), term \(term.name)"
    do throws(InputError) {
      return try loss.step(after: state, width: predictions.width) { loss throws(InputError) in
        var sums = [Double](repeating: 0, count: loss.tallyCount(width: predictions.width))
        for (level, tensor) in predictions.tensors.enumerated() {
          try tensor.withElements { elements throws(InputError) in
            for levels in images {
              let part = try levels[level].tally(elements, by: loss, workers: workers)
              for index in sums.indices { sums[index] += part[index] }
            }
          }
        }
        return sums
      }
    } catch {
      throw InputError("\(place), loss", "\(error)")
    }
  }

  /// What `body` makes of an image; an error of a part that doesn't know the image gets its place.
  private func inImage<Result>(
    _ index: Int, _ body: (MatchedPriors) throws(InputError) -> Result
  ) throws(InputError) -> Result {
    do throws(InputError) {
      return try body(targets.images[index])
    } catch {
      throw InputError(
        "stage \(stage.name), term \(term.name), image \(index)", image: index, "\(error)")
    }
  }

  /// The loss over the rows of one image, level by level.
  private func rowTerms(
    of image: MatchedPriors, at index: Int
  ) throws(InputError) -> [RowTerm<Scalar>] {
    let scope = term.target.scope
    let priors = image.priors(in: scope)
    let labels = image.labels(in: scope)
    let values = try term.target.checkedValues(
      for: image, width: term.targetWidth(columns: predictions.width),
      highestLabel: term.highestLabel(columns: predictions.width))
    let weights: [Scalar]? = try term.rowWeight.map { weight throws(InputError) in
      try weight.weights(for: image, in: scope)
    }
    return predictions.rows(
      image: index, priors: priors,
      slots: predictions.slots.map { count in
        labels.map { Int32(term.background.column(ofLabel: Int($0), of: count) ?? 0) }
      }
    )
    .map { rows, range in
      RowTerm(
        loss: term.loss, rows: rows, targets: rowTargets(values, range),
        weights: rowWeights(weights, range),
        insideWeights: term.insideWeights.map { repeated($0, range.count) },
        decoding: term.target.columns == .decodedBox
          ? BoxDecoding(
            stage.coder, priors: priors[range].map { image.priors.boxes[$0] },
            unit: unit(of: image)) : nil,
        distributions: term.target.columns == .distributions ? 4 : 1,
        arePositives: labels[range].map { $0 > 0 })
    }
  }

  /// What the coordinates of the term's boxes are divided by.
  private func unit(of image: MatchedPriors) -> (x: Scalar, y: Scalar) {
    guard term.target.comparesShares else { return (1, 1) }
    return (Scalar(image.imageSize.width), Scalar(image.imageSize.height))
  }

  private func rowTargets(_ values: TargetValues, _ range: Range<Int>) -> RowTargets<Scalar> {
    switch values {
    case .labels(let labels):
      let classes = term.columns(ofLabels: labels[range], width: predictions.width)
      return .classes(classes, ignored: (term.loss as? any ClassLoss)?.ignoredClass)
    case .scoredLabels(let labels, let scores):
      let classes = term.columns(ofLabels: labels[range], width: predictions.width)
      return .scoredClasses(classes, converted(scores[range]))
    case .numbers(let numbers):
      let width = term.targetWidth(columns: predictions.width)
      let elements = range.lowerBound * width..<range.upperBound * width
      return .dense(converted(numbers[elements]))
    }
  }

  private func rowWeights(_ weights: [Scalar]?, _ range: Range<Int>) -> RowWeights<Scalar> {
    switch (weights, term.outsideWeights) {
    case (nil, nil): .ones
    case (let weights?, nil): .rows(Array(weights[range]))
    case (nil, let columns?): .elements(repeated(columns, range.count))
    case (let weights?, let columns?):
      .elements(range.flatMap { row in columns.map { weights[row] * Scalar($0) } })
    }
  }

  private func count(
    of image: MatchedPriors, _ levels: [RowTerm<Scalar>], on workers: Workers
  ) throws(InputError) -> Double {
    switch term.normalizer.count {
    case .rows: levels.reduce(0) { $0 + Double($1.evaluatedRowCount(on: workers)) }
    case .sampled: Double(image.sampled.count)
    case .positives: Double(image.positives.count)
    case .positivesAndNegatives:
      Double(
        max(1, image.positives.count) + max(1, image.sampled.count - image.positives.count))
    case .cells: targets.featureMaps.reduce(0) { $0 + Double($1.height) * Double($1.width) }
    case .weights: levels.reduce(0) { $0 + $1.weightSum }
    case .rowWeight(let weight):
      try weight.checkedWeights(for: image).reduce(0) { $0 + Double($1) }
    case .constant(let number): number
    }
  }

  private func repeated(_ weights: [Double], _ count: Int) -> [Scalar] {
    let row = weights.map { Scalar($0) }
    return Array((0..<count).map { _ in row }.joined())
  }

  /// Checks that the predictions have a column, or a class slot, for each label, and as many as those of the
  /// stage's terms before.
  func checkClasses(_ classes: inout (count: Int, prediction: String)?) throws(InputError) {
    let highest: Int
    if term.target.columns == .classes {
      highest = term.highestLabel(columns: predictions.width)
    } else if let slots = predictions.slots {
      highest = term.background.highestLabel(columns: slots)
    } else {
      return
    }
    let prediction = term.predictions[0]
    if let classes, classes.count != highest {
      throw InputError(
        "stage \(stage.name), term \(term.name)",
        "prediction \"\(prediction)\" is of \(highest) classes, but \"\(classes.prediction)\" of "
          + "\(classes.count); expected as many, beside the background")
    }
    classes = (highest, prediction)
    for (index, image) in targets.images.enumerated() {
      guard let label = image.classes.max(), label > highest else { continue }
      throw InputError(
        "gt_labels image \(index)", image: index,
        "label \(label) is out of range for prediction \"\(prediction)\", which has "
          + (highest < 1 ? "no classes" : "classes 1 to \(highest)"))
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func converted<Scalar: LossScalar>(_ numbers: ArraySlice<Float>) -> [Scalar] {
  numbers.map { Scalar($0) }
}

extension Term {
  /// Whether what the loss gives may be multiplied by a number above 1, of which `scale` is one.
  fileprivate func enlarges(_ scale: some LossScalar) -> Bool {
    rowWeight != nil
      || ([Double(scale)] + (insideWeights ?? []) + (outsideWeights ?? [])).contains {
        $0.magnitude > 1
      }
  }
}

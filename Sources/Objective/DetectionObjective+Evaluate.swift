import LossCore
import LossKernels

extension DetectionObjective {
  /// Compares predictions with targets.
  ///
  /// - Parameters:
  ///   - predictions: Tensors by name; those that no term reads are left alone.
  ///   - targets: The targets of some stages; stages without targets are left out.
  ///   - gradients: Whether to compute the gradients as well.
  /// - Throws: ``InputError`` where a tensor is missing, of the wrong shape or not finite, or
  ///   a label is out of the predictions' range.
  public func evaluate<Scalar: LossScalar>(
    _ predictions: [String: Tensor<Scalar>], against targets: [StageTargets],
    gradients: Bool = true, workers: Workers = .standard
  ) throws(InputError) -> ObjectiveResult<Scalar> {
    var terms: [TermResult] = []
    var sums: [String: [Scalar]] = [:]
    for stage in stages {
      guard let stageTargets = targets.first(where: { $0.stage == stage.name }) else { continue }
      for term in stage.terms {
        let rows = try TermRows(term, stage: stage, targets: stageTargets, in: predictions)
        terms.append(
          try rows.evaluate(addingGradientsTo: &sums, gradients: gradients, workers: workers))
      }
    }
    var shaped: [String: Tensor<Scalar>] = [:]
    for (name, sum) in sums {
      guard let prediction = predictions[name] else { continue }
      shaped[name] = try? Tensor(shape: prediction.shape, elements: sum)
    }
    return ObjectiveResult(terms: terms, gradients: shaped)
  }
}

/// One term with the rows that it scores in each image.
private struct TermRows<Scalar: LossScalar> {
  let term: Term
  let stage: Stage
  let targets: StageTargets
  let map: RowMap<Scalar>
  let ignoredClass: Int?

  init(
    _ term: Term, stage: Stage, targets: StageTargets, in predictions: [String: Tensor<Scalar>]
  ) throws(InputError) {
    self.term = term
    self.stage = stage
    self.targets = targets
    self.map = try RowMap(
      term, stage: stage, featureMaps: targets.featureMaps,
      priorCounts: targets.images.map(\.priors.count), in: predictions)
    self.ignoredClass = (term.loss as? any ClassLoss)?.ignoredClass
    try checkLabels()
  }

  func evaluate(
    addingGradientsTo sums: inout [String: [Scalar]], gradients: Bool, workers: Workers
  ) throws(InputError) -> TermResult {
    let images = targets.images.indices.map { rowTerms(image: $0) }
    let counts = images.indices.map { count(image: $0, images[$0], on: workers) }
    let (divisors, factors) = term.normalizer.factors(counts: counts)
    var value = 0.0
    var squaredGradient = 0.0
    var squaredPositiveGradient = 0.0
    for level in map.tensors.indices {
      let name = term.predictions[level]
      let tensor = map.tensors[level]
      var gradient: [Scalar]?
      if gradients {
        gradient = sums.removeValue(forKey: name) ?? zeros(tensor.count)
      }
      for image in images.indices {
        let factor = factors[image]
        let scale = Scalar(term.weight * factor)
        guard scale.isFinite else {
          throw InputError(
            "stage \(stage.name), term \(term.name)",
            "the weight \(term.weight) over the divisor \(divisors[min(image, divisors.count - 1)]) "
              + "is too large for \(Scalar.self)")
        }
        let totals = try images[image][level].evaluate(
          tensor.elements, scale: scale, addingGradientTo: &gradient, workers: workers)
        guard totals.value.isFinite, totals.squaredGradient.isFinite else {
          throw InputError(
            "stage \(stage.name), term \(term.name), image \(image)",
            "the loss or its gradient is not finite; the values of prediction \"\(name)\""
              + (term.enlarges(scale) ? " or the weights" : "") + " are too large for it")
        }
        value += totals.value * factor
        squaredGradient += totals.squaredGradient
        squaredPositiveGradient += totals.squaredMarkedGradient
      }
      sums[name] = gradient
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

  /// The loss over the rows of one image, level by level.
  private func rowTerms(image index: Int) -> [RowTerm<Scalar>] {
    let image = targets.images[index]
    let priors: [Int]
    let slots: [Int32]?
    switch term.target {
    case .box, .decodedBox:
      priors = image.positives
      slots = map.classSlots == nil ? nil : positiveClasses(of: image)
    case .class, .objectness:
      priors = image.sampled
      slots = nil
    }
    return map.rows(image: index, priors: priors, slots: slots).map { rows, range in
      let count = range.count
      return RowTerm(
        loss: term.loss, rows: rows, targets: rowTargets(of: image, range),
        weights: term.outsideWeights.map { .elements(repeated($0, count)) } ?? .ones,
        insideWeights: term.insideWeights.map { repeated($0, count) },
        decoding: term.target == .decodedBox
          ? BoxDecoding(stage.coder, priors: priors[range].map { image.priors[$0] }) : nil,
        arePositives: term.target.readsDeltas
          ? [Bool](repeating: true, count: count) : image.classes[range].map { $0 > 0 })
    }
  }

  private func rowTargets(
    of image: StageTargets.Image, _ range: Range<Int>
  ) -> RowTargets<Scalar> {
    switch term.target {
    case .objectness:
      return .classes(
        image.classes[range].map { target(ofLabel: min($0, 1)) }, ignored: ignoredClass)
    case .class:
      return .classes(image.classes[range].map { target(ofLabel: $0) }, ignored: ignoredClass)
    case .decodedBox:
      return .dense(image.boxes[range].rows())
    case .box:
      var elements: [Scalar] = []
      elements.reserveCapacity(range.count * 4)
      for target in image.boxTargets[range] {
        for column in target.indices { elements.append(Scalar(target[column])) }
      }
      return .dense(elements)
    }
  }

  /// What a row of this label is compared with: the column of a loss on classes; for others the column
  /// that is 1, counted from 1, and 0 where none is.
  private func target(ofLabel label: Int32) -> Int {
    let column = term.background.column(ofLabel: Int(label), of: map.width)
    if term.loss is any ClassLoss { return column ?? 0 }
    return label > 0 ? (column ?? -1) + 1 : 0
  }

  private func count(
    image index: Int, _ levels: [RowTerm<Scalar>], on workers: Workers
  ) -> Double {
    let image = targets.images[index]
    return switch term.normalizer.count {
    case .rows: levels.reduce(0) { $0 + Double($1.evaluatedRowCount(on: workers)) }
    case .sampled: Double(image.sampled.count)
    case .positives: Double(image.positives.count)
    case .cells: targets.featureMaps.reduce(0) { $0 + Double($1.height) * Double($1.width) }
    case .weights: levels.reduce(0) { $0 + $1.weightSum }
    case .constant(let number): number
    }
  }

  private func positiveClasses(of image: StageTargets.Image) -> [Int32] {
    image.classes.filter { $0 > 0 }
  }

  private func repeated(_ weights: [Double], _ count: Int) -> [Scalar] {
    let row = weights.map { Scalar($0) }
    return Array((0..<count).map { _ in row }.joined())
  }

  /// Checks that the predictions have a column, or a class slot, for each label.
  private func checkLabels() throws(InputError) {
    let highest: Int
    if term.target == .class {
      highest = term.background.highestLabel(columns: map.width)
    } else if let slots = map.classSlots {
      highest = slots - 1
    } else {
      return
    }
    for (index, image) in targets.images.enumerated() {
      guard let label = image.classes.max(), label > highest else { continue }
      throw InputError(
        "gt_labels image \(index)",
        "label \(label) is out of range for prediction \"\(term.predictions[0])\", which has "
          + (highest < 1 ? "no classes" : "classes 1 to \(highest)"))
    }
  }
}

extension Term {
  /// Whether what the loss gives is multiplied by a number above 1, of which `scale` is one.
  fileprivate func enlarges(_ scale: some LossScalar) -> Bool {
    ([Double(scale)] + (insideWeights ?? []) + (outsideWeights ?? [])).contains { $0.magnitude > 1 }
  }
}

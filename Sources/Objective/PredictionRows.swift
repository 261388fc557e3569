import LossCore
import LossKernels

/// The rows of a term's predictions: its tensors, one a level, and where the row of each prior lies in them.
package struct PredictionRows<Scalar: LossScalar>: Sendable {
  /// The tensors, one a level.
  let tensors: [Tensor<Scalar>]
  /// The number of columns that the loss reads.
  let width: Int
  /// The number of class slots of a class-specific prediction.
  package let slots: Int?

  private let views: [TensorView]
  /// The number of priors of each image.
  let priorCounts: [Int]
  /// The number of priors of each level's feature map; `nil` where there is none.
  private let mapCounts: [Int]?

  /// Fits a term's layout to its tensors.
  ///
  /// - Parameter priorCounts: The number of priors of each image.
  /// - Throws: ``InputError`` where a tensor is missing, or its shape doesn't fit.
  init(
    _ term: Term, stage: Stage, featureMaps: [FeatureMap], priorCounts: [Int],
    in predictions: [String: Tensor<Scalar>]
  ) throws(InputError) {
    let place = "stage \(stage.name), term \(term.name)"
    var cells: [(map: FeatureMap, priorsPerCell: Int)] = []
    if term.layout.isOnFeatureMap, let perCell = stage.priors.priorsPerCell {
      guard perCell.count == term.predictions.count else {
        throw InputError(
          place,
          "names \(counted(term.predictions.count, "prediction")) for \(counted(perCell.count, "level")); "
            + "expected one a level")
      }
      let total = try featureMaps.priorCount(perCell: perCell, at: place)
      guard featureMaps.count == perCell.count, priorCounts.allSatisfy({ $0 == total }) else {
        throw InputError(
          place,
          "feature maps \(featureMaps) have room for \(total) priors an image, but there are "
            + "\(priorCounts); use r for sampled priors alone")
      }
      cells = zip(featureMaps, perCell).map { ($0, $1) }
    } else if !term.layout.isOnFeatureMap, term.predictions.count != 1 {
      throw InputError(
        place,
        "names \(term.predictions.count) predictions; expected one for layout \"\(term.layout)\"")
    }
    var tensors: [Tensor<Scalar>] = []
    var views: [TensorView] = []
    for (level, name) in term.predictions.enumerated() {
      var known = try term.axes(
        priorCounts: priorCounts, cells: cells.isEmpty ? nil : cells[level], at: place)
      known[.channel] = views.first?.columns ?? term.columns
      let tensor = try tensor(name, in: predictions)
      tensors.append(tensor)
      views.append(
        try TensorView(
          term.layout, shape: tensor.shape, known: known, priorCounts: priorCounts, tensor: name))
    }
    self.tensors = tensors
    self.views = views
    self.priorCounts = priorCounts
    mapCounts = cells.isEmpty ? nil : cells.map { $0.map.height * $0.map.width * $0.priorsPerCell }
    width = views[0].columns
    slots = views[0].slots
  }

  /// The number of priors of an image on each level.
  func priorsPerLevel(image: Int) -> [Int] { mapCounts ?? [priorCounts[image]] }

  /// For each level the rows of some priors of an image, and which of `priors` they are.
  ///
  /// - Parameters:
  ///   - priors: Indices of priors in ascending order.
  ///   - slots: The class slot of each, where the prediction is class-specific.
  func rows(
    image: Int, priors: [Int], slots: [Int32]?
  ) -> [(rows: RowSelection, range: Range<Int>)] {
    var result: [(RowSelection, Range<Int>)] = []
    var next = 0
    var levelStart = 0
    for (view, count) in zip(views, priorsPerLevel(image: image)) {
      let levelEnd = levelStart + count
      let range = next..<(priors[next...].firstIndex { $0 >= levelEnd } ?? priors.count)
      var starts = view.starts(image: image, priors: priors[range], from: levelStart)
      if let slots {
        for (row, slot) in slots[range].enumerated() { starts[row] += Int(slot) * view.slotStep }
      }
      result.append(
        (RowSelection(starts: starts, width: width, columnStride: view.columnStep), range))
      next = range.upperBound
      levelStart = levelEnd
    }
    return result
  }

  /// What is made of the rows of some priors of an image, `[priors, width]`.
  ///
  /// - Parameters:
  ///   - priors: Indices of priors in ascending order; `nil` for all.
  ///   - transform: Gets the rows of a block of these, and room for what it makes of them.
  /// - Returns: Also whether all numbers of these rows are finite; if not, the results mean nothing.
  func map<Output: RealScalar>(
    image: Int, priors: [Int]? = nil, to width: Int, on workers: Workers,
    _ transform: @Sendable (_ rows: Span<Scalar>, _ results: inout MutableSpan<Output>) -> Void
  ) -> (results: [Output], areFinite: Bool) {
    let priors = priors ?? Array(0..<priorCounts[image])
    let levels = rows(image: image, priors: priors, slots: nil)
    var areFinite = true
    let results: [Output] = numbers(priors.count * width) { results in
      for (level, tensor) in zip(levels, tensors) {
        tensor.withElements { elements in
          let isLevelFinite = mapRows(
            level.rows, of: elements, width: width, to: &results,
            from: level.range.lowerBound * width, on: workers, transform)
          areFinite = areFinite && isLevelFinite
        }
      }
    }
    return (results, areFinite)
  }

  /// Puts the row of one prior into `row`.
  package func read(image: Int, prior: Int, slot: Int = 0, into row: inout [Scalar]) {
    var level = 0
    var index = prior
    if views.count > 1 {
      for count in priorsPerLevel(image: image) {
        if index < count { break }
        index -= count
        level += 1
      }
    }
    let view = views[level]
    let first = view.start(image: image, prior: index) + slot * view.slotStep
    row.removeAll(keepingCapacity: true)
    tensors[level].withElements { elements in
      for column in 0..<width { row.append(elements[first + column * view.columnStep]) }
    }
  }
}

/// The tensor called `name`.
///
/// - Throws: ``InputError`` that lists what there is.
func tensor<Scalar>(
  _ name: String, in predictions: [String: Tensor<Scalar>]
) throws(InputError) -> Tensor<Scalar> {
  guard let tensor = predictions[name] else {
    throw InputError(
      "prediction \"\(name)\"",
      "is missing; there is "
        + (predictions.isEmpty ? "none" : predictions.keys.sorted().joined(separator: ", ")))
  }
  return tensor
}

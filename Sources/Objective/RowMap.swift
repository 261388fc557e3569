import LossCore
import LossKernels

/// Where the row of each prior lies in the prediction tensors of a term.
struct RowMap<Scalar: LossScalar> {
  /// The tensors, one a level.
  let tensors: [Tensor<Scalar>]
  /// The number of columns that the loss reads.
  let width: Int
  /// The number of class slots of a class-specific prediction, the background's included.
  let classSlots: Int?

  private let levels: [LevelPlaces]
  private let priorCounts: [Int]
  private let featureMaps: [FeatureMap]
  private let priorsPerCell: [Int]

  /// Fits a term's layout to its tensors.
  ///
  /// - Parameter priorCounts: The number of priors of each image.
  /// - Throws: ``InputError`` where a tensor is missing, or its shape doesn't fit.
  init(
    _ term: Term, stage: Stage, featureMaps: [FeatureMap], priorCounts: [Int],
    in predictions: [String: Tensor<Scalar>]
  ) throws(InputError) {
    let perCell = stage.priors.priorsPerCell
    var tensors: [Tensor<Scalar>] = []
    var levels: [FittedLayout] = []
    var known: [Layout.Axis: Int] =
      term.layout.names(.batchPrior)
      ? [.batchPrior: priorCounts.reduce(0, +)] : [.image: priorCounts.count]
    known[.channel] = term.columns
    if term.layout.names(.imagePrior) {
      guard priorCounts.allSatisfy({ $0 == priorCounts[0] }) else {
        throw InputError(
          "stage \(stage.name), term \(term.name)",
          "layout \"\(term.layout)\" has p, but the images have \(priorCounts) priors; use r")
      }
      known[.imagePrior] = priorCounts.first ?? 0
    }
    if term.layout.isOnFeatureMap {
      guard let perCell, perCell.count == term.predictions.count else {
        throw InputError(
          "stage \(stage.name), term \(term.name)",
          perCell == nil
            ? "layout \"\(term.layout)\" has h and w, but the priors lie on no feature map; use r"
            : "names \(term.predictions.count) predictions; expected one for each of "
              + "\(perCell?.count ?? 0) levels")
      }
      let total = try featureMaps.priorCount(
        perCell: perCell, at: "stage \(stage.name), term \(term.name)")
      guard featureMaps.count == perCell.count, priorCounts.allSatisfy({ $0 == total }) else {
        throw InputError(
          "stage \(stage.name), term \(term.name)",
          "feature maps \(featureMaps) have room for \(total) priors an image, but there are "
            + "\(priorCounts); use r for sampled priors alone")
      }
    } else if term.predictions.count != 1 {
      throw InputError(
        "stage \(stage.name), term \(term.name)",
        "names \(term.predictions.count) predictions; expected one for layout \"\(term.layout)\"")
    }
    for (level, name) in term.predictions.enumerated() {
      if term.layout.isOnFeatureMap {
        known[.cellPrior] = perCell?[level]
        known[.row] = featureMaps[level].height
        known[.column] = featureMaps[level].width
      }
      let tensor = try tensor(name, in: predictions)
      tensors.append(tensor)
      levels.append(
        try FittedLayout(term.layout, shape: tensor.shape, known: known, tensor: name))
      known[.channel] = levels[0].length(.channel)
    }
    self.tensors = tensors
    self.levels = levels.indices.map { level in
      LevelPlaces(
        levels[level], priorCounts: priorCounts,
        cells: term.layout.isOnFeatureMap
          ? (perCell?[level] ?? 1, featureMaps[level].width) : nil)
    }
    self.priorCounts = priorCounts
    self.featureMaps = featureMaps
    self.priorsPerCell = perCell ?? []
    self.width = levels[0].length(.channel)
    self.classSlots = levels[0].has(.classSlot) ? levels[0].length(.classSlot) : nil

    for (name, tensor) in zip(term.predictions, tensors) {
      if let element = tensor.withElements({ firstNonFinite(Span(_unsafeElements: $0)) }) {
        let (place, image) = place(
          of: element, in: tensor, name, term.layout, priorCounts: priorCounts)
        throw InputError(place, image: image, "\(tensor.elements[element]) is not finite")
      }
    }
  }

  /// The number of priors of an image on each level.
  func priorsPerLevel(image: Int) -> [Int] {
    guard !featureMaps.isEmpty else { return [priorCounts[image]] }
    return zip(featureMaps, priorsPerCell).map { $0.height * $0.width * $1 }
  }

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
    for level in levels.indices {
      let count = levels.count == 1 ? priorCounts[image] : priorsPerLevel(image: image)[level]
      let first = next
      var starts: [Int] = []
      starts.reserveCapacity(levels.count == 1 ? priors.count : 0)
      while next < priors.count, priors[next] < levelStart + count {
        let slot = slots.map { Int($0[next]) } ?? 0
        starts.append(
          levels[level].start(image: image, prior: priors[next] - levelStart)
            + slot * levels[level].classSlotStep)
        next += 1
      }
      result.append(
        (
          RowSelection(starts: starts, width: width, columnStride: levels[level].channelStep),
          first..<next
        ))
      levelStart += count
    }
    return result
  }

  /// Puts the row of one prior, of its first class slot, into `row`.
  func read(image: Int, prior: Int, into row: inout [Scalar]) {
    var level = 0
    var index = prior
    if levels.count > 1 {
      for count in priorsPerLevel(image: image) {
        if index < count { break }
        index -= count
        level += 1
      }
    }
    let first = levels[level].start(image: image, prior: index)
    let stride = levels[level].channelStep
    row.removeAll(keepingCapacity: true)
    tensors[level].withElements { elements in
      for column in 0..<width { row.append(elements[first + column * stride]) }
    }
  }
}

/// Names an element by tensor, image where the layout has one, and index along each axis; and tells the
/// image.
private func place<Scalar>(
  of element: Int, in tensor: Tensor<Scalar>, _ name: String, _ layout: Layout,
  priorCounts: [Int]
) -> (place: String, image: Int?) {
  var index: [Int] = []
  var rest = element
  for axis in tensor.shape.reversed() {
    index.insert(rest % axis, at: 0)
    rest /= axis
  }
  let axes = zip(layout.groups, index).map { group, index in
    switch group {
    case [.image]: "image \(index)"
    case [.batchPrior]: "row \(index)"
    default: "\(group.map { "\($0.rawValue)" }.joined(separator: " ")) = \(index)"
    }
  }
  let image = zip(layout.groups, index).lazy.compactMap { group, index -> Int? in
    guard group == [.batchPrior] else { return group == [.image] ? index : nil }
    var rows = index
    return priorCounts.firstIndex { count in
      rows -= count
      return rows < 0
    }
  }.first
  return ("prediction \"\(name)\" \(axes.joined(separator: ", "))", image)
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

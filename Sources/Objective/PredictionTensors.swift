import LossCore
import LossKernels

/// The prediction tensors of an evaluation, or of a walk over the stages: each term's layout is fitted once. Each
/// tensor is checked for numbers that aren't finite once, by whoever first reads it: in the same go where it is read
/// whole, as such tensors are too large for the cache.
package struct PredictionTensors<Scalar: LossScalar> {
  /// The tensors by name.
  package private(set) var byName: [String: Tensor<Scalar>]
  private var finite: Set<String> = []
  private var rows: [String: PredictionRows<Scalar>] = [:]

  private let workers: Workers

  /// Tensors by name; those that no term reads are left alone.
  package init(_ tensors: [String: Tensor<Scalar>] = [:], workers: Workers) {
    byName = tensors
    self.workers = workers
  }

  /// Adds tensors; one of a name that is there already takes its place.
  mutating func merge(_ tensors: [String: Tensor<Scalar>]) {
    byName.merge(tensors) { $1 }
    finite.subtract(tensors.keys)
    rows = [:]
  }

  /// The rows of a term's predictions, which whoever reads them looks at for numbers that aren't finite.
  ///
  /// - Parameters:
  ///   - featureMaps: The feature maps of the stage, one a level.
  ///   - priorCounts: The number of priors of each image.
  /// - Throws: ``InputError`` where a tensor is missing or of the wrong shape.
  mutating func unchecked(
    _ term: Term, _ stage: Stage, featureMaps: [FeatureMap], priorCounts: [Int]
  ) throws(InputError) -> PredictionRows<Scalar> {
    let key = "\(stage.name).\(term.name)"
    if let rows = rows[key] { return rows }
    let made = try PredictionRows(
      term, stage: stage, featureMaps: featureMaps, priorCounts: priorCounts, in: byName)
    rows[key] = made
    return made
  }

  /// The rows of a term's predictions, all of them finite.
  ///
  /// - Parameters:
  ///   - featureMaps: The feature maps of the stage, one a level.
  ///   - priorCounts: The number of priors of each image.
  /// - Throws: ``InputError`` where a tensor is missing, of the wrong shape or not finite.
  package mutating func rows(
    of term: Term, _ stage: Stage, featureMaps: [FeatureMap], priorCounts: [Int]
  ) throws(InputError) -> PredictionRows<Scalar> {
    let rows = try unchecked(term, stage, featureMaps: featureMaps, priorCounts: priorCounts)
    try check(rows, of: term)
    return rows
  }

  /// Checks that all numbers of a term's predictions are finite, unless that is known.
  mutating func check(_ rows: PredictionRows<Scalar>, of term: Term) throws(InputError) {
    for (name, tensor) in zip(term.predictions, rows.tensors) where !finite.contains(name) {
      if let element = tensor.withElements({ firstNonFinite($0, on: workers) }) {
        let (place, image) = place(
          of: element, in: tensor.shape, name, term.layout, priorCounts: rows.priorCounts)
        throw InputError(place, image: image, "\(tensor.elements[element]) is not finite")
      }
      finite.insert(name)
    }
  }

  /// What is made of the rows of some priors of an image, `[priors, width]`.
  ///
  /// - Parameters:
  ///   - priors: Indices of priors in ascending order; `nil` for all. Predictions of others aren't looked at.
  ///   - transform: Gets the rows of a block of these, and room for what it makes of them.
  /// - Throws: ``InputError`` where a number of these rows isn't finite.
  mutating func map<Output: RealScalar>(
    _ rows: PredictionRows<Scalar>, of term: Term, image: Int, priors: [Int]?, to width: Int,
    _ transform: @Sendable (_ rows: Span<Scalar>, _ results: inout MutableSpan<Output>) -> Void
  ) throws(InputError) -> [Output] {
    let (results, areFinite) = rows.map(
      image: image, priors: priors, to: width, on: workers, transform)
    if !areFinite { try check(rows, of: term) }
    return results
  }
}

/// Names an element by tensor, image where the layout has one, and index along each axis; and tells the
/// image.
private func place(
  of element: Int, in shape: [Int], _ name: String, _ layout: Layout, priorCounts: [Int]
) -> (place: String, image: Int?) {
  var index: [Int] = []
  var rest = element
  for axis in shape.reversed() {
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

import LossCore
import ResourceLimits

/// A tensor seen through its layout: where the row of each prior begins, and how its columns lie apart.
public struct TensorView: Sendable {
  /// The shape of the tensor.
  public let shape: [Int]
  /// The number of columns of a row.
  public let columns: Int
  /// The elements between neighbouring columns of a row.
  public let columnStep: Int
  /// The class slots of a prior; `nil` if it has one row for all classes.
  public let slots: Int?
  /// The elements between neighbouring class slots of a prior.
  public let slotStep: Int
  /// The feature map that the priors lie on; `nil` if they lie on none.
  let map: FeatureMap?

  private let imageStarts: [Int]
  private let priorsPerCell: Int
  private let priorStep: Int
  private let cellSteps: (row: Int, column: Int)

  /// Fits a layout to a tensor.
  ///
  /// - Parameters:
  ///   - known: The lengths that axes must have. Of each axis of the tensor one may be left to the shape.
  ///   - priorCounts: The number of priors of each image.
  ///   - tensor: The name that an error tells.
  /// - Throws: ``InputError`` that shows the shape, the layout and the axis that doesn't fit.
  init(
    _ layout: Layout, shape: [Int], known: [Layout.Axis: Int], priorCounts: [Int] = [],
    tensor: String
  ) throws(InputError) {
    let axes = try FittedAxes(layout, shape: shape, known: known, tensor: tensor)
    self.shape = shape
    columns = axes.length(.channel)
    columnStep = axes.step(.channel)
    slots = layout.names(.classSlot) ? axes.length(.classSlot) : nil
    slotStep = axes.step(.classSlot)
    map =
      layout.isOnFeatureMap
      ? FeatureMap(height: axes.length(.row), width: axes.length(.column)) : nil
    var first = 0
    imageStarts = priorCounts.enumerated().map { image, count in
      defer { first += count }
      return image * axes.step(.image) + first * axes.step(.batchPrior)
    }
    priorsPerCell = axes.length(.cellPrior)
    priorStep = axes.step(
      map != nil ? .cellPrior : layout.names(.batchPrior) ? .batchPrior : .imagePrior)
    cellSteps = (axes.step(.row), axes.step(.column))
  }

  /// The element at which the row of a prior of an image begins, of its first class slot.
  public func start(image: Int, prior: Int) -> Int {
    imageStarts[image] + (evenStep.map { prior * $0 } ?? unevenOffset(prior))
  }

  /// The elements at which the rows of priors of an image begin, of their first class slots.
  ///
  /// - Parameter first: What the prior of the view's first row is called among `priors`.
  func starts(image: Int, priors: ArraySlice<Int>, from first: Int) -> [Int] {
    let start = imageStarts[image]
    if let step = evenStep { return priors.map { start &+ ($0 &- first) &* step } }
    return priors.map { start + unevenOffset($0 - first) }
  }

  /// The elements between the rows of neighbouring priors; `nil` where they aren't as many for all.
  private var evenStep: Int? {
    guard let map else { return priorStep }
    let isEven = priorsPerCell == 1 && cellSteps.row == map.width * cellSteps.column
    return isEven ? cellSteps.column : nil
  }

  /// The elements from the first row of an image to that of a prior.
  private func unevenOffset(_ prior: Int) -> Int {
    let (cell, place) = prior.quotientAndRemainder(dividingBy: priorsPerCell)
    let width = map?.width ?? 1
    // Rows of cells mostly lie side by side, which spares a division for each of many priors.
    if cellSteps.row == width * cellSteps.column {
      return place * priorStep + cell * cellSteps.column
    }
    let (row, column) = cell.quotientAndRemainder(dividingBy: width)
    return place * priorStep + column * cellSteps.column + row * cellSteps.row
  }
}

/// The length of each axis that a layout names, in a tensor, and the elements between neighbours along it.
private struct FittedAxes {
  private var lengths: [Layout.Axis: Int] = [:]
  private var steps: [Layout.Axis: Int] = [:]

  /// The length of an axis; 1 where the layout doesn't name it.
  func length(_ axis: Layout.Axis) -> Int { lengths[axis] ?? 1 }
  /// The elements between neighbours along an axis; 0 where the layout doesn't name it.
  func step(_ axis: Layout.Axis) -> Int { steps[axis] ?? 0 }

  init(
    _ layout: Layout, shape: [Int], known: [Layout.Axis: Int], tensor: String
  ) throws(InputError) {
    let place = "prediction \"\(tensor)\""
    let facts = known.filter { layout.names($0.key) }
      .map { "\($0.key.rawValue) = \($0.value)" }.sorted().joined(separator: ", ")
    let given = facts.isEmpty ? "" : " with \(facts)"
    guard shape.count == layout.groups.count else {
      throw InputError(
        place,
        "shape \(shape) has \(shape.count) axes, but layout \"\(layout)\" has "
          + "\(layout.groups.count)")
    }
    let unnamed = known.filter { $0.value != 1 && !layout.names($0.key) }
    if let (axis, length) = unnamed.min(by: { $0.key.rawValue < $1.key.rawValue }) {
      throw InputError(
        place,
        "layout \"\(layout)\" has no \(axis.rawValue), which makes its length 1; expected \(length)"
      )
    }
    var step = 1
    for (axis, group) in layout.groups.enumerated().reversed() {
      let unknown = group.filter { known[$0] == nil }
      guard let product = product(of: group.map { known[$0] ?? 1 }) else {
        throw InputError(
          place, "layout \"\(layout)\"\(given): axis \(axis) is longer than can be counted")
      }
      let letters = group.map { "\($0.rawValue)" }.joined(separator: " ")
      let written = group.count == 1 ? "" : ", (\(letters)),"
      guard unknown.count <= 1 else {
        let open = unknown.map { "\($0.rawValue)" }.joined(separator: " and ")
        throw InputError(
          place,
          "shape \(shape) with layout \"\(layout)\": axis \(axis)\(written) leaves the lengths of "
            + "\(open) open")
      }
      let fits = unknown.isEmpty ? shape[axis] == product : shape[axis].isMultiple(of: product)
      guard fits else {
        let expected = unknown.isEmpty ? "\(product)" : "a multiple of \(product)"
        let priors =
          group == [.imagePrior]
          ? ", one for each prior of the stage; of queries, set priors.count" : ""
        throw InputError(
          place,
          "shape \(shape) doesn't fit layout \"\(layout)\"\(given): axis \(axis)\(written) is "
            + "\(shape[axis]), expected \(expected)\(priors)")
      }
      for name in group.reversed() {
        let length = known[name] ?? (product == 0 ? 0 : shape[axis] / product)
        lengths[name] = length
        steps[name] = step
        guard let next = ResourceLimits.product(of: [step, length]) else {
          throw InputError(
            place,
            "shape \(shape) with layout \"\(layout)\"\(given) has steps longer than can be counted")
        }
        step = next
      }
    }
  }
}

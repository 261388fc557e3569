import LossCore
import ResourceLimits

/// Where a model's outputs stand in the tensor that a term reads: its layout turned around.
public struct TermArrangement: Sendable {
  /// The shape of the tensor.
  public let shape: [Int]
  /// The elements between neighbouring columns of a row.
  public let columnStep: Int
  /// The elements between neighbouring class slots of a prior.
  public let slotStep: Int

  fileprivate let places: LevelPlaces

  /// The element at which the row of a prior of an image begins, of its first class slot.
  public func start(image: Int, prior: Int) -> Int { places.start(image: image, prior: prior) }
}

extension Term {
  /// Whether the prediction has a row for each class of a prior, the background first.
  public var isClassSpecific: Bool { layout.names(.classSlot) }

  /// The number of columns of a row: what the loss reads for `classes` foreground classes, or the four
  /// coordinates of a box.
  ///
  /// - Throws: ``InputError`` where the loss asks for none, or for more than there may be.
  public func columns(classes: Int) throws(InputError) -> Int {
    if !target.columns.areClasses, let columns { return columns }
    let classes = target.columns == .objectness ? 1 : classes
    _ = try loss.checkedColumns(classes: classes)
    return columnCount(classes: classes)
  }

  /// Where outputs stand in the tensor that the term reads.
  ///
  /// - Parameters:
  ///   - priorCounts: The number of priors of each image.
  ///   - cells: The feature map that the priors lie on and the priors of a cell, where they lie on one.
  ///   - classes: The number of foreground classes.
  /// - Throws: ``InputError`` where the layout has no room for the outputs.
  public func arrangement(
    priorCounts: [Int], cells: (map: FeatureMap, priorsPerCell: Int)? = nil, classes: Int
  ) throws(InputError) -> TermArrangement {
    var lengths: [Layout.Axis: Int] = [
      .channel: try columns(classes: classes), .classSlot: isClassSpecific ? classes + 1 : 1,
    ]
    if layout.names(.batchPrior) {
      lengths[.batchPrior] = priorCounts.reduce(0, +)
    } else {
      lengths[.image] = priorCounts.count
    }
    if layout.isOnFeatureMap {
      guard let cells else {
        throw InputError(
          "term \(name)",
          "layout \"\(layout)\" has h and w, but the priors lie on no feature map; use r")
      }
      lengths[.row] = cells.map.height
      lengths[.column] = cells.map.width
      lengths[.cellPrior] = cells.priorsPerCell
    } else if layout.names(.imagePrior) {
      guard let count = priorCounts.first, priorCounts.allSatisfy({ $0 == count }) else {
        throw InputError(
          "term \(name)",
          "layout \"\(layout)\" has p, but images have different numbers of priors; use r")
      }
      lengths[.imagePrior] = count
    }
    var shape: [Int] = []
    for group in layout.groups {
      guard let length = product(of: group.map { lengths[$0] ?? 1 }) else {
        throw InputError(
          "term \(name)", "layout \"\(layout)\" has an axis that is longer than can be counted")
      }
      shape.append(length)
    }
    let fitted = try FittedLayout(
      layout, shape: shape, known: lengths, tensor: predictions.first ?? name)
    let places = LevelPlaces(
      fitted, priorCounts: priorCounts,
      cells: layout.isOnFeatureMap ? cells.map { ($0.priorsPerCell, $0.map.width) } : nil)
    return TermArrangement(
      shape: shape, columnStep: places.channelStep, slotStep: places.classSlotStep, places: places)
  }
}

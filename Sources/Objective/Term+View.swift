import LossCore
import ResourceLimits

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

  /// The tensor that the term reads, where it is still to be made.
  ///
  /// - Parameters:
  ///   - priorCounts: The number of priors of each image.
  ///   - cells: The feature map that the priors lie on and the priors of a cell, where they lie on one.
  ///   - classes: The number of foreground classes.
  /// - Throws: ``InputError`` where the layout has no room for the outputs.
  public func view(
    priorCounts: [Int], cells: (map: FeatureMap, priorsPerCell: Int)? = nil, classes: Int
  ) throws(InputError) -> TensorView {
    var lengths = try axes(priorCounts: priorCounts, cells: cells, at: "term \(name)")
    lengths[.channel] = try columns(classes: classes)
    lengths[.classSlot] = isClassSpecific ? classes + 1 : 1
    var shape: [Int] = []
    for group in layout.groups {
      guard let length = product(of: group.map { lengths[$0] ?? 1 }) else {
        throw InputError(
          "term \(name)", "layout \"\(layout)\" has an axis that is longer than can be counted")
      }
      shape.append(length)
    }
    return try TensorView(
      layout, shape: shape, known: lengths, priorCounts: priorCounts,
      tensor: predictions.first ?? name)
  }

  /// The lengths of the axes along which priors lie.
  ///
  /// - Parameters:
  ///   - cells: The feature map of a level and the priors of a cell, where there is one.
  ///   - place: Where an error is.
  /// - Throws: ``InputError`` where the layout can't hold the priors.
  func axes(
    priorCounts: [Int], cells: (map: FeatureMap, priorsPerCell: Int)?, at place: String
  ) throws(InputError) -> [Layout.Axis: Int] {
    var lengths: [Layout.Axis: Int] =
      layout.names(.batchPrior)
      ? [.batchPrior: priorCounts.reduce(0, +)] : [.image: priorCounts.count]
    if layout.isOnFeatureMap {
      guard let cells else {
        throw InputError(
          place,
          "layout \"\(layout)\" has h and w, but the priors lie on no feature map; use r")
      }
      lengths[.row] = cells.map.height
      lengths[.column] = cells.map.width
      lengths[.cellPrior] = cells.priorsPerCell
    } else if layout.names(.imagePrior) {
      guard Set(priorCounts).count <= 1 else {
        throw InputError(
          place,
          "layout \"\(layout)\" has p, but the images have \(priorCounts) priors; use r")
      }
      lengths[.imagePrior] = priorCounts.first ?? 0
    }
    return lengths
  }
}

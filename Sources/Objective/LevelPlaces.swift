/// Where the rows of a level's priors begin: the steps of a fitted layout, looked up once instead of
/// for each row.
struct LevelPlaces {
  /// The elements between neighbouring columns of a row.
  let channelStep: Int
  /// The elements between neighbouring class slots.
  let classSlotStep: Int

  private let imageStarts: [Int]
  private let priorStep: Int
  private let cells: Cells?

  /// The priors of a feature map.
  private struct Cells {
    let priorsPerCell: Int
    let mapWidth: Int
    let columnStep: Int
    let rowStep: Int
  }

  /// Places in a tensor with `layout`.
  ///
  /// - Parameters:
  ///   - priorCounts: The number of priors of each image.
  ///   - cells: The priors of a cell and the width of the feature map, where the layout has one.
  init(
    _ layout: FittedLayout, priorCounts: [Int], cells: (priorsPerCell: Int, mapWidth: Int)?
  ) {
    channelStep = layout.stride(.channel)
    classSlotStep = layout.stride(.classSlot)
    var first = 0
    var imageStarts: [Int] = []
    for (image, count) in priorCounts.enumerated() {
      imageStarts.append(image * layout.stride(.image) + first * layout.stride(.batchPrior))
      first += count
    }
    self.imageStarts = imageStarts
    if let cells, layout.has(.row) {
      priorStep = layout.stride(.cellPrior)
      self.cells = Cells(
        priorsPerCell: cells.priorsPerCell, mapWidth: cells.mapWidth,
        columnStep: layout.stride(.column), rowStep: layout.stride(.row))
    } else {
      priorStep = layout.stride(layout.has(.batchPrior) ? .batchPrior : .imagePrior)
      self.cells = nil
    }
  }

  /// The element at which the row of a prior of this level begins.
  func start(image: Int, prior: Int) -> Int {
    guard let cells else { return imageStarts[image] + prior * priorStep }
    let cell = prior / cells.priorsPerCell
    return imageStarts[image] + (prior % cells.priorsPerCell) * priorStep
      + (cell % cells.mapWidth) * cells.columnStep + (cell / cells.mapWidth) * cells.rowStep
  }
}

import DetectorKernels
import LossKernels

/// The feature maps of a batch: images, rows, columns and channels, the channels of a cell side by side.
///
/// Each map has a border of one cell, which holds zeros: a 3 × 3 convolution reads its padding there.
public struct Features: Sendable {
  /// The number of images.
  public let images: Int
  /// The number of rows of cells without the border.
  public let height: Int
  /// The number of columns of cells without the border.
  public let width: Int
  /// The channels of a cell.
  public let channels: Int
  /// The cells with the border, and behind them as many zeros as a kernel may read too far.
  public var elements: [Float]

  /// Feature maps of zeros.
  public init(images: Int, height: Int, width: Int, channels: Int) {
    self.images = images
    self.height = height
    self.width = width
    self.channels = channels
    let count = images * (height + 2) * (width + 2) * channels
    elements = zeros(count + matrixTileWidth)
  }

  /// No feature maps.
  public init() { self.init(images: 0, height: 0, width: 0, channels: 0) }

  /// Whether images, rows, columns and channels are as many.
  public func hasShape(of other: Features, channels: Int) -> Bool {
    images == other.images && height == other.height && width == other.width
      && self.channels == channels
  }

  /// Where the channels of a cell begin; rows and columns −1, `height` and `width` are the border.
  @inline(__always)
  public func start(image: Int, row: Int, column: Int) -> Int {
    ((image * (height + 2) + row + 1) * (width + 2) + column + 1) * channels
  }

  /// Where the channels of each cell begin: images, rows, columns.
  public var cellStarts: [Int] {
    var starts: [Int] = []
    starts.reserveCapacity(images * height * width)
    for image in 0..<images {
      for row in 0..<height {
        let first = start(image: image, row: row, column: 0)
        for column in 0..<width { starts.append(first + column * channels) }
      }
    }
    return starts
  }

  /// Adds maps of the same shape; no maps count 0.
  mutating func add(_ other: Features) {
    guard other.images > 0 else { return }
    guard images > 0 else {
      self = other
      return
    }
    for place in elements.indices { elements[place] += other.elements[place] }
  }

  /// The cells without the border.
  public var rows: ChannelRows {
    ChannelRows(
      starts: (0..<images).flatMap { image in
        (0..<height).map { start(image: image, row: $0, column: 0) }
      }, cells: width, channels: channels)
  }
}

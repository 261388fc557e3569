import LossCore

/// A colour image of 8 bits a channel.
public struct Image: Sendable, Equatable {
  /// The number of columns, at least 1.
  public let width: Int
  /// The number of rows, at least 1.
  public let height: Int
  /// Red, green and blue of each pixel, row by row from the top: 3 · width · height bytes.
  public internal(set) var pixels: [UInt8]

  /// An image.
  ///
  /// - Parameter pixels: Red, green and blue of each pixel, row by row: 3 · width · height bytes.
  /// - Throws: ``DataError`` where a side isn't positive, or the bytes are too few or too many.
  public init(width: Int, height: Int, pixels: [UInt8]) throws(DataError) {
    guard width > 0, height > 0 else {
      throw DataError(
        "image", "is \(width) × \(height) pixels; expected a width and a height of at least 1")
    }
    let (area, areaOverflows) = width.multipliedReportingOverflow(by: height)
    let (count, countOverflows) = area.multipliedReportingOverflow(by: 3)
    guard !areaOverflows, !countOverflows, count == pixels.count else {
      throw DataError(
        "image",
        "has \(pixels.count) bytes; expected red, green and blue for \(width) × \(height) pixels")
    }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// An image of sides known to be positive.
  ///
  /// - Parameter fill: Appends red, green and blue of each pixel, row by row.
  init(width: Int, height: Int, _ fill: (inout [UInt8]) -> Void) {
    self.width = width
    self.height = height
    pixels = []
    pixels.reserveCapacity(3 * width * height)
    fill(&pixels)
  }

  /// The size in pixels.
  public var size: ImageSize { ImageSize(height: height, width: width) }
}

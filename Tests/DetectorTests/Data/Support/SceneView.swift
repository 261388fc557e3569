import Detector
import LossCore

/// The pixels around a box of whole pixels, compared with the ground there.
struct SceneView {
  enum Side: CaseIterable {
    case left, top, right, bottom
  }

  private let image: Image
  private let columns: ClosedRange<Int>
  private let rows: ClosedRange<Int>

  init(_ image: Image, around box: Box) {
    self.image = image
    columns = Int(box.x1)...Int(box.x2) - 1
    rows = Int(box.y1)...Int(box.y2) - 1
  }

  /// Whether there are three pixels around the box.
  var isInside: Bool {
    columns.lowerBound >= 3 && rows.lowerBound >= 3 && columns.upperBound < image.width - 3
      && rows.upperBound < image.height - 3
  }

  /// How far the pixel that differs most from the ground does so, along the line of pixels that lies
  /// `distance` pixels outside of a side of the box.
  func largestDifference(_ side: Side, outside distance: Int) -> Float {
    let ground = line(side, 3).reduce(SIMD3<Float>(), +) / Float(line(side, 3).count)
    return line(side, distance).map { pixel in
      let difference = pixel - ground
      return (difference * difference).sum().squareRoot()
    }.max() ?? 0
  }

  private func line(_ side: Side, _ distance: Int) -> [SIMD3<Float>] {
    switch side {
    case .left: rows.map { pixel(columns.lowerBound - distance, $0) }
    case .right: rows.map { pixel(columns.upperBound + distance, $0) }
    case .top: columns.map { pixel($0, rows.lowerBound - distance) }
    case .bottom: columns.map { pixel($0, rows.upperBound + distance) }
    }
  }

  private func pixel(_ x: Int, _ y: Int) -> SIMD3<Float> {
    let start = 3 * (y * image.width + x)
    return SIMD3(
      Float(image.pixels[start]), Float(image.pixels[start + 1]), Float(image.pixels[start + 2]))
      / 255
  }
}

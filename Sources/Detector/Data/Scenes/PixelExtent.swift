import LossCore

/// A number of pixels and the box around them.
struct PixelExtent {
  private(set) var count = 0
  private var left = Int.max
  private var top = Int.max
  private var right = Int.min
  private var bottom = Int.min

  /// Adds the pixel in column `x` and row `y`.
  mutating func add(x: Int, y: Int) {
    count += 1
    left = min(left, x)
    top = min(top, y)
    right = max(right, x + 1)
    bottom = max(bottom, y + 1)
  }

  /// The box around the pixels, or `nil` if there are none.
  var box: Box? {
    count > 0 ? Box(Float(left), Float(top), Float(right), Float(bottom)) : nil
  }
}

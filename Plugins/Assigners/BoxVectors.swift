import LossCore
import LossKernels

/// Boxes sixteen by sixteen, to find those that a box may overlap. Neighbours lie near each other as a rule:
/// what is predicted at neighbouring cells, or the cells themselves.
struct BoxVectors: Sendable {
  /// The boxes, filled up with boxes that touch nothing.
  let vectors: [FormulaBox<FloatVector>]
  /// The least box around each vector's boxes; a coordinate that isn't a number is left out.
  private let bounds: [Box]

  /// No boxes.
  init() { (vectors, bounds) = ([], []) }

  /// `count` boxes; one that is `nil` touches nothing.
  init(_ count: Int, on workers: Workers, _ box: @Sendable (Int) -> Box?) {
    let width = FloatVector.count
    vectors = workers.map(below: (count + width - 1) / width, inBlocksOf: 64) { vector in
      var (x1, y1) = (FloatVector(.infinity), FloatVector(.infinity))
      var (x2, y2) = (FloatVector(-.infinity), FloatVector(-.infinity))
      for lane in 0..<min(width, count - vector * width) {
        guard let box = box(vector * width + lane) else { continue }
        (x1[lane], y1[lane], x2[lane], y2[lane]) = (box.x1, box.y1, box.x2, box.y2)
      }
      return FormulaBox(x1, y1, x2, y2)
    }
    bounds = vectors.map { vector in
      var bounds = Box(.infinity, .infinity, -.infinity, -.infinity)
      for lane in 0..<width {
        if vector.x1[lane] < bounds.x1 { bounds.x1 = vector.x1[lane] }
        if vector.y1[lane] < bounds.y1 { bounds.y1 = vector.y1[lane] }
        if vector.x2[lane] > bounds.x2 { bounds.x2 = vector.x2[lane] }
        if vector.y2[lane] > bounds.y2 { bounds.y2 = vector.y2[lane] }
      }
      return bounds
    }
  }

  /// Calls `body` with the number of each vector of which a box may overlap `box`, and the vector. A point
  /// overlaps a box that it lies inside of.
  @inline(__always)
  func forEachTouching(_ box: Box, _ body: (Int, FormulaBox<FloatVector>) -> Void) {
    for index in bounds.indices where bounds[index].touches(box) { body(index, vectors[index]) }
  }
}

extension Box {
  @inline(__always)
  fileprivate func touches(_ other: Box) -> Bool {
    x1 < other.x2 && other.x1 < x2 && y1 < other.y2 && other.y1 < y2
  }

  /// The centre.
  @inline(__always)
  var middle: SIMD2<Float> { SIMD2((x1 + x2) / 2, (y1 + y2) / 2) }

  /// Whether a point lies inside, by more than `margin`.
  @inline(__always)
  func holds(_ point: SIMD2<Float>, by margin: Float) -> Bool {
    point.x - x1 > margin && point.y - y1 > margin && x2 - point.x > margin && y2 - point.y > margin
  }
}

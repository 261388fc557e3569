import LossCore

/// The centres of some priors, side by side, to find those that are nearest to a point.
struct CenterList: Sendable {
  private var x: [SIMD16<Float>] = []
  private var y: [SIMD16<Float>] = []

  /// The centres of boxes; a box that is `nil` is never found.
  init(_ boxes: some Sequence<Box?>) {
    for (index, box) in boxes.enumerated() {
      let lane = index % SIMD16<Float>.scalarCount
      if lane == 0 {
        // Far from everything.
        x.append(SIMD16(repeating: .infinity))
        y.append(SIMD16(repeating: .infinity))
      }
      guard let box else { continue }
      x[x.count - 1][lane] = (box.x1 + box.x2) / 2
      y[y.count - 1][lane] = (box.y1 + box.y2) / 2
    }
  }

  /// The `count` boxes whose centres are nearest to a box's, nearest first; in a tie the first ones.
  ///
  /// - Parameter distance: The squared distance of two centres that lie so far apart along x and y.
  @inline(__always)
  func nearest(
    _ count: Int, to box: Box,
    by distance: (_ x: SIMD16<Float>, _ y: SIMD16<Float>) -> SIMD16<Float>
  ) -> [(distance: Float, index: Int)] {
    let pointX = SIMD16<Float>(repeating: (box.x1 + box.x2) / 2)
    let pointY = SIMD16<Float>(repeating: (box.y1 + box.y2) / 2)
    var found: [(distance: Float, index: Int)] = []
    var limit = Float.infinity
    for vector in x.indices {
      let distances = distance(x[vector] - pointX, y[vector] - pointY)
      let isNear = distances .< limit
      guard any(isNear) else { continue }
      for lane in distances.indices where isNear[lane] && distances[lane] < limit {
        let place = found.firstIndex { distances[lane] < $0.distance } ?? found.count
        found.insert(
          (distances[lane], vector * SIMD16<Float>.scalarCount + lane), at: place)
        if found.count > count { found.removeLast() }
        if found.count == count { limit = found[count - 1].distance }
      }
    }
    return found
  }
}

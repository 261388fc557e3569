/// Ground truths, each on its own and sixteen by sixteen.
struct GroundTruthList: Sendable {
  /// What each one is called outside.
  private(set) var indices: [Int32] = []
  /// The boxes.
  private(set) var boxes: [MeasuredBox] = []
  /// The largest overlap that a prior has with each; 0 as long as nobody knows.
  private(set) var best: [Float] = []
  /// `boxes` side by side, filled up with boxes that overlap nothing.
  private(set) var vectors: [BoxVector] = []
  /// `best` side by side, but 0 for numbers so small that they are rounded to more than a few parts in
  /// 10⁷.
  private(set) var bestVectors: [SIMD16<Float>] = []

  /// No ground truths.
  init() {}

  /// The boxes (x1, y1, x2, y2), called by their places.
  init(_ corners: [SIMD4<Float>], extent: Float) {
    for (index, corners) in corners.enumerated() {
      append(
        MeasuredBox(corners, extent: extent), index: Int32(truncatingIfNeeded: index), best: 0)
    }
  }

  /// Adds a ground truth.
  private mutating func append(_ box: MeasuredBox, index: Int32, best overlap: Float) {
    let lane = boxes.count % BoxVector.count
    if lane == 0 {
      vectors.append(BoxVector())
      bestVectors.append(SIMD16(repeating: 0))
    }
    vectors[vectors.count - 1].set(lane, to: box)
    bestVectors[bestVectors.count - 1][lane] = overlap.isSubnormal ? 0 : overlap
    indices.append(index)
    boxes.append(box)
    best.append(overlap)
  }

  /// Those that claim their closest priors: whose largest overlap, given in the order of the list, is
  /// `least` or more.
  func claiming(_ best: [Float], from least: Float) -> GroundTruthList {
    var result = GroundTruthList()
    for place in boxes.indices where best[place] >= least {
      result.append(boxes[place], index: indices[place], best: best[place])
    }
    return result
  }

  /// Those that priors within `bounds` may overlap.
  func touching(_ bounds: MeasuredBox, extent: Float) -> GroundTruthList {
    var result = GroundTruthList()
    forEachTouching(bounds, extent: extent) {
      result.append(boxes[$0], index: indices[$0], best: best[$0])
    }
    return result
  }

  /// Those that priors within `bounds` may overlap by as much as any prior does.
  func reached(by bounds: MeasuredBox, extent: Float) -> GroundTruthList {
    var result = GroundTruthList()
    forEachReached(by: bounds, extent: extent) {
      result.append(boxes[$0], index: indices[$0], best: best[$0])
    }
    return result
  }

  /// Calls `body` with the place of each one that priors within `bounds` may overlap.
  @inline(__always)
  func forEachTouching(_ bounds: MeasuredBox, extent: Float, _ body: (Int) -> Void) {
    for place in vectors.indices {
      forEachBit(of: whereTouching(vectors[place], bounds, extent: extent)) {
        body(place * BoxVector.count + $0)
      }
    }
  }

  /// Calls `body` with the place of each one that priors within `bounds` may overlap by as much as
  /// any prior does.
  @inline(__always)
  func forEachReached(by bounds: MeasuredBox, extent: Float, _ body: (Int) -> Void) {
    for place in vectors.indices {
      forEachBit(
        of: whereReached(vectors[place], bestVectors[place], by: bounds, extent: extent)
      ) {
        body(place * BoxVector.count + $0)
      }
    }
  }
}

@inline(never)
private func whereTouching(_ boxes: BoxVector, _ bounds: MeasuredBox, extent: Float) -> Int32 {
  let shared = boxes.intersection(BoxVector(repeating: bounds), extent: extent)
  return bits(SIMD16(repeating: 0) .< shared.lanes)
}

/// A ∩ B / A ∪ B ≤ A ∩ B / max(A, B), here with the bounds' share and their priors' least area. The
/// factor makes up for rounding, which takes a few parts in 10⁷.
@inline(never)
private func whereReached(
  _ boxes: BoxVector, _ best: SIMD16<Float>, by bounds: MeasuredBox, extent: Float
) -> Int32 {
  let shared = boxes.intersection(BoxVector(repeating: bounds), extent: extent) * 1.00001
  let area = FloatVector.max(boxes.area, FloatVector(repeating: bounds.area))
  return bits((FloatVector(best) * area).lanes .<= shared.lanes)
}

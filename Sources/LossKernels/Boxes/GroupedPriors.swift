/// The priors of an image, those of like shape and place together, so that a box finds the ones near it.
///
/// To group priors takes about as long as to find their overlaps with a few boxes, and training has the
/// same priors in every step: whoever assigns keeps the groups as long as the priors stay the same.
public struct GroupedPriors: Sendable {
  /// The boxes (x1, y1, x2, y2) in the order given; `nil` for one that is left out.
  public let boxes: [SIMD4<Float>?]
  /// What is added to differences of coordinates to make sides.
  let extent: Float
  /// For each box its place in the groups; negative where it is left out.
  let places: [Int32]
  let groups: [PriorGroup]

  /// Groups priors.
  ///
  /// - Parameters:
  ///   - boxes: The boxes (x1, y1, x2, y2); `nil` for one that is left out.
  ///   - area: Where they are told apart by place, (x1, y1, x2, y2): the image. It changes no result.
  ///   - extent: What is added to differences of coordinates to make sides.
  ///   - workers: How many threads to use.
  public init(
    _ boxes: [SIMD4<Float>?], over area: SIMD4<Float>, extent: Float, on workers: Workers
  ) {
    let order = BoxOrder(boxes, over: area, on: workers)
    let groupSize = PriorGroup.count * BoxVector.count
    self.boxes = boxes
    self.extent = extent
    self.places = order.places
    self.groups = workers.map(below: (order.indices.count + groupSize - 1) / groupSize) {
      PriorGroup($0, of: boxes, in: order, extent: extent)
    }
  }
}

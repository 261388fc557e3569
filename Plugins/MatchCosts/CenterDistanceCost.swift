import LossCore

/// The distance of the predicted box's centre from that of the ground truth, in shares of the image.
public struct CenterDistanceCost: MatchCost {
  public static let declaration = Declaration(
    name: "center_distance",
    summary: "How far the centre of the predicted box is from that of the ground truth.",
    formula: "sqrt((dx / width)^2 + (dy / height)^2)   with the sides of the image",
    source: "torch.cdist of centres")

  public init(parameters: Parameters) {}

  public var reads: Set<StageInput> { [.boxes] }

  public func costs(
    of priors: [Int], with object: Int, in request: AssignmentRequest
  ) -> [Float] {
    let size = SIMD2(Float(request.imageSize.width), Float(request.imageSize.height))
    let target = center(of: request.groundTruth.boxes[object], size)
    return priors.map { prior in
      let difference = center(of: request.predictions.boxes[prior], size) - target
      return (difference * difference).sum().squareRoot()
    }
  }

  private func center(of box: Box, _ size: SIMD2<Float>) -> SIMD2<Float> {
    let corners = box.corners / SIMD4(lowHalf: size, highHalf: size)
    return (corners.lowHalf + corners.highHalf) / 2
  }
}

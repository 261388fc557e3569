import LossCore

/// How near the centre of a prior is to the centre of its matched box: 1 there, and 0 at a side.
///
/// √(min(l, r) / max(l, r) · min(t, b) / max(t, b)) with the distances l, t, r, b from the prior's centre
/// to the left, upper, right and lower side. 0 for a centre outside the box.
func centerness(of image: MatchedPriors) -> [Float] {
  zip(image.positives, image.boxes).map { index, box in
    let prior = image.priors.boxes[index]
    let x = (prior.x1 + prior.x2) / 2
    let y = (prior.y1 + prior.y2) / 2
    func ratio(_ one: Float, _ other: Float) -> Float {
      max(0, min(one, other)) / max(one, other, .leastNormalMagnitude)
    }
    return (ratio(x - box.x1, box.x2 - x) * ratio(y - box.y1, box.y2 - y)).squareRoot()
  }
}

private let rule = """
  sqrt(min(l, r) / max(l, r) * min(t, b) / max(t, b))
  l, t, r, b: distances from the prior's centre to the sides of its matched box
  """

/// The centerness of a prior in its matched box.
public struct CenternessTarget: Target {
  public static let declaration = Declaration(
    name: "centerness",
    summary: "How near a prior's centre is to that of its box; positives only.",
    formula: rule,
    source: "Tian et al. 2019, arXiv:1904.01355, equation 3")

  public init(parameters: Parameters) {}

  public var scope: RowScope { .positives }
  public var columns: TargetColumns { .quality }

  public func values(for image: MatchedPriors) -> TargetValues { .numbers(centerness(of: image)) }
}

/// Weighs a positive by its centerness.
public struct CenternessWeight: RowWeight {
  public static let declaration = Declaration(
    name: "centerness",
    summary: "How near a prior's centre is to that of its box; positives only.",
    formula: rule,
    source: "FCOSHead of mmdetection: the weights of its box loss")

  public init(parameters: Parameters) {}

  public var scope: RowScope { .positives }

  public func weights(for image: MatchedPriors) -> [Float] { centerness(of: image) }
}

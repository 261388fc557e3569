import LossCore
import LossKernels

/// The box coder of FCOS: distances from the prior's centre to the four sides.
///
/// With the centre (x, y) of the prior: (x − x1, y − y1, x2 − x, y2 − y), in pixels or in sides of the
/// prior. Decoding may first apply what makes a head's numbers positive, or take each for the mean of a
/// distribution (``BoxCoder/bins``).
public struct DistanceBoxCoder: BoxCoder {
  /// What decoding applies to the numbers.
  enum Activation: String, CaseIterable {
    /// Nothing: they are distances.
    case none
    /// max(0, x).
    case relu
    /// exp(x).
    case exp
  }

  static let normalizes = Parameter(
    "normalize", .boolean, default: false,
    help: "Whether distances are in sides of the prior: its stride, where priors are points.")
  static let unit = Parameter(
    "unit", .number(.between(1e-6, 1e6)), default: 1,
    help:
      "Length of a distance of 1, in pixels, or in sides of the prior with normalize: 0.125 is the stride "
      + "where anchors have sides of 8.")
  static let activation = Parameter(
    "activation", .choice, default: Activation.none,
    help: "What decoding applies first: none where the model has done so itself.")
  static let clip = Parameter(
    "clip", .number(.above(0)), default: 10,
    help: "Largest number whose exponential is taken; of exp alone.")

  static let binCount = Parameter(
    "bins", .integer(.between(1, 1024)), default: 1,
    help:
      "Columns of each distance; of several, the mean of a distribution over 0, 1, ..., bins - 1.")

  static let largest = Parameter(
    "max", .number(.above(0)), default: nil,
    help:
      "Encoding holds distances within 0 ... max - margin, bins - 1 being the max of distributions; "
      + "null is no limit.")
  static let margin = Parameter(
    "margin", .number(.atLeast(0)), default: 0.1,
    help: "By how much targets stay under max: 0.1 in mmdetection, 0.01 in ultralytics.")

  public static let declaration = Declaration(
    name: "distances",
    summary: "Distances from the prior's centre to the left, upper, right and lower side.",
    formula: """
      target = (x - x1, y - y1, x2 - x, y2 - y) / unit; exp: the logarithm of it
      (x, y): centre of the prior; unit is multiplied by (w_p, h_p, w_p, h_p) with normalize
      decode: x1 = x - unit a(t), ...; a: activation
      bins > 1: t = sum of j softmax(columns)_j
      max: target held from 0 to max - margin
      """,
    source:
      "Tian et al. 2019, arXiv:1904.01355; torchvision BoxLinearCoder, DistancePointBBoxCoder "
      + "of mmdetection; Li et al. 2020, arXiv:2006.04388 (bins)",
    parameters: [normalizes, unit, activation, clip, binCount, largest, margin])

  public let bins: Int

  @usableFromInline
  let normalizes: Bool
  @usableFromInline
  let unit: Double
  @usableFromInline
  let takesExponential: Bool
  @usableFromInline
  let clip: Double
  @usableFromInline
  let least: Double
  private let limit: Float?

  /// - Throws: ``ParameterError`` if `margin` isn't under `max`.
  public init(parameters: Parameters) throws(ParameterError) {
    let activation = parameters[Self.activation]
    bins = parameters[Self.binCount]
    normalizes = parameters[Self.normalizes]
    unit = parameters[Self.unit]
    takesExponential = activation == .exp
    clip = parameters[Self.clip]
    least = activation == .relu ? 0 : -Double(Float.greatestFiniteMagnitude)
    let margin = parameters[Self.margin]
    limit = parameters[Self.largest].map { Float($0 - margin) }
    if let limit, limit <= 0 {
      throw ParameterError("margin", "is \(margin), which leaves nothing under max")
    }
  }

  public func encode(_ box: Box, relativeTo prior: Box) -> SIMD4<Float> {
    let x = (prior.x1 + prior.x2) / 2
    let y = (prior.y1 + prior.y2) / 2
    var distances = SIMD4(x - box.x1, y - box.y1, box.x2 - x, box.y2 - y)
    let width = normalizes ? prior.width() : 1
    let height = normalizes ? prior.height() : 1
    distances /= Float(unit) * SIMD4(width, height, width, height)
    if let limit { distances.clamp(lowerBound: .zero, upperBound: SIMD4(repeating: limit)) }
    guard takesExponential else { return distances }
    // A centre outside the box has no logarithm.
    for side in distances.indices {
      distances[side] = Float.log(max(distances[side], .leastNormalMagnitude))
    }
    return distances
  }

  @inlinable @inline(__always)
  public func decode<Value: FormulaValue>(
    _ deltas: FormulaDeltas<Value>, relativeTo prior: FormulaBox<Value>
  ) -> FormulaBox<Value> {
    let center = prior.center
    let width = normalizes ? Value(unit) * prior.width : Value(unit)
    let height = normalizes ? Value(unit) * prior.height : Value(unit)
    return FormulaBox(
      center.x - width * distance(deltas.0), center.y - height * distance(deltas.1),
      center.x + width * distance(deltas.2), center.y + height * distance(deltas.3))
  }

  @inlinable @inline(__always)
  func distance<Value: FormulaValue>(_ number: Value) -> Value {
    takesExponential
      ? Value.exp(.min(number, Value(clip))) : Value.max(number, Value(least))
  }
}

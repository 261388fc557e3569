import LossCore
import LossKernels

/// The box coder of R-CNN: offsets of the centre in sides of the prior, and log ratios of the sides.
///
/// With centre (x, y) and sides w, h of the box and x_p, y_p, w_p, h_p of the prior:
/// ((x − x_p)/w_p, (y − y_p)/h_p, log(w/w_p), log(h/h_p)), minus `means`, divided by `stds`. Decoding holds what
/// would lead too far from the prior.
public struct DeltaBoxCoder: BoxCoder {
  static let means = Parameter(
    "means", .list(of: .number(.between(-1e30, 1e30)), count: 4), default: [0, 0, 0, 0],
    help: "Subtracted from t.")
  static let deviations = Parameter(
    "stds", .list(of: .number(.between(1e-30, 1e30)), count: 4), default: [1, 1, 1, 1],
    help: "What t - means is divided by; torchvision's weights are 1 / stds.")
  static let clip = Parameter(
    "clip", .number(.above(0)), default: 4.135166556742356,
    help: "Largest log ratio when decoding, log(1000 / 16) as a rule.")
  static let clipsBoth = Parameter(
    "clip_both", .boolean, default: false,
    help: "Whether log ratios aren't less than -clip either, as in mmdetection.")
  static let centerClip = Parameter(
    "center_clip", .number(.above(0)), default: nil,
    help: "Pixels by which decoding moves a centre at most, 32 in YOLOF; null is no limit.")

  public static let declaration = Declaration(
    name: "delta_xywh",
    summary: "Centre offsets in sides of the prior, log ratios of the sides.",
    formula: """
      t = ((x - x_p) / w_p, (y - y_p) / h_p, log(w / w_p), log(h / h_p))
      target = (t - means) / stds
      legacy_plus_one: w = x2 - x1 + 1, and x = x1 + w / 2
      """,
    source: "Girshick et al. 2014, arXiv:1311.2524, appendix C; torchvision BoxCoder; "
      + "DeltaXYWHBBoxCoder of mmdetection (clip_both, center_clip)",
    parameters: [means, deviations, PixelConvention.parameter, clip, clipsBoth, centerClip])

  @usableFromInline
  let means: SIMD4<Double>
  @usableFromInline
  let deviations: SIMD4<Double>
  @usableFromInline
  let convention: PixelConvention
  @usableFromInline
  let clip: Double
  @usableFromInline
  let clipsBoth: Bool
  @usableFromInline
  let centerClip: Double?

  public init(parameters: Parameters) {
    means = SIMD4(parameters[Self.means])
    deviations = SIMD4(parameters[Self.deviations])
    convention = PixelConvention(parameters)
    clip = parameters[Self.clip]
    clipsBoth = parameters[Self.clipsBoth]
    centerClip = parameters[Self.centerClip]
  }

  public func encode(_ box: Box, relativeTo prior: Box) -> SIMD4<Float> {
    let width = box.width(convention)
    let height = box.height(convention)
    let priorWidth = prior.width(convention)
    let priorHeight = prior.height(convention)
    let deltas = SIMD4(
      ((box.x1 + 0.5 * width) - (prior.x1 + 0.5 * priorWidth)) / priorWidth,
      ((box.y1 + 0.5 * height) - (prior.y1 + 0.5 * priorHeight)) / priorHeight,
      Float.log(width / priorWidth),
      Float.log(height / priorHeight))
    return (deltas - SIMD4<Float>(means)) / SIMD4<Float>(deviations)
  }

  /// The corners are centre ∓ half a side under either convention, as in py-faster-rcnn.
  @inlinable @inline(__always)
  public func decode<Value: FormulaValue>(
    _ deltas: FormulaDeltas<Value>, relativeTo prior: FormulaBox<Value>
  ) -> FormulaBox<Value> {
    let priorWidth = prior.width + Value(Double(convention.extent))
    let priorHeight = prior.height + Value(Double(convention.extent))
    let x = deltas.0 * Value(deviations.x) + Value(means.x)
    let y = deltas.1 * Value(deviations.y) + Value(means.y)
    let logWidth = deltas.2 * Value(deviations.z) + Value(means.z)
    let logHeight = deltas.3 * Value(deviations.w) + Value(means.w)
    let centerX = moved(x * priorWidth) + (prior.x1 + 0.5 * priorWidth)
    let centerY = moved(y * priorHeight) + (prior.y1 + 0.5 * priorHeight)
    let halfWidth = 0.5 * (Value.exp(held(logWidth)) * priorWidth)
    let halfHeight = 0.5 * (Value.exp(held(logHeight)) * priorHeight)
    return FormulaBox(
      centerX - halfWidth, centerY - halfHeight, centerX + halfWidth, centerY + halfHeight)
  }

  /// A log ratio within its limits.
  @inlinable @inline(__always)
  func held<Value: FormulaValue>(_ logRatio: Value) -> Value {
    let held = Value.min(logRatio, Value(clip))
    return clipsBoth ? .max(held, Value(-clip)) : held
  }

  /// By how many pixels a centre moves.
  @inlinable @inline(__always)
  func moved<Value: FormulaValue>(_ offset: Value) -> Value {
    guard let centerClip else { return offset }
    return .max(.min(offset, Value(centerClip)), Value(-centerClip))
  }
}

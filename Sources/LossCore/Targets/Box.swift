import LossKernels

/// An axis-aligned box in pixels: the corners (x1, y1) and (x2, y2), with x to the right and y down.
public struct Box: Sendable, Equatable {
  /// The left side.
  public var x1: Float
  /// The upper side.
  public var y1: Float
  /// The right side.
  public var x2: Float
  /// The lower side.
  public var y2: Float

  /// The box between two corners.
  public init(_ x1: Float, _ y1: Float, _ x2: Float, _ y2: Float) {
    self.x1 = x1
    self.y1 = y1
    self.x2 = x2
    self.y2 = y2
  }

  /// Whether all four coordinates are finite.
  public var isFinite: Bool { x1.isFinite && y1.isFinite && x2.isFinite && y2.isFinite }

  /// The coordinates in the order x1, y1, x2, y2.
  public var coordinates: [Float] { [x1, y1, x2, y2] }

  /// The coordinates in the order x1, y1, x2, y2, side by side for arithmetic.
  @inlinable
  public var corners: SIMD4<Float> { SIMD4(x1, y1, x2, y2) }
}

extension Box {
  /// A box of the numbers that a formula gave.
  @inlinable
  public init(_ box: FormulaBox<Float>) {
    self.init(box.x1, box.y1, box.x2, box.y2)
  }

  /// The box as formulas see it.
  @inlinable
  public var formula: FormulaBox<Float> { FormulaBox(x1, y1, x2, y2) }
}

extension FormulaBox<FloatVector> {
  /// A box in all lanes.
  @inlinable @inline(__always)
  public init(repeating box: Box) {
    self.init(
      FloatVector(repeating: box.x1), FloatVector(repeating: box.y1),
      FloatVector(repeating: box.x2), FloatVector(repeating: box.y2))
  }
}

extension Sequence<Box> {
  /// The coordinates of the boxes one after another, each x1, y1, x2, y2.
  public func rows<Scalar: LossScalar>() -> [Scalar] {
    var result: [Scalar] = []
    result.reserveCapacity(4 * underestimatedCount)
    for box in self {
      result.append(Scalar(box.x1))
      result.append(Scalar(box.y1))
      result.append(Scalar(box.x2))
      result.append(Scalar(box.y2))
    }
    return result
  }
}

/// Whether x2 and y2 lie behind a box's last pixel or on it.
///
/// The py-faster-rcnn family counts pixels: a box from 0 to 9 is ten wide. Everybody else since
/// measures: a box from 0 to 10 is ten wide.
public enum PixelConvention: Sendable {
  /// Width x2 − x1.
  case continuous
  /// Width x2 − x1 + 1.
  case inclusive

  /// What is added to a difference of coordinates to make a side.
  @inlinable
  public var extent: Float { self == .inclusive ? 1 : 0 }

  /// The parameter `legacy_plus_one`, declared once for all parts that have it.
  public static let parameter = Parameter(
    "legacy_plus_one", .boolean, default: false, help: "Whether sides count pixels: x2 - x1 + 1.")

  /// The value of `legacy_plus_one`.
  public init(_ parameters: Parameters) {
    self = parameters[Self.parameter] ? .inclusive : .continuous
  }
}

extension Box {
  /// The width.
  @inlinable
  public func width(_ convention: PixelConvention = .continuous) -> Float {
    x2 - x1 + convention.extent
  }

  /// The height.
  @inlinable
  public func height(_ convention: PixelConvention = .continuous) -> Float {
    y2 - y1 + convention.extent
  }

  /// Width times height.
  @inlinable
  public func area(_ convention: PixelConvention = .continuous) -> Float {
    width(convention) * height(convention)
  }

  /// The area that two boxes share.
  @inlinable
  public func intersection(_ other: Box, _ convention: PixelConvention = .continuous) -> Float {
    formula.intersection(other.formula, extent: convention.extent)
  }

  /// Intersection over union: A ∩ B / (A + B − A ∩ B), 0 where both areas are 0.
  @inlinable
  public func iou(_ other: Box, _ convention: PixelConvention = .continuous) -> Float {
    let shared = intersection(other, convention)
    guard shared > 0 else { return 0 }
    return shared / (area(convention) + other.area(convention) - shared)
  }

  /// The box with its corners moved into an image: to 0 … width under the continuous convention, to
  /// 0 … width − 1 under the inclusive one.
  public func clipped(to size: ImageSize, _ convention: PixelConvention = .continuous) -> Box {
    let right = Float(size.width) - convention.extent
    let bottom = Float(size.height) - convention.extent
    return Box(
      max(0, min(x1, right)), max(0, min(y1, bottom)),
      max(0, min(x2, right)), max(0, min(y2, bottom)))
  }
}

/// The size of an image in pixels.
public struct ImageSize: Sendable, Equatable {
  /// The number of rows.
  public let height: Int
  /// The number of columns.
  public let width: Int

  /// A size, height first as in a tensor's shape.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

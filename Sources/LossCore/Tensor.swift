import ResourceLimits

/// A dense array of any rank, its elements contiguous in row-major order (the last axis fastest).
///
/// A rank of zero holds one element. A value type: copies share storage until one of them is written.
public struct Tensor<Element: Sendable>: Sendable {
  /// The length of each axis, outermost first.
  public let shape: [Int]

  /// The elements in row-major order; always as many as the product of `shape`.
  public private(set) var elements: [Element]

  /// A tensor over `elements`.
  ///
  /// - Throws: ``TensorError/count(shape:elements:)`` where the product of `shape` is not the number
  ///   of elements, ``TensorError/shape(_:)`` where an axis is negative, or the product of the axes that
  ///   aren't 0 overflows.
  public init(shape: [Int], elements: [Element]) throws(TensorError) {
    guard let count = Self.count(of: shape) else { throw .shape(shape) }
    guard count == elements.count else { throw .count(shape: shape, elements: elements.count) }
    self.shape = shape
    self.elements = elements
  }

  /// A vector: a tensor of rank one.
  public init(_ elements: [Element]) {
    self.shape = [elements.count]
    self.elements = elements
  }

  /// A tensor of `shape` that holds `element` everywhere.
  ///
  /// - Throws: ``TensorError/shape(_:)`` where an axis is negative, or the product of the axes that
  ///   aren't 0 overflows.
  public init(repeating element: Element, shape: [Int]) throws(TensorError) {
    guard let count = Self.count(of: shape) else { throw .shape(shape) }
    self.shape = shape
    self.elements = Array(repeating: element, count: count)
  }

  /// The number of elements: the product of `shape`.
  public var count: Int { elements.count }

  /// The same shape, each element replaced by `transform` of it.
  public func map<Result: Sendable>(_ transform: (Element) -> Result) -> Tensor<Result> {
    Tensor<Result>(unchecked: shape, elements.map(transform))
  }

  /// Calls `body` with the elements, which it may change but not add to or take from.
  public mutating func withMutableElements<Result>(
    _ body: (inout MutableSpan<Element>) throws -> Result
  ) rethrows -> Result {
    var span = elements.mutableSpan
    return try body(&span)
  }

  package init(unchecked shape: [Int], _ elements: [Element]) {
    self.shape = shape
    self.elements = elements
  }

  /// The product of `shape`, or `nil` if there can be no such tensor.
  ///
  /// Axes of length 0 are left out at first, so that the steps along the others can be counted too.
  static func count(of shape: [Int]) -> Int? {
    guard let count = product(of: shape.filter { $0 != 0 }) else { return nil }
    return shape.contains(0) ? 0 : count
  }
}

extension Tensor: Equatable where Element: Equatable {}

/// What is wrong with the shape of a tensor.
public enum TensorError: Error, Equatable, CustomStringConvertible {
  /// An axis is negative, or the product of the axes that aren't 0 does not fit an `Int`.
  case shape([Int])
  /// The shape asks for another number of elements than there are.
  case count(shape: [Int], elements: Int)

  public var description: String {
    switch self {
    case .shape(let shape):
      "shape \(shape) has a negative axis or too many elements"
    case .count(let shape, let elements):
      "shape \(shape) holds \(shape.reduce(1, *)) elements, not \(elements)"
    }
  }
}

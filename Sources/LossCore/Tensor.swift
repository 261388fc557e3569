import ResourceLimits

/// A dense array of any rank, its elements contiguous in row-major order (the last axis fastest).
///
/// A rank of zero holds one element. A value type: copies share storage until one of them is written.
/// Inside of the package a tensor may also stand for elements that somebody else keeps in memory.
public struct Tensor<Element: Sendable>: Sendable {
  /// The length of each axis, outermost first.
  public let shape: [Int]

  private var storage: TensorStorage<Element>

  /// A tensor over `elements`.
  ///
  /// - Throws: ``TensorError/count(shape:elements:)`` where the product of `shape` is not the number
  ///   of elements, ``TensorError/shape(_:)`` where an axis is negative, or the product of the axes that
  ///   aren't 0 overflows.
  public init(shape: [Int], elements: [Element]) throws(TensorError) {
    guard let count = Self.count(of: shape) else { throw .shape(shape) }
    guard count == elements.count else { throw .count(shape: shape, elements: elements.count) }
    self.init(unchecked: shape, elements)
  }

  /// A vector: a tensor of rank one.
  public init(_ elements: [Element]) {
    self.init(unchecked: [elements.count], elements)
  }

  /// A tensor of `shape` that holds `element` everywhere.
  ///
  /// - Throws: ``TensorError/shape(_:)`` where an axis is negative, or the product of the axes that
  ///   aren't 0 overflows.
  public init(repeating element: Element, shape: [Int]) throws(TensorError) {
    guard let count = Self.count(of: shape) else { throw .shape(shape) }
    self.init(unchecked: shape, Array(repeating: element, count: count))
  }

  /// A tensor over elements that somebody else keeps, who must neither write nor free them for as long as
  /// the tensor or a copy of it is there.
  ///
  /// - Throws: as ``init(shape:elements:)``.
  package init(
    shape: [Int], borrowing elements: UnsafeBufferPointer<Element>
  ) throws(TensorError) {
    guard let count = Self.count(of: shape) else { throw .shape(shape) }
    guard count == elements.count else { throw .count(shape: shape, elements: elements.count) }
    self.shape = shape
    storage = .borrowed(BorrowedElements(buffer: elements))
  }

  /// The elements in row-major order; always as many as the product of `shape`.
  public var elements: [Element] {
    switch storage {
    case .own(let elements): elements
    case .borrowed(let elements): Array(elements.buffer)
    }
  }

  /// The number of elements: the product of `shape`.
  public var count: Int {
    switch storage {
    case .own(let elements): elements.count
    case .borrowed(let elements): elements.buffer.count
    }
  }

  /// Calls `body` with the elements where they lie.
  package func withElements<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch storage {
    case .own(let elements):
      try elements.withUnsafeBufferPointer { elements throws(Failure) in try body(elements) }
    case .borrowed(let elements): try body(elements.buffer)
    }
  }

  /// The same shape, each element replaced by `transform` of it.
  public func map<Result: Sendable>(_ transform: (Element) -> Result) -> Tensor<Result> {
    Tensor<Result>(unchecked: shape, elements.map(transform))
  }

  /// Calls `body` with the elements, which it may change but not add to or take from.
  public mutating func withMutableElements<Result>(
    _ body: (inout MutableSpan<Element>) throws -> Result
  ) rethrows -> Result {
    var elements = self.elements
    // Else there would be two owners, and writing would copy.
    storage = .own([])
    defer { storage = .own(elements) }
    var span = elements.mutableSpan
    return try body(&span)
  }

  package init(unchecked shape: [Int], _ elements: [Element]) {
    self.shape = shape
    storage = .own(elements)
  }

  /// The product of `shape`, or `nil` if there can be no such tensor.
  ///
  /// Axes of length 0 are left out at first, so that the steps along the others can be counted too.
  package static func count(of shape: [Int]) -> Int? {
    guard let count = product(of: shape.filter { $0 != 0 }) else { return nil }
    return shape.contains(0) ? 0 : count
  }
}

extension Tensor: Equatable where Element: Equatable {
  /// Whether the shapes and all elements are equal.
  public static func == (left: Self, right: Self) -> Bool {
    left.shape == right.shape && left.elements == right.elements
  }
}

/// Where a tensor has its elements.
private enum TensorStorage<Element: Sendable>: Sendable {
  case own([Element])
  case borrowed(BorrowedElements<Element>)
}

/// Elements that somebody else keeps.
///
/// Sendable without a check: nobody writes them.
private struct BorrowedElements<Element: Sendable>: @unchecked Sendable {
  let buffer: UnsafeBufferPointer<Element>
}

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

/// Rows that are weighted sums of other rows, as the bins of RoIAlign are of cells: a sparse matrix.
public struct WeightedRows: Sendable {
  /// Where the entries of each row begin, and at the end their number.
  public private(set) var starts: [Int] = [0]
  /// Where the row of each entry begins in the array of the other rows.
  public private(set) var sources: [Int32] = []
  /// The weight of each entry.
  public private(set) var weights: [Float] = []

  /// No rows.
  public init() {}

  /// The number of rows.
  public var count: Int { starts.count - 1 }

  /// Adds an entry to the row that is being made.
  public mutating func append(source: Int32, weight: Float) {
    sources.append(source)
    weights.append(weight)
  }

  /// Ends the row that is being made.
  public mutating func endRow() { starts.append(sources.count) }

  private func fits(_ count: Int, width: Int) -> Bool {
    width > 0 && width % 16 == 0 && (sources.min() ?? 0) >= 0
      && Int(sources.max() ?? 0) <= count - width
  }

  /// Writes the rows, `width` elements each, from `start` on.
  ///
  /// Does nothing where they reach beyond an array, or a width isn't a multiple of 16.
  public func multiply(
    _ elements: Span<Float>, width: Int, into result: inout MutableSpan<Float>, from start: Int
  ) {
    guard fits(elements.count, width: width), start >= 0, start <= result.count - count * width
    else { return }
    elements.withUnsafeBufferPointer { elements in
      result.withUnsafeMutableBufferPointer { result in
        guard let source = elements.baseAddress, let target = result.baseAddress else { return }
        for row in 0..<count {
          let to = target + (start &+ row &* width)
          for column in stride(from: 0, to: width, by: 16) {
            var sum: FloatVector = 0
            for entry in starts[row]..<starts[row + 1] {
              sum.add(
                FloatVector(at: source + (Int(sources[entry]) &+ column)),
                FloatVector(repeating: weights[entry]))
            }
            sum.store(at: to + column)
          }
        }
      }
    }
  }

  /// Adds the transposed product: to each of the other rows, the rows that it is part of, times its
  /// weight in them.
  ///
  /// Does nothing where rows reach beyond an array, or a width isn't a multiple of 16.
  ///
  /// - Parameters:
  ///   - elements: Holds a row of `width` elements for each of these rows, from `start` on.
  ///   - result: The array of the other rows.
  public func addTransposed(
    _ elements: Span<Float>, from start: Int, width: Int, to result: inout MutableSpan<Float>
  ) {
    guard fits(result.count, width: width), start >= 0, start <= elements.count - count * width
    else { return }
    elements.withUnsafeBufferPointer { elements in
      result.withUnsafeMutableBufferPointer { result in
        guard let source = elements.baseAddress, let target = result.baseAddress else { return }
        for row in 0..<count {
          let from = source + (start &+ row &* width)
          for column in stride(from: 0, to: width, by: 16) {
            let vector = FloatVector(at: from + column)
            for entry in starts[row]..<starts[row + 1] {
              let to = target + (Int(sources[entry]) &+ column)
              var sum = FloatVector(at: to)
              sum.add(vector, FloatVector(repeating: weights[entry]))
              sum.store(at: to)
            }
          }
        }
      }
    }
  }
}

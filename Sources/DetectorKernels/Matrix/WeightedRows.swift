import LossKernels

/// Rows that are weighted sums of other rows, as the bins of RoIAlign are of cells: a sparse matrix.
public struct WeightedRows: Sendable {
  /// Where the entries of each row begin, and at the end their number.
  private var starts: [Int] = [0]
  /// Where the row of each entry begins in the array of the other rows.
  private(set) var sources: [Int32] = []
  /// The weight of each entry.
  private var weights: [Float] = []

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

  /// Whether the other rows lie within an array of `count` elements, and are whole vectors.
  func fits(_ count: Int, width: Int) -> Bool {
    width > 0 && width % 16 == 0 && (sources.min() ?? 0) >= 0
      && Int(sources.max() ?? 0) <= count - width
  }

  /// Writes the rows, one after the other.
  func multiply(
    _ elements: UnsafePointer<Float>, width: Int, into result: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<count {
      let to = result + row &* width
      for column in stride(from: 0, to: width, by: 16) {
        var sum: FloatVector = 0
        for entry in starts[row]..<starts[row + 1] {
          sum.add(
            FloatVector(at: elements + (Int(sources[entry]) &+ column)),
            FloatVector(repeating: weights[entry]))
        }
        sum.store(at: to + column)
      }
    }
  }

  /// Adds to each of the other rows the rows that it is part of, times its weight in them.
  func addTransposed(
    _ elements: UnsafePointer<Float>, width: Int, to result: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<count {
      let from = elements + row &* width
      for column in stride(from: 0, to: width, by: 16) {
        let vector = FloatVector(at: from + column)
        for entry in starts[row]..<starts[row + 1] {
          let to = result + (Int(sources[entry]) &+ column)
          var sum = FloatVector(at: to)
          sum.add(vector, FloatVector(repeating: weights[entry]))
          sum.store(at: to)
        }
      }
    }
  }
}

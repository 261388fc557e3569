/// Which rows of a tensor's storage a computation reads, and how the columns of a row lie apart.
public struct RowSelection: Sendable, Equatable {
  /// Where the rows begin.
  public enum Starts: Sendable, Equatable {
    /// Rows that follow one another without gaps, the first at element 0.
    case contiguous(rows: Int)
    /// The element at which each row begins; a row may occur once only.
    case at([Int])
  }

  /// Where the rows begin.
  public let starts: Starts
  /// The number of columns.
  public let width: Int
  /// The distance from one column of a row to the next, in elements.
  public let columnStride: Int

  /// All rows of a contiguous `[rows, width]` array.
  public init(rows: Int, width: Int) {
    self.starts = .contiguous(rows: rows)
    self.width = width
    self.columnStride = 1
  }

  /// The rows that begin at the elements `starts`.
  public init(starts: [Int], width: Int, columnStride: Int) {
    self.starts = .at(starts)
    self.width = width
    self.columnStride = columnStride
  }

  /// The number of rows.
  public var count: Int {
    switch starts {
    case .contiguous(let rows): rows
    case .at(let starts): starts.count
    }
  }

  /// Whether all elements lie within storage of `count` elements; false also where a length is
  /// negative or a place can't be counted.
  public func fits(count: Int) -> Bool {
    guard width >= 0 else { return false }
    switch starts {
    case .contiguous(let rows):
      let (elements, overflow) = rows.multipliedReportingOverflow(by: width)
      return rows >= 0 && !overflow && elements <= count
    case .at(let starts):
      guard width > 0 else { return true }
      let (reach, overflow) = (width - 1).multipliedReportingOverflow(by: columnStride)
      return !overflow
        && starts.allSatisfy { start in
          let (end, overflow) = start.addingReportingOverflow(reach)
          return !overflow && (0..<count).contains(start) && (0..<count).contains(end)
        }
    }
  }
}

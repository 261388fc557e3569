import CommandLineKit
import LossKit

/// Rows of numbers as one types them: numbers apart by spaces or commas, rows by semicolons.
struct NumberRows: Sendable {
  let rows: [[Double]]

  /// The rows of several texts, in order.
  init(_ parts: [NumberRows]) {
    rows = parts.flatMap(\.rows)
  }

  fileprivate init(rows: [[Double]]) {
    self.rows = rows
  }

  /// All numbers, row by row.
  var numbers: [Double] { rows.flatMap(\.self) }

  /// The rows as a tensor.
  ///
  /// - Throws: `UsageError` where they differ in length; `option` names them.
  func tensor<Scalar: LossScalar>(_ option: String) throws -> Tensor<Scalar> {
    let width = rows.first?.count ?? 0
    if let row = rows.firstIndex(where: { $0.count != width }) {
      throw UsageError(
        "\(option): row \(row) has width \(rows[row].count) and row 0 width \(width); "
          + "give each row as many numbers")
    }
    return try Tensor(shape: [rows.count, width], elements: numbers.map { Scalar($0) })
  }
}

extension ValueType<NumberRows> {
  /// Rows of numbers.
  static let numbers = ValueType("NUMBERS") { (text) throws(UsageError) in
    var rows: [[Double]] = []
    for row in text.split(separator: ";", omittingEmptySubsequences: false) {
      var numbers: [Double] = []
      for word in row.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
        guard let number = Double(word) else {
          throw UsageError("expected numbers; got \(Diagnostic.quote(String(word)))")
        }
        numbers.append(number)
      }
      guard !numbers.isEmpty else { throw UsageError("row \(rows.count) holds no numbers") }
      rows.append(numbers)
    }
    return NumberRows(rows: rows)
  }
}

import LossKernels
import Testing

@Suite("Rows in double precision")
struct DoubleRowTests {
  /// Rows of numbers that are all different, the largest in the middle of the last row.
  static func numbers(rows: Int, width: Int) -> [Float] {
    (0..<rows * width).map { index in
      Float(index == rows * width - (width + 1) / 2 ? 1000 : index % 7 - 3) + Float(index) / 64
    }
  }

  @Test(
    "A row adds up and has a largest number of its own, whatever lies behind it", arguments: 1...25)
  func row(width: Int) {
    let numbers = Self.numbers(rows: 3, width: width)
    var row = DoubleRow(width: width)
    // What an earlier row leaves behind the last column.
    for index in row.indices { row[index] = 1e9 }
    row.read(numbers.span, from: width)
    let expected = numbers[width..<2 * width].map { Double($0) }
    #expect(row.sum { row[$0] } == expected.reduce(0, +))
    #expect(row.largest { row[$0] } == expected.max())
    #expect((0..<width).map { row[column: $0] } == expected)
    row[column: width - 1] = 7
    #expect(row.sum { row[$0] } == expected.dropLast().reduce(7, +))
  }

  @Test("A row is written where it was read, and nowhere else", arguments: 1...25)
  func written(width: Int) {
    let numbers = Self.numbers(rows: 3, width: width)
    var row = DoubleRow(width: width)
    row.read(numbers.span, from: width)
    for index in row.indices { row[index] = -row[index] }
    var result = numbers
    var span = result.mutableSpan
    row.write(to: &span, from: width)
    #expect(
      result == numbers[..<width] + numbers[width..<2 * width].map { -$0 } + numbers[(2 * width)...]
    )
  }

  @Test("What isn't all there is neither read nor written")
  func missing() {
    var row = DoubleRow(width: 9)
    row.read([Float](repeating: 1, count: 17).span, from: 9)
    row.read([Double](repeating: 1, count: 17).span, from: -1)
    row.read([Double](repeating: 1, count: 17).span, from: .max)
    #expect(row.sum { row[$0] } == 0)
    var numbers = [Float](repeating: 1, count: 17)
    var span = numbers.mutableSpan
    row.write(to: &span, from: 9)
    row.write(to: &span, from: .max)
    #expect(numbers == [Float](repeating: 1, count: 17))
  }

  @Test("Eight rows side by side, or as many as there are", arguments: 1...10, [1, 4, 9, 17])
  func rows(count: Int, width: Int) {
    let numbers = Self.numbers(rows: count, width: width)
    var rows = DoubleRows(width: width)
    let first = count > 8 ? 8 : 0
    rows.read(numbers.span, fromRow: first)
    let (sum, largest) = (rows.sum { rows[$0] }, rows.largest { rows[$0] })
    for lane in 0..<8 {
      let row = min(first + lane, count - 1)
      let expected = numbers[row * width..<(row + 1) * width].map { Double($0) }
      #expect(sum[lane] == expected.reduce(0, +))
      #expect(largest[lane] == expected.max())
    }
    for index in rows.indices { rows[index] = -rows[index] }
    var result = numbers
    var span = result.mutableSpan
    rows.write(to: &span, fromRow: first)
    #expect(result == numbers[..<(first * width)] + numbers[(first * width)...].map { -$0 })
  }
}

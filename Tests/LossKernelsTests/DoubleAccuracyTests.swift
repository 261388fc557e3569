import Foundation
import LossKernels
import Testing

@Suite("Accuracy in double precision")
struct DoubleAccuracyTests {
  /// A line of `functions.txt`, of which the `README.md` beside it tells what it holds.
  struct Reference {
    var name: String
    var arguments: [Double]
    var nearest: Double
    var distance: Double

    /// How far `result` is from the exact one, in units in the last place.
    func error(of result: Double) -> Double {
      abs((result - nearest) / nearest.ulp - distance)
    }
  }

  static func references() throws -> [Reference] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Reference/functions.txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let fields = line.split(separator: " ")
      let numbers = try fields.dropFirst().map { try #require(Double($0)) }
      return Reference(
        name: String(fields[0]), arguments: numbers.dropLast(2),
        nearest: numbers[numbers.count - 2], distance: numbers[numbers.count - 1])
    }
  }

  @Test("Within 2 units in the last place of mpmath's values", arguments: MathFunction.allCases)
  func functions(function: MathFunction) throws {
    let references = try Self.references().filter { $0.name == function.rawValue }
    #expect(!references.isEmpty)
    for reference in references {
      let x = reference.arguments[0]
      #expect(reference.error(of: function(x)) <= 2, "\(function)(\(x))")
    }
  }

  @Test("Powers, within the bound that grows with the logarithm of the result")
  func powers() throws {
    let references = try Self.references().filter { $0.name == "pow" }
    #expect(!references.isEmpty)
    for reference in references {
      let (x, y) = (reference.arguments[0], reference.arguments[1])
      let bound = 2 + 2 * abs(Foundation.log(reference.nearest))
      #expect(reference.error(of: .pow(x, y)) <= bound, "pow(\(x), \(y))")
    }
  }
}
